/// Whole numbers of any size, for counting search spaces.
#pragma once

#include <algorithm>  // max, min
#include <cmath>      // log
#include <compare>    // strong_ordering
#include <cstddef>    // size_t
#include <cstdint>    // uint32_t, uint64_t
#include <optional>   // optional
#include <string>     // string
#include <vector>     // vector

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

/// A whole number that is never too large.
class BigUnsigned {
 public:
  BigUnsigned(std::uint64_t value = 0) {  // NOLINT: a number
    for (; value > 0; value /= base) digits_.push_back(static_cast<std::uint32_t>(value % base));
  }

  BigUnsigned& operator+=(const BigUnsigned& other) {
    std::uint64_t carry = 0;
    digits_.resize((std::max)(digits_.size(), other.digits_.size()) + 1, 0);
    for (std::size_t i = 0; i < digits_.size(); ++i) {
      carry += std::uint64_t{digits_[i]} + other.digit(i);
      digits_[i] = static_cast<std::uint32_t>(carry % base);
      carry /= base;
    }
    trim();
    return *this;
  }

  /// @throws ArgumentError where the result would be negative.
  BigUnsigned& operator-=(const BigUnsigned& other) {
    if (*this < other) fail<ArgumentError>("big number: ", to_string(), " - ", other.to_string(), " is negative");
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < digits_.size(); ++i) {
      const std::uint64_t taken = other.digit(i) + borrow;
      borrow = digits_[i] < taken ? 1 : 0;
      digits_[i] = static_cast<std::uint32_t>(digits_[i] + borrow * base - taken);
    }
    trim();
    return *this;
  }

  BigUnsigned& operator*=(const BigUnsigned& other) { return *this = *this * other; }

  [[nodiscard]] friend BigUnsigned operator+(BigUnsigned a, const BigUnsigned& b) { return a += b; }
  [[nodiscard]] friend BigUnsigned operator-(BigUnsigned a, const BigUnsigned& b) { return a -= b; }
  [[nodiscard]] friend BigUnsigned operator*(const BigUnsigned& a, const BigUnsigned& b) {
    BigUnsigned product;
    product.digits_.assign(a.digits_.size() + b.digits_.size(), 0);
    for (std::size_t i = 0; i < a.digits_.size(); ++i) product.add_row(a.digits_[i], b, i);
    product.trim();
    return product;
  }

  [[nodiscard]] bool operator==(const BigUnsigned&) const = default;
  [[nodiscard]] std::strong_ordering operator<=>(const BigUnsigned& other) const {
    if (digits_.size() != other.digits_.size()) return digits_.size() <=> other.digits_.size();
    for (std::size_t i = digits_.size(); i-- > 0;) {
      if (digits_[i] != other.digits_[i]) return digits_[i] <=> other.digits_[i];
    }
    return std::strong_ordering::equal;
  }

  /// The value, if 64 bits hold it.
  [[nodiscard]] std::optional<std::uint64_t> as_uint64() const {
    if (*this > BigUnsigned(~std::uint64_t{0})) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = digits_.size(); i-- > 0;) value = value * base + digits_[i];
    return value;
  }

  /// All decimal digits.
  [[nodiscard]] std::string to_string() const {
    if (digits_.empty()) return std::string(1, '0');
    std::string text = std::to_string(digits_.back());
    for (std::size_t i = digits_.size() - 1; i-- > 0;) {
      const std::string part = std::to_string(digits_[i]);
      text.append(digits_per_limb - part.size(), '0').append(part);
    }
    return text;
  }

  /// The natural logarithm; minus infinity for 0.
  [[nodiscard]] double log() const {
    double leading = 0;
    const std::size_t used = (std::min)(digits_.size(), std::size_t{3});
    for (std::size_t i = 0; i < used; ++i) leading = leading * base + digits_[digits_.size() - 1 - i];
    return std::log(leading) + static_cast<double>(digits_.size() - used) * std::log(double{base});
  }

 private:
  static constexpr std::uint32_t base = 1'000'000'000;
  static constexpr std::size_t digits_per_limb = 9;

  [[nodiscard]] std::uint64_t digit(std::size_t i) const { return i < digits_.size() ? digits_[i] : 0; }

  void add_row(std::uint64_t factor, const BigUnsigned& other, std::size_t shift) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < other.digits_.size() || carry > 0; ++i) {
      carry += digits_[shift + i] + factor * other.digit(i);
      digits_[shift + i] = static_cast<std::uint32_t>(carry % base);
      carry /= base;
    }
  }

  void trim() {
    while (!digits_.empty() && digits_.back() == 0) digits_.pop_back();
  }

  std::vector<std::uint32_t> digits_;  // base 10^9, the least first; empty for 0
};

}  // namespace nasnet::inline NASNET_ABI
