#pragma once

#include "nasnet/trial/field_reader.hpp"

#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view

#include "nasnet/core/failure.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/json_values.hpp"
#include "nasnet/genotype/text.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY std::optional<std::uint64_t> hash_of_text(std::string_view text) {
  if (text.size() != 16) return std::nullopt;
  std::uint64_t hash = 0;
  for (const char letter : text) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(letter);
    if (digit == std::string_view::npos) return std::nullopt;
    hash = hash << 4U | digit;
  }
  return hash;
}

NASNET_BODY const nlohmann::json& FieldReader::field(std::string_view key) const {
  const nlohmann::json* value = find(key);
  if (value == nullptr) fail_here("the field \"", key, "\" is missing");
  return *value;
}

NASNET_BODY const std::string& FieldReader::text(std::string_view key) const {
  const std::string* text = text_of(field(key));
  if (text == nullptr) fail_here("the field \"", key, "\" is no text");
  return *text;
}

NASNET_BODY std::int64_t FieldReader::count(std::string_view key, std::int64_t most) const {
  const std::optional<std::int64_t> count = whole_number_of(field(key), 0, most);
  if (count) return *count;
  if (most == most_whole_number) fail_here("the field \"", key, "\" is no whole number from 0");
  fail_here("the field \"", key, "\" is no whole number from 0 to ", most);
}

NASNET_BODY std::uint64_t FieldReader::unsigned_number(std::string_view key) const {
  const std::optional<std::uint64_t> number = unsigned_number_of(field(key));
  if (!number) fail_here("the field \"", key, "\" is no whole number from 0");
  return *number;
}

NASNET_BODY double FieldReader::number_in(const nlohmann::json& value, std::string_view key) const {
  const std::optional<double> number = number_of(value);
  if (!number) fail_here("the field \"", key, "\" is no number");
  return *number;
}

NASNET_BODY bool FieldReader::flag(std::string_view key) const {
  const std::optional<bool> flag = flag_of(field(key));
  if (!flag) fail_here("the field \"", key, "\" is neither true nor false");
  return *flag;
}

NASNET_BODY const nlohmann::json& FieldReader::list(std::string_view key) const {
  const nlohmann::json& value = field(key);
  if (!value.is_array()) fail_here("the field \"", key, "\" is no list");
  return value;
}

NASNET_BODY std::uint64_t FieldReader::hash(std::string_view key) const {
  const std::optional<std::uint64_t> hash = hash_of_text(text(key));
  if (!hash) fail_here("the field \"", key, "\" is not 16 hexadecimal digits");
  return *hash;
}

NASNET_INLINE std::optional<std::string_view> FieldReader::text_apart(std::string_view /*key*/) const {
  return std::nullopt;
}

NASNET_BODY Architecture FieldReader::architecture(std::string_view key) const {
  const std::optional<std::string_view> apart = text_apart(key);
  const std::string_view form = apart ? *apart : std::string_view(text(key));
  Architecture architecture;
  const auto failure = catch_failure([&] { architecture = architecture_from_text(form, key); });
  if (failure) fail_here(failure->message);
  return architecture;
}

NASNET_BODY bool FieldReader::has(std::string_view key) const { return find(key) != nullptr; }

NASNET_BODY double FieldReader::number(std::string_view key) const { return number_in(field(key), key); }

}  // namespace nasnet::inline NASNET_ABI::detail
