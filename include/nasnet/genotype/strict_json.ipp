#pragma once

#include "nasnet/genotype/strict_json.hpp"

#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/json_events.hpp"
#include "nasnet/genotype/detail/nearest_name.hpp"
#include "nasnet/genotype/detail/text_cursor.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Builds a JSON value and stops at the first thing that is wrong.
NASNET_LAZY class JsonBuilder final : public JsonEvents {
 public:
  /// @param strict refuses repeated keys and deep nesting
  JsonBuilder(std::string_view text, bool strict) : text_(text), strict_(strict) {}

  [[nodiscard]] nlohmann::json take_result() { return std::move(result_); }
  [[nodiscard]] const std::string& error() const { return error_; }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }

  bool start_object() override { return open(nlohmann::json::object()); }
  bool start_array() override { return open(nlohmann::json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    if (strict_ && open_.back()->contains(name)) return refuse(join("key ", quoted_name(name), " stands there twice"));
    keys_.back() = name;
    return true;
  }

  void parse_error(std::size_t offset, std::string_view reason) override {
    const TextPosition position = position_in(text_, offset == 0 ? 0 : offset - 1);
    error_ = join("line ", position.line, ", column ", position.column, ": ", reason_in(reason));
  }

 private:
  template <class Value>
  bool add(Value&& value) {
    return place(nlohmann::json(std::forward<Value>(value))) != nullptr;
  }

  bool open(nlohmann::json container) {
    if (strict_ && open_.size() == max_json_depth)
      return refuse(join("nested deeper than ", max_json_depth, " levels"));
    open_.push_back(place(std::move(container)));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  // Parents are not touched while a child is open, so that pointers to open values hold.
  nlohmann::json* place(nlohmann::json value) {
    if (open_.empty()) {
      result_ = std::move(value);
      return &result_;
    }
    nlohmann::json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[keys_.back()] = std::move(value));
  }

  bool refuse(std::string_view reason) {
    error_ = path();
    error_.append(error_.empty() ? "" : ": ").append(reason);
    return false;
  }

  // The open values, as "normal.blocks[2]".
  [[nodiscard]] std::string path() const {
    std::string path;
    for (std::size_t level = 0; level + 1 < open_.size() && path.size() < 256; ++level) {
      if (open_[level]->is_array()) {
        path.append(join('[', open_[level]->size() - 1, ']'));
      } else {
        path.append(path.empty() ? "" : ".").append(keys_[level].substr(0, 64));
      }
    }
    return path;
  }

  // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ..." without what stands before it.
  [[nodiscard]] static std::string reason_in(std::string_view what) {
    for (const std::string_view before : {std::string_view("] "), std::string_view("parse error at line ")}) {
      const std::size_t found = what.find(before);
      if (found == std::string_view::npos) continue;
      what.remove_prefix(before == "] " ? found + before.size() : what.find(": ", found) + 2);
    }
    constexpr std::size_t longest = 240;
    return what.size() <= longest ? std::string(what) : join(what.substr(0, longest), "...");
  }

  std::string_view text_;
  bool strict_;
  nlohmann::json result_;
  std::vector<nlohmann::json*> open_;
  std::vector<std::string> keys_;  // the last key of each open object
  std::string error_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY nlohmann::json parse_strict_json(std::string_view text, std::string_view source) {
  auto builder = detail::JsonBuilder(text, true);
  if (!read_json(text, builder)) fail<GenotypeError>(source, ": ", builder.error());
  return builder.take_result();
}

NASNET_BODY nlohmann::json parse_json(std::string_view text) {
  auto builder = detail::JsonBuilder(text, false);
  if (!read_json(text, builder)) return nlohmann::json(nlohmann::json::value_t::discarded);
  return builder.take_result();
}

}  // namespace nasnet::inline NASNET_ABI
