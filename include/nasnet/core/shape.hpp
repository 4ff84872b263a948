/// Extents of a tensor, with products that never overflow in silence.
#pragma once

#include <array>             // array
#include <cstdint>           // int64_t
#include <initializer_list>  // initializer_list
#include <limits>            // numeric_limits
#include <span>              // span
#include <string>            // string

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

/// a * b for extents and counts that are not negative.
/// @throws ShapeError where the product does not fit 64 bits.
[[nodiscard]] constexpr std::int64_t checked_product(std::int64_t a, std::int64_t b) {
  if (b != 0 && a > (std::numeric_limits<std::int64_t>::max)() / b) {
    fail<ShapeError>("shape: ", a, " x ", b, " does not fit 64 bits");
  }
  return a * b;
}

/// Up to four extents, the outermost first: images are [N,H,W,C].
class Shape {
 public:
  static constexpr int max_rank = 4;

  constexpr Shape() = default;

  /// @throws ShapeError for a negative extent or more than four.
  constexpr Shape(std::initializer_list<std::int64_t> extents) : Shape(std::span(extents.begin(), extents.size())) {}

  constexpr explicit Shape(std::span<const std::int64_t> extents) {
    if (extents.size() > max_rank) fail<ShapeError>("shape: ", extents.size(), " extents, at most 4 are possible");
    for (const std::int64_t extent : extents) {
      if (extent < 0) fail<ShapeError>("shape: extent ", extent, " is negative");
      extents_[static_cast<std::size_t>(rank_++)] = extent;
    }
  }

  [[nodiscard]] constexpr int rank() const { return rank_; }
  [[nodiscard]] constexpr std::int64_t operator[](int axis) const { return extents_[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] constexpr std::span<const std::int64_t> extents() const {
    return {extents_.data(), static_cast<std::size_t>(rank_)};
  }

  /// Number of elements; 1 for rank 0.
  [[nodiscard]] constexpr std::int64_t elements() const {
    std::int64_t product = 1;
    for (const std::int64_t extent : extents()) product = checked_product(product, extent);
    return product;
  }

  /// As "[8,28,28,32]".
  [[nodiscard]] std::string to_string() const {
    std::string text(1, '[');
    for (int axis = 0; axis < rank_; ++axis) {
      if (axis > 0) text.push_back(',');
      text.append(std::to_string((*this)[axis]));
    }
    text.push_back(']');
    return text;
  }

  constexpr bool operator==(const Shape&) const = default;

 private:
  std::array<std::int64_t, max_rank> extents_{};
  int rank_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI
