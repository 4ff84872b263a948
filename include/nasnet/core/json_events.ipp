#pragma once

#include "nasnet/core/json_events.hpp"

#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json
#include <string>             // string
#include <string_view>        // string_view

namespace nasnet::inline NASNET_ABI::detail {

/// What the library for JSON hands its pieces to.
NASNET_LAZY class JsonSax {
 public:
  explicit JsonSax(JsonEvents& events) : events_(events) {}

  bool null() { return events_.null(); }
  bool boolean(bool value) { return events_.boolean(value); }
  bool number_integer(std::int64_t value) { return events_.number_integer(value); }
  bool number_unsigned(std::uint64_t value) { return events_.number_unsigned(value); }
  bool number_float(double value, const std::string&) { return events_.number_float(value); }
  bool string(std::string& value) { return events_.string(value); }
  bool binary(nlohmann::json::binary_t&) { return false; }  // no part of JSON texts
  bool start_object(std::size_t) { return events_.start_object(); }
  bool key(std::string& name) { return events_.key(name); }
  bool end_object() { return events_.end_object(); }
  bool start_array(std::size_t) { return events_.start_array(); }
  bool end_array() { return events_.end_array(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) {
    events_.parse_error(position, error.what());
    return false;
  }

 private:
  JsonEvents& events_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY bool read_json(std::string_view text, JsonEvents& events) {
  auto sax = detail::JsonSax(events);
  return nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &sax);
}

}  // namespace nasnet::inline NASNET_ABI
