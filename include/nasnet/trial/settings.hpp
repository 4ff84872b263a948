/// What results depend on, for the journal.
#pragma once

#include <concepts>  // convertible_to

#include "nasnet/core/json_value.hpp"

namespace nasnet::inline NASNET_ABI {

/// Has `settings() const`: what its proposals or results depend on, as a nlohmann::json or JsonValue. The journal
/// records them.
template <class T>
concept HasSettings = requires(const T& object) {
  { object.settings() } -> std::convertible_to<JsonValue>;
};

}  // namespace nasnet::inline NASNET_ABI
