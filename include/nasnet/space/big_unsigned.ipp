#pragma once

#include "nasnet/space/big_unsigned.hpp"

#include <algorithm>  // max, min
#include <cmath>      // log
#include <compare>    // strong_ordering
#include <cstddef>    // size_t
#include <cstdint>    // uint32_t, uint64_t
#include <optional>   // optional
#include <string>     // string

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY BigUnsigned::BigUnsigned(std::uint64_t value) {  // NOLINT: a number
  for (; value > 0; value /= base) digits_.push_back(static_cast<std::uint32_t>(value % base));
}

NASNET_BODY BigUnsigned& BigUnsigned::operator+=(const BigUnsigned& other) {
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

NASNET_BODY BigUnsigned& BigUnsigned::operator-=(const BigUnsigned& other) {
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

NASNET_BODY std::strong_ordering BigUnsigned::operator<=>(const BigUnsigned& other) const {
  if (digits_.size() != other.digits_.size()) return digits_.size() <=> other.digits_.size();
  for (std::size_t i = digits_.size(); i-- > 0;) {
    if (digits_[i] != other.digits_[i]) return digits_[i] <=> other.digits_[i];
  }
  return std::strong_ordering::equal;
}

NASNET_BODY std::optional<std::uint64_t> BigUnsigned::as_uint64() const {
  if (*this > BigUnsigned(~std::uint64_t{0})) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = digits_.size(); i-- > 0;) value = value * base + digits_[i];
  return value;
}

NASNET_BODY std::string BigUnsigned::to_string() const {
  if (digits_.empty()) return std::string(1, '0');
  std::string text = std::to_string(digits_.back());
  for (std::size_t i = digits_.size() - 1; i-- > 0;) {
    const std::string part = std::to_string(digits_[i]);
    text.append(digits_per_limb - part.size(), '0').append(part);
  }
  return text;
}

NASNET_BODY double BigUnsigned::log() const {
  double leading = 0;
  const std::size_t used = (std::min)(digits_.size(), std::size_t{3});
  for (std::size_t i = 0; i < used; ++i) leading = leading * base + digits_[digits_.size() - 1 - i];
  return std::log(leading) + static_cast<double>(digits_.size() - used) * std::log(double{base});
}

NASNET_BODY void BigUnsigned::add_row(std::uint64_t factor, const BigUnsigned& other, std::size_t shift) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < other.digits_.size() || carry > 0; ++i) {
    carry += digits_[shift + i] + factor * other.digit(i);
    digits_[shift + i] = static_cast<std::uint32_t>(carry % base);
    carry /= base;
  }
}

NASNET_BODY void BigUnsigned::trim() {
  while (!digits_.empty() && digits_.back() == 0) digits_.pop_back();
}

}  // namespace nasnet::inline NASNET_ABI
