/// The lines of a journal: writing them, and reading fields from what may be damaged.
#pragma once

#include <algorithm>          // all_of, find_if
#include <cmath>              // isfinite
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <filesystem>         // path
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json, ordered_json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // exchange, move
#include <vector>             // vector

#include "nasnet/core/attempt.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/text.hpp"

namespace nasnet::inline NASNET_ABI::detail {

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

/// Takes the fields of a JSON object one by one as long as none of them holds others. A tree of each line would take
/// longer to build, to search and to free than the line takes to read.
class FlatObject final : public nlohmann::json_sax<nlohmann::json> {
 public:
  struct Field {
    std::string name;
    nlohmann::json value;
  };

  /// All fields of an object; nothing where the text is no object, or one that is not flat.
  [[nodiscard]] static std::optional<std::vector<Field>> fields_of(std::string_view text) {
    FlatObject object;
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &object)) return std::nullopt;
    return std::move(object.fields_);
  }

  bool null() override { return set(nullptr); }
  bool boolean(bool value) override { return set(value); }
  bool number_integer(std::int64_t value) override { return set(value); }
  bool number_unsigned(std::uint64_t value) override { return set(value); }
  bool number_float(double value, const std::string&) override { return set(value); }
  bool string(std::string& value) override { return set(value); }
  bool binary(nlohmann::json::binary_t&) override { return false; }

  bool start_object(std::size_t) override { return !std::exchange(is_open_, true); }
  bool start_array(std::size_t) override { return false; }
  bool end_object() override { return true; }
  bool end_array() override { return false; }

  bool key(std::string& name) override {
    fields_.emplace_back().name = name;
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  FlatObject() { fields_.reserve(16); }

  template <class Value>
  bool set(const Value& value) {
    if (is_open_) fields_.back().value = value;
    return is_open_;
  }

  std::vector<Field> fields_;
  bool is_open_ = false;
};

/// A line of a journal as it is read. Each error names the file and the line.
class JournalLine {
 public:
  /// @param number counts the lines from 1
  /// @param text outlives this object
  JournalLine(const std::filesystem::path& path, std::int64_t number, std::string_view text)
      : path_(path), number_(number), last_(last_architecture(text)) {
    if (last_) {
      take_fields(before_last(text));
    } else {
      take_fields(text);
    }
  }

  [[nodiscard]] std::int64_t number() const { return number_; }

  template <class... Parts>
  [[noreturn]] NASNET_COLD void fail_here(const Parts&... parts) const {
    fail<IoError>('\'', path_.string(), "', line ", number_, ": ", parts...);
  }

  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }

  [[nodiscard]] const nlohmann::json& field(std::string_view key) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr) fail_here("the field \"", key, "\" is missing");
    return *value;
  }

  [[nodiscard]] const std::string& text(std::string_view key) const {
    const nlohmann::json& value = field(key);
    if (!value.is_string()) fail_here("the field \"", key, "\" is no text");
    return value.get_ref<const std::string&>();
  }

  /// A whole number from 0.
  [[nodiscard]] std::int64_t count(std::string_view key) const {
    const nlohmann::json& value = field(key);
    const bool fits = value.is_number_unsigned() &&
                      value.get<std::uint64_t>() <= std::uint64_t{(std::numeric_limits<std::int64_t>::max)()};
    if (!fits) fail_here("the field \"", key, "\" is no whole number from 0");
    return value.get<std::int64_t>();
  }

  [[nodiscard]] std::uint64_t unsigned_number(std::string_view key) const {
    const nlohmann::json& value = field(key);
    if (!value.is_number_unsigned()) fail_here("the field \"", key, "\" is no whole number from 0");
    return value.get<std::uint64_t>();
  }

  [[nodiscard]] double number_field(std::string_view key) const { return number_in(field(key), key); }

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
    const std::string_view form = last_ ? *last_ : std::string_view(text("architecture"));
    Architecture architecture;
    const auto failure = attempt([&] { architecture = architecture_from_text(form, "architecture"); });
    if (failure) fail_here(failure->message);
    return architecture;
  }

 private:
  static constexpr std::string_view last_key = ",\"architecture\":\"";
  static constexpr std::string_view last_end = "\"}";

  /// The text of the field "architecture" where it is the last one and nothing in it is escaped.
  ///
  /// It is most of the line, and the library for JSON looks at each of its letters several times. What stands before it
  /// is a JSON object without its brace if and only if the line is a JSON object.
  [[nodiscard]] static std::optional<std::string_view> last_architecture(std::string_view text) {
    if (!text.ends_with(last_end)) return std::nullopt;
    text.remove_suffix(last_end.size());
    const std::size_t quote = text.rfind('"');
    if (quote == std::string_view::npos || !text.substr(0, quote + 1).ends_with(last_key)) return std::nullopt;
    const std::string_view value = text.substr(quote + 1);
    const auto is_plain = [](char letter) { return letter >= ' ' && letter <= '~' && letter != '\\'; };
    if (!std::all_of(value.begin(), value.end(), is_plain)) return std::nullopt;
    return value;
  }

  void take_fields(std::string_view text) {
    if (auto flat = FlatObject::fields_of(text)) {
      fields_ = *std::move(flat);
      return;
    }
    const nlohmann::json tree = nlohmann::json::parse(text, nullptr, false);
    if (!tree.is_object()) fail_here("this is no JSON object");
    for (const auto& [name, value] : tree.items()) fields_.push_back({name, value});
  }

  /// Of fields of one name the last one counts. Nullptr where there is none.
  [[nodiscard]] const nlohmann::json* find(std::string_view key) const {
    const auto found =
        std::find_if(fields_.rbegin(), fields_.rend(), [key](const auto& field) { return field.name == key; });
    return found == fields_.rend() ? nullptr : &found->value;
  }

  [[nodiscard]] std::string before_last(std::string_view text) const {
    text.remove_suffix(last_key.size() + last_->size() + last_end.size());
    return std::string(text).append("}");
  }

  const std::filesystem::path& path_;
  std::int64_t number_;
  std::optional<std::string_view> last_;  // see last_architecture
  std::vector<FlatObject::Field> fields_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
