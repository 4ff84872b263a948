/// The window that convolutions and pools slide over a map, with TensorFlow's SAME and VALID padding.
#pragma once

#include <algorithm>    // max
#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/primitive/feature_shape.hpp"

namespace nasnet::inline NASNET_ABI {

/// What lies around a map, and so how many positions a window has.
enum class Padding {
  same,   ///< ceil(n / stride) outputs, zeros split before and after, the extra one after
  valid,  ///< only windows that lie inside the map
};

/// One axis of a window.
struct WindowAxis {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  Padding padding = Padding::same;

  /// Extent that the dilated kernel covers.
  [[nodiscard]] constexpr std::int64_t reach() const { return (kernel - 1) * dilation + 1; }

  /// Number of positions on an axis of n cells; 0 where a VALID window does not fit.
  [[nodiscard]] constexpr std::int64_t output(std::int64_t n) const {
    if (padding == Padding::same) return (n + stride - 1) / stride;
    return n < reach() ? 0 : (n - reach()) / stride + 1;
  }

  /// Padding before the first cell of an axis of n cells.
  [[nodiscard]] constexpr std::int64_t before(std::int64_t n) const {
    if (padding == Padding::valid) return 0;
    return (std::max)((output(n) - 1) * stride + reach() - n, std::int64_t{0}) / 2;
  }

  /// Padding behind the last cell of an axis of n cells.
  [[nodiscard]] constexpr std::int64_t after(std::int64_t n) const {
    if (padding == Padding::valid) return 0;
    return (std::max)((output(n) - 1) * stride + reach() - n - before(n), std::int64_t{0});
  }
};

/// A window of kernel_height x kernel_width taps.
struct Window {
  std::int64_t kernel_height = 1;
  std::int64_t kernel_width = 1;
  std::int64_t stride_height = 1;
  std::int64_t stride_width = 1;
  std::int64_t dilation = 1;
  Padding padding = Padding::same;

  /// A square window.
  [[nodiscard]] static constexpr Window square(std::int64_t kernel, std::int64_t stride = 1, std::int64_t dilation = 1,
                                               Padding padding = Padding::same) {
    return {kernel, kernel, stride, stride, dilation, padding};
  }

  [[nodiscard]] constexpr WindowAxis vertical() const { return {kernel_height, stride_height, dilation, padding}; }
  [[nodiscard]] constexpr WindowAxis horizontal() const { return {kernel_width, stride_width, dilation, padding}; }
  [[nodiscard]] constexpr std::int64_t taps() const { return kernel_height * kernel_width; }

  /// Size of the output; a zero extent where no VALID window fits.
  [[nodiscard]] constexpr Size output(Size input) const {
    return {vertical().output(input.height), horizontal().output(input.width)};
  }

  /// @throws ShapeError unless kernel, stride and dilation are positive.
  constexpr void check(std::string_view who) const {
    if (kernel_height < 1 || kernel_width < 1 || stride_height < 1 || stride_width < 1 || dilation < 1) {
      fail<ShapeError>(who, ": kernel ", kernel_height, 'x', kernel_width, ", stride ", stride_height, 'x',
                       stride_width, " and dilation ", dilation, " must all be at least 1");
    }
  }

  constexpr bool operator==(const Window&) const = default;
};

}  // namespace nasnet::inline NASNET_ABI
