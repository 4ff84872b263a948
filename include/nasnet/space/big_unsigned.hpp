/// Whole numbers of any size, for counting search spaces.
#pragma once

#include <compare>   // strong_ordering
#include <cstddef>   // size_t
#include <cstdint>   // uint32_t, uint64_t
#include <optional>  // optional
#include <string>    // string
#include <vector>    // vector

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// A whole number that is never too large.
class BigUnsigned {
 public:
  NASNET_LAZY BigUnsigned(std::uint64_t value = 0);

  NASNET_LAZY BigUnsigned& operator+=(const BigUnsigned& other);

  /// @throws ArgumentError where the result would be negative.
  NASNET_LAZY BigUnsigned& operator-=(const BigUnsigned& other);

  NASNET_LAZY BigUnsigned& operator*=(const BigUnsigned& other);

  [[nodiscard]] friend BigUnsigned operator+(BigUnsigned a, const BigUnsigned& b) {
    a += b;
    return a;
  }
  [[nodiscard]] friend BigUnsigned operator-(BigUnsigned a, const BigUnsigned& b) {
    a -= b;
    return a;
  }
  [[nodiscard]] friend BigUnsigned operator*(BigUnsigned a, const BigUnsigned& b) {
    a *= b;
    return a;
  }

  [[nodiscard]] bool operator==(const BigUnsigned&) const = default;
  NASNET_LAZY [[nodiscard]] std::strong_ordering operator<=>(const BigUnsigned& other) const;

  /// The value, if 64 bits hold it.
  NASNET_LAZY [[nodiscard]] std::optional<std::uint64_t> as_uint64() const;

  /// All decimal digits.
  NASNET_LAZY [[nodiscard]] std::string to_string() const;

  /// The natural logarithm; minus infinity for 0.
  NASNET_LAZY [[nodiscard]] double log() const;

 private:
  static constexpr std::uint32_t base = 1'000'000'000;
  static constexpr std::size_t digits_per_limb = 9;

  [[nodiscard]] std::uint64_t digit(std::size_t i) const { return i < digits_.size() ? digits_[i] : 0; }

  NASNET_LAZY void add_row(std::uint64_t factor, const BigUnsigned& other, std::size_t shift);

  NASNET_LAZY void trim();

  std::vector<std::uint32_t> digits_;  // base 10^9, the least first; empty for 0
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/space/big_unsigned.ipp"
#endif
