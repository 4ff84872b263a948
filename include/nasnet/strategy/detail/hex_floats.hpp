/// Numbers of single precision as text, bit for bit: eight hexadecimal digits each.
#pragma once

#include <bit>          // bit_cast
#include <cmath>        // isfinite
#include <cstddef>      // size_t
#include <cstdint>      // uint32_t
#include <optional>     // nullopt, optional
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline std::string hex_floats(std::span<const float> values) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(8 * values.size());
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 32; shift > 0; shift -= 4) text.push_back(digits[(bits >> (shift - 4)) & 0xfU]);
  }
  return text;
}

/// Nothing where it is no text of so many finite numbers.
NASNET_LAZY [[nodiscard]] inline std::optional<std::vector<float>> floats_of_hex(std::string_view text,
                                                                                 std::size_t count) {
  if (text.size() != 8 * count) return std::nullopt;
  std::vector<float> values;
  values.reserve(count);
  for (std::size_t k = 0; k < count; ++k) {
    std::uint32_t bits = 0;
    for (const char digit : text.substr(8 * k, 8)) {
      const bool is_number = digit >= '0' && digit <= '9';
      if (!is_number && (digit < 'a' || digit > 'f')) return std::nullopt;
      bits = bits << 4U | static_cast<std::uint32_t>(is_number ? digit - '0' : digit - 'a' + 10);
    }
    values.push_back(std::bit_cast<float>(bits));
    if (!std::isfinite(values.back())) return std::nullopt;
  }
  return values;
}

}  // namespace nasnet::inline NASNET_ABI::detail
