#pragma once

#include "nasnet/journal/settings_difference.hpp"

#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/trial/json_line.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY std::optional<std::string> first_difference(const OwnedSettings& first, const OwnedSettings& second,
                                                        const std::string& name) {
  if (first.settings == second.settings) return std::nullopt;
  if (first.settings.is_object() && second.settings.is_object()) {
    nlohmann::json either = first.settings;
    either.update(second.settings);
    for (const auto& [key, value] : either.items()) {
      const auto part = [&key = key](const nlohmann::json& object) {
        return object.contains(key) ? object.at(key) : nlohmann::json();
      };
      auto below = first_difference({first.owner, part(first.settings)}, {second.owner, part(second.settings)},
                                    name.empty() ? key : join(name, '.', key));
      if (below) return below;
    }
  }
  const auto shown = [](const OwnedSettings& owned) {
    return join(owned.owner, " has ", owned.settings.is_null() ? std::string("nothing") : one_line(owned.settings));
  };
  return join(name, ": ", shown(first), ", ", shown(second));
}

}  // namespace nasnet::inline NASNET_ABI::detail
