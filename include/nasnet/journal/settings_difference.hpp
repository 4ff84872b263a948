/// Where the settings of two searches differ.
#pragma once

#include <nlohmann/json_fwd.hpp>  // json
#include <optional>               // optional
#include <string>                 // string
#include <string_view>            // string_view

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Settings, and whose they are.
struct OwnedSettings {
  std::string_view owner;
  const nlohmann::json& settings;
};

/// Where two settings differ first: "evaluator.epochs: the journal has 1, this run has 2".
NASNET_LAZY [[nodiscard]] std::optional<std::string> first_difference(const OwnedSettings& first,
                                                                      const OwnedSettings& second,
                                                                      const std::string& name);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/journal/settings_difference.ipp"
#endif
