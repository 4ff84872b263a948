/// Reading JSON piece by piece.
#pragma once

#include <nlohmann/json.hpp>  // json, json_sax
#include <string_view>        // string_view

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// What receives the pieces of a JSON text, and returns false to stop.
using JsonEvents = nlohmann::json_sax<nlohmann::json>;

/// Hands over the pieces of a text in their order. All that reads JSON comes through here: the library for JSON makes a
/// parser, and readers of five binary formats with it, for each type of text and of receiver.
/// @return whether it came to the end: the text is JSON and the receiver never said stop
NASNET_LAZY [[nodiscard]] bool read_json(std::string_view text, JsonEvents& events);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/core/detail/json_events.ipp"
#endif
