/// The shape of a network around its cells, as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>  // ordered_json

#include "nasnet/graph/network_config.hpp"

namespace nasnet::inline NASNET_ABI {

/// All that a NetworkConfig says, with the keys of result files (`report/result_file.hpp`).
NASNET_LAZY [[nodiscard]] nlohmann::ordered_json network_json(const NetworkConfig& config);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/network_json.ipp"
#endif
