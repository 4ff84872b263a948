/// Height and width of images and maps.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Height and width in pixels.
struct Size {
  std::int64_t height = 0;
  std::int64_t width = 0;
  constexpr bool operator==(const Size&) const = default;
};

}  // namespace nasnet::inline NASNET_ABI
