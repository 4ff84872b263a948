#pragma once

#include "nasnet/trial/json_line.hpp"

#include <algorithm>          // all_of
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <memory>             // make_shared
#include <nlohmann/json.hpp>  // json, ordered_json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // exchange, move
#include <vector>             // vector

#include "nasnet/core/failure.hpp"
#include "nasnet/core/json_events.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/strict_json.hpp"
#include "nasnet/genotype/text.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY std::string one_line(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

NASNET_BODY std::string one_line(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

struct JsonField {
  std::string name;
  nlohmann::json value;
};

/// Takes the fields of a JSON object one by one as long as none of them holds others. A tree of each line would take
/// longer to build, to search and to free than the line takes to read.
NASNET_LAZY class FlatObject final : public JsonEvents {
 public:
  /// All fields of an object; nothing where the text is no object, or one that is not flat.
  [[nodiscard]] std::optional<std::vector<JsonField>> fields_of(std::string_view text) {
    fields_.reserve(16);
    if (!read_json(text, *this)) return std::nullopt;
    return std::move(fields_);
  }

  bool null() override { return set(nullptr); }
  bool boolean(bool value) override { return set(value); }
  bool number_integer(std::int64_t value) override { return set(value); }
  bool number_unsigned(std::uint64_t value) override { return set(value); }
  bool number_float(double value) override { return set(value); }
  bool string(std::string& value) override { return set(value); }

  bool start_object() override { return !std::exchange(is_open_, true); }
  bool start_array() override { return false; }
  bool end_object() override { return true; }
  bool end_array() override { return false; }

  bool key(std::string& name) override {
    fields_.emplace_back().name = name;
    return true;
  }

  void parse_error(std::size_t, std::string_view) override {}

 private:
  template <class Value>
  bool set(const Value& value) {
    if (is_open_) fields_.back().value = value;
    return is_open_;
  }

  std::vector<JsonField> fields_;
  bool is_open_ = false;
};

NASNET_BODY JournalLine::JournalLine(const std::string& path, std::int64_t number, std::string_view text)
    : path_(path), line_(number), last_(last_architecture(text)), fields_(std::make_shared<std::vector<JsonField>>()) {
  if (last_) {
    take_fields(before_last(text));
  } else {
    take_fields(text);
  }
}

/// Of fields of one name the last one counts.
NASNET_INLINE const nlohmann::json* JournalLine::find(std::string_view key) const {
  for (std::size_t place = fields_->size(); place > 0; --place) {
    const JsonField& field = (*fields_)[place - 1];
    if (field.name == key) return &field.value;
  }
  return nullptr;
}

NASNET_INLINE std::optional<std::string_view> JournalLine::text_apart(std::string_view key) const {
  return key == "architecture" ? last_ : std::nullopt;
}

NASNET_INLINE void JournalLine::fail_with(const std::string& what) const {
  fail<IoError>('\'', path_, "', line ", line_, ": ", what);
}

NASNET_BODY std::optional<std::string_view> JournalLine::last_architecture(std::string_view text) {
  if (!text.ends_with(last_end)) return std::nullopt;
  text.remove_suffix(last_end.size());
  const std::size_t quote = text.rfind('"');
  if (quote == std::string_view::npos || !text.substr(0, quote + 1).ends_with(last_key)) return std::nullopt;
  const std::string_view value = text.substr(quote + 1);
  const auto is_plain = [](char letter) { return letter >= ' ' && letter <= '~' && letter != '\\'; };
  if (!std::all_of(value.begin(), value.end(), is_plain)) return std::nullopt;
  return value;
}

NASNET_BODY void JournalLine::take_fields(std::string_view text) {
  if (auto flat = FlatObject().fields_of(text)) {
    *fields_ = *std::move(flat);
    return;
  }
  const nlohmann::json tree = parse_json(text);
  if (!tree.is_object()) fail_here("this is no JSON object");
  for (const auto& [name, value] : tree.items()) fields_->push_back({name, value});
}

NASNET_BODY std::string JournalLine::before_last(std::string_view text) const {
  text.remove_suffix(last_key.size() + last_->size() + last_end.size());
  return std::string(text).append("}");
}

}  // namespace nasnet::inline NASNET_ABI::detail
