/// The lines of a journal: writing them, and reading fields from what may be damaged.
#pragma once

#include <cmath>              // isfinite
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <filesystem>         // path
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json, ordered_json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view

#include "nasnet/core/attempt.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/json.hpp"

namespace nasnet::inline v0::detail {

/// The hash that hex_text writes in this way.
[[nodiscard]] inline std::optional<std::uint64_t> hash_of_text(std::string_view text) {
  if (text.size() != 16) return std::nullopt;
  std::uint64_t hash = 0;
  for (const char letter : text) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(letter);
    if (digit == std::string_view::npos) return std::nullopt;
    hash = hash << 4U | digit;
  }
  return hash;
}

/// One line of JSON; bytes of a message that are no UTF-8 are replaced.
template <class Json>
[[nodiscard]] std::string one_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A line of a journal as it is read. Each error names the file and the line.
class JournalLine {
 public:
  /// @param number counts the lines from 1
  JournalLine(const std::filesystem::path& path, std::int64_t number, std::string_view text)
      : path_(path), number_(number), value_(nlohmann::json::parse(text, nullptr, false)) {
    if (!value_.is_object()) fail_here("this is no JSON object");
  }

  [[nodiscard]] std::int64_t number() const { return number_; }

  template <class... Parts>
  [[noreturn]] NASNET_COLD void fail_here(const Parts&... parts) const {
    fail<IoError>('\'', path_.string(), "', line ", number_, ": ", parts...);
  }

  [[nodiscard]] bool has(const char* key) const { return value_.contains(key); }

  [[nodiscard]] const nlohmann::json& field(const char* key) const {
    const auto found = value_.find(key);
    if (found == value_.end()) fail_here("the field \"", key, "\" is missing");
    return *found;
  }

  [[nodiscard]] const std::string& text(const char* key) const {
    const nlohmann::json& value = field(key);
    if (!value.is_string()) fail_here("the field \"", key, "\" is no text");
    return value.get_ref<const std::string&>();
  }

  /// A whole number from 0.
  [[nodiscard]] std::int64_t count(const char* key) const {
    const nlohmann::json& value = field(key);
    const bool fits = value.is_number_unsigned() &&
                      value.get<std::uint64_t>() <= std::uint64_t{(std::numeric_limits<std::int64_t>::max)()};
    if (!fits) fail_here("the field \"", key, "\" is no whole number from 0");
    return value.get<std::int64_t>();
  }

  [[nodiscard]] std::uint64_t unsigned_number(const char* key) const {
    const nlohmann::json& value = field(key);
    if (!value.is_number_unsigned()) fail_here("the field \"", key, "\" is no whole number from 0");
    return value.get<std::uint64_t>();
  }

  [[nodiscard]] double number_field(const char* key) const { return number_in(field(key), key); }

  [[nodiscard]] double number_in(const nlohmann::json& value, std::string_view key) const {
    if (!value.is_number() || !std::isfinite(value.get<double>())) fail_here("the field \"", key, "\" is no number");
    return value.get<double>();
  }

  [[nodiscard]] std::uint64_t hash() const {
    const std::optional<std::uint64_t> hash = hash_of_text(text("hash"));
    if (!hash) fail_here("the field \"hash\" is not 16 hexadecimal digits");
    return *hash;
  }

  [[nodiscard]] Architecture architecture() const {
    Architecture architecture;
    const auto failure = attempt([&] { architecture = architecture_from_json(field("architecture"), "architecture"); });
    if (failure) fail_here(failure->message);
    return architecture;
  }

 private:
  const std::filesystem::path& path_;
  std::int64_t number_;
  nlohmann::json value_;
};

}  // namespace nasnet::inline v0::detail
