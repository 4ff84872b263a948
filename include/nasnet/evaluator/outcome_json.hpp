/// Outcomes as JSON, for evaluations in other processes and on other machines.
///
///     {"validation_accuracy": 0.88, "validation_loss": 0.31, "metrics": {"latency": 0.012}}
///     {"kind": "timeout", "message": "..."}
///     {"unresolved": true, "message": "..."}
///
/// Numbers are exact; those that JSON does not have are the texts "nan", "inf" and "-inf".
#pragma once

#include <nlohmann/json_fwd.hpp>  // json
#include <optional>               // nullopt, optional

#include "nasnet/evaluator/evaluator.hpp"

namespace nasnet::inline NASNET_ABI {

/// One of the three forms above.
NASNET_LAZY [[nodiscard]] nlohmann::json to_json(const Outcome& outcome);

/// Nothing for what to_json does not give: a process may have written it with damaged memory. Other keys may stand
/// beside.
NASNET_LAZY [[nodiscard]] std::optional<Outcome> outcome_from_json(const nlohmann::json& json);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/evaluator/outcome_json.ipp"
#endif
