/// Sizes and channels of the maps that flow through a network.
#pragma once

#include <cstdint>  // int64_t
#include <string>   // string

#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/core/size.hpp"

namespace nasnet::inline NASNET_ABI {

/// One sample's map, without the batch dimension.
struct FeatureShape {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;

  [[nodiscard]] constexpr Size size() const { return {height, width}; }
  [[nodiscard]] constexpr std::int64_t elements() const {
    return checked_product(checked_product(height, width), channels);
  }
  constexpr bool operator==(const FeatureShape&) const = default;
};

/// As "28x28x32".
[[nodiscard]] inline std::string to_string(const FeatureShape& shape) {
  return join(shape.height, 'x', shape.width, 'x', shape.channels);
}

}  // namespace nasnet::inline NASNET_ABI
