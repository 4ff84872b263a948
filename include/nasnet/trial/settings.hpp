/// What results depend on, for the journal.
#pragma once

#include <concepts>           // convertible_to
#include <nlohmann/json.hpp>  // json

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Has `settings() const`: what its proposals or results depend on, as JSON. The journal records them.
template <class T>
concept HasSettings = requires(const T& object) {
  { object.settings() } -> std::convertible_to<nlohmann::json>;
};

}  // namespace nasnet::inline NASNET_ABI
