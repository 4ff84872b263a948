// The numbers that the golden scripts give to weights and images, made again here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace golden_formula {

// FNV-1a, of 64 bits; with the constants of the short one its last 32 bits are that one's.
inline std::uint64_t hash_of(const std::string& text, std::uint64_t start, std::uint64_t prime) {
  for (const char letter : text) start = (start ^ static_cast<unsigned char>(letter)) * prime;
  return start;
}

// Numbers in [-0.5, 0.5), multiples of 2^-16, from the name and the place.
inline std::vector<double> uniform(const std::string& name, std::int64_t count) {
  const std::uint64_t h = hash_of(name, 2166136261U, 16777619U) % 4294967296U;
  std::vector<double> values;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i) {
    std::uint64_t x = (h + i * 40503U + (i * i % 65536U) * 30011U) % 65536U;
    x = (x * 25173U + 13849U + x * x % 65536U) % 65536U;
    values.push_back(static_cast<double>(x) / 65536.0 - 0.5);
  }
  return values;
}

}  // namespace golden_formula
