/// Hashes that are equal on all machines and in all versions, for journals and file names.
#pragma once

#include <cstdint>      // uint64_t
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// FNV-1a over the bytes of a text, 64 bits.
[[nodiscard]] constexpr std::uint64_t text_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
  return hash;
}

/// 16 hexadecimal digits, lower case.
[[nodiscard]] inline std::string hex_text(std::uint64_t hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned shift = 64; shift > 0; shift -= 4) text.push_back(digits[(hash >> (shift - 4)) & 0xfU]);
  return text;
}

}  // namespace nasnet::inline NASNET_ABI
