#pragma once

#include "nasnet/core/random.hpp"

#include <cmath>    // cos, log, sqrt
#include <numbers>  // pi

namespace nasnet::inline NASNET_ABI {

NASNET_BODY double RandomStream::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace nasnet::inline NASNET_ABI
