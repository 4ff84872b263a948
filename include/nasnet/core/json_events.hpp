/// Reading JSON piece by piece.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint64_t
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Receives the pieces of a JSON text in their order. Each function but the last returns false to stop.
class JsonEvents {
 public:
  virtual bool null() = 0;
  virtual bool boolean(bool value) = 0;
  virtual bool number_integer(std::int64_t value) = 0;  ///< below 0
  virtual bool number_unsigned(std::uint64_t value) = 0;
  virtual bool number_float(double value) = 0;
  virtual bool string(std::string& value) = 0;
  virtual bool start_object() = 0;
  virtual bool key(std::string& name) = 0;
  virtual bool end_object() = 0;
  virtual bool start_array() = 0;
  virtual bool end_array() = 0;
  /// The text is no JSON. @param position counts bytes from 1; 0 where the text has none
  virtual void parse_error(std::size_t position, std::string_view reason) = 0;

 protected:
  JsonEvents() = default;
  JsonEvents(const JsonEvents&) = default;
  JsonEvents& operator=(const JsonEvents&) = default;
  ~JsonEvents() = default;
};

/// Hands over a text piece by piece. All that reads JSON comes through here: the library for JSON makes a parser, and
/// readers of five binary formats with it, for each type of text and of receiver.
/// @return whether the text is JSON and the receiver never said stop
NASNET_LAZY [[nodiscard]] bool read_json(std::string_view text, JsonEvents& events);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/json_events.ipp"
#endif
