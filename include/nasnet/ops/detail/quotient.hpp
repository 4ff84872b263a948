/// Whole numbers of parts.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// a / b, rounded up; a >= 0, b > 0.
[[nodiscard]] constexpr std::int64_t quotient_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// The multiple of b next to a from above; a >= 0, b > 0.
[[nodiscard]] constexpr std::int64_t rounded_up(std::int64_t a, std::int64_t b) { return quotient_up(a, b) * b; }

/// a / b, rounded down also where a < 0; b > 0.
[[nodiscard]] constexpr std::int64_t quotient_down(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

}  // namespace nasnet::inline NASNET_ABI::detail
