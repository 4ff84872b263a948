/// What both pools ask of their windows.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/ops/detail/kernel_checks.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Whether each window covers a cell of an axis of n cells.
[[nodiscard]] constexpr bool covers_cells(const WindowAxis& axis, std::int64_t n) {
  for (std::int64_t o = 0; o < axis.output(n); ++o) {
    const std::int64_t start = o * axis.stride - axis.before(n);
    const std::int64_t tap = start >= 0 ? 0 : (-start + axis.dilation - 1) / axis.dilation;
    if (tap >= axis.kernel || start + tap * axis.dilation >= n) return false;
  }
  return true;
}

/// @throws ShapeError where a window has no cell to pool: dilated windows may step over all of a small map.
NASNET_LAZY inline void check_pool(std::string_view who, const Window& window, const Shape& input) {
  check_window(who, window, input);
  if (!covers_cells(window.vertical(), input[1]) || !covers_cells(window.horizontal(), input[2])) {
    fail<ShapeError>(who, ": a window of ", window.kernel_height, 'x', window.kernel_width, " with dilation ",
                     window.dilation, " covers no cell of input ", input.to_string());
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail
