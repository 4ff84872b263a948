#pragma once

#include "nasnet/core/detail/json_events.hpp"

#include <nlohmann/json.hpp>  // json
#include <string_view>        // string_view

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY bool read_json(std::string_view text, JsonEvents& events) {
  return nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &events);
}

}  // namespace nasnet::inline NASNET_ABI::detail
