/// Reads values out of JSON: what counts as a number, a whole number or a text is decided here, for all files and
/// settings. Each reader words its own errors.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint64_t
#include <limits>       // numeric_limits
#include <optional>     // nullopt, optional
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/detail/nearest_name.hpp"

namespace nasnet::inline NASNET_ABI::detail {

inline constexpr std::int64_t most_whole_number = (std::numeric_limits<std::int64_t>::max)();

/// The field of this name; nullptr where there is none, or no object.
template <class Json>
[[nodiscard]] const Json* field_of(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(key));
  return found == object.end() ? nullptr : &*found;
}

/// The text that a value is; nullptr where it is none.
template <class Json>
[[nodiscard]] const std::string* text_of(const Json& value) {
  return value.is_string() ? &value.template get_ref<const std::string&>() : nullptr;
}

/// The whole number that a value is, where it lies in this range.
template <class Json>
[[nodiscard]] std::optional<std::int64_t> whole_number_of(const Json& value, std::int64_t least,
                                                          std::int64_t most = most_whole_number) {
  if (!value.is_number_integer()) return std::nullopt;
  const bool too_large =
      value.is_number_unsigned() && value.template get<std::uint64_t>() > static_cast<std::uint64_t>(most_whole_number);
  if (too_large) return std::nullopt;
  const auto number = value.template get<std::int64_t>();
  if (number < least || number > most) return std::nullopt;
  return number;
}

/// The whole number from 0 that a value is; 64 bits hold it.
template <class Json>
[[nodiscard]] std::optional<std::uint64_t> unsigned_number_of(const Json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.template get<std::uint64_t>();
}

/// The number that a value is, where it is finite.
template <class Json>
[[nodiscard]] std::optional<double> number_of(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const auto number = value.template get<double>();
  if (number - number != 0) return std::nullopt;  // infinite, or not a number
  return number;
}

/// The truth value that a value is.
template <class Json>
[[nodiscard]] std::optional<bool> flag_of(const Json& value) {
  if (!value.is_boolean()) return std::nullopt;
  return value.template get<bool>();
}

/// Where a value stands, for error texts.
class JsonPlace {
 public:
  explicit JsonPlace(std::string_view path) : path_(path) {}

  NASNET_LAZY [[nodiscard]] JsonPlace operator/(std::string_view key) const;
  NASNET_LAZY [[nodiscard]] JsonPlace operator[](std::size_t index) const;

  template <class... Parts>
  [[noreturn]] void fail_here(const Parts&... parts) const {
    if (path_.empty()) fail<GenotypeError>("architecture: ", parts...);
    fail<GenotypeError>(path_, ": ", parts...);
  }

 private:
  std::string path_;
};

/// A value for an error text: its kind, and what it is where that is short.
template <class Json>
[[nodiscard]] std::string found_json(const Json& value) {
  if (const std::string* text = text_of(value)) return join("the text ", quoted_name(*text));
  if (value.is_array()) return join("an array of ", value.size());
  if (value.is_object()) return std::string("an object");
  return value.dump();
}

template <class Json>
void require_object(const Json& value, const JsonPlace& place, std::span<const std::string_view> keys) {
  if (!value.is_object()) place.fail_here("an object expected, found ", found_json(value));
  for (auto item = value.begin(); item != value.end(); ++item) {
    bool known = false;
    for (const std::string_view key : keys) known = known || key == item.key();
    if (!known) place.fail_here(unknown_name_sentence("key", item.key(), keys));
  }
}

template <class Json>
[[nodiscard]] const Json& required(const Json& object, const JsonPlace& place, const char* key) {
  const Json* found = field_of(object, key);
  if (found == nullptr) place.fail_here("the key \"", key, "\" is missing");
  return *found;
}

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/json_values.ipp"
#endif
