/// Height and width of images and maps.
#pragma once

#include <cstdint>  // int64_t

namespace nasnet::inline v0 {

/// Height and width in pixels.
struct Size {
  std::int64_t height = 0;
  std::int64_t width = 0;
  constexpr bool operator==(const Size&) const = default;
};

}  // namespace nasnet::inline v0
