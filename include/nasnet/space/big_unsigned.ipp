#pragma once

#include "nasnet/space/big_unsigned.hpp"

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

NASNET_BODY BigUnsigned::BigUnsigned(std::uint64_t value) : digits_(3) {  // NOLINT: a number
  for (std::uint32_t& digit : digits_) {
    digit = static_cast<std::uint32_t>(value % base);
    value /= base;
  }
  trim();
}

NASNET_BODY BigUnsigned& BigUnsigned::operator+=(const BigUnsigned& other) {
  std::uint64_t carry = 0;
  std::vector<std::uint32_t> sum((std::max)(digits_.size(), other.digits_.size()) + 1);
  for (std::size_t i = 0; i < sum.size(); ++i) {
    carry += digit(i) + other.digit(i);
    sum[i] = static_cast<std::uint32_t>(carry % base);
    carry /= base;
  }
  digits_.swap(sum);
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

NASNET_BODY BigUnsigned& BigUnsigned::operator*=(const BigUnsigned& other) {
  BigUnsigned product;
  std::vector<std::uint32_t>(digits_.size() + other.digits_.size()).swap(product.digits_);
  for (std::size_t i = 0; i < digits_.size(); ++i) product.add_row(digits_[i], other, i);
  product.trim();
  return *this = std::move(product);
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
  std::vector<std::uint32_t> left = digits_;
  std::string text(digits_.size() * digits_per_limb, '0');
  for (std::size_t place = 0; place < text.size(); ++place) {
    std::uint32_t& rest = left[place / digits_per_limb];
    text[text.size() - 1 - place] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  return text.substr(text.find_first_not_of('0'));
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
