/// The JSON form of an architecture.
///
///     {"numbering": "current-first",
///      "normal":    {"blocks": [{"left": [0, "sep_conv_5x5"], "right": [1, "sep_conv_3x3"], "combine": "add"}],
///                    "concat": [2]},
///      "reduction": {"blocks": [...], "concat": [...]}}
///
/// "numbering" has this one value, state 0 is the more recent input, and stands in every file: there are files of the
/// other numbering, and nothing else in them tells. "inputs" is 2 where it is absent, "combine" is "add", "concat" is
/// the loose ends. Any other key is an error.
#pragma once

#include <concepts>               // same_as
#include <nlohmann/json_fwd.hpp>  // json, ordered_json
#include <string>                 // string
#include <string_view>            // string_view

#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI {

/// The JSON form as a value whose keys keep their order.
NASNET_LAZY [[nodiscard]] nlohmann::ordered_json to_json(const Architecture& architecture);

/// The JSON form as text for people: a block a line, no line break at the end.
NASNET_LAZY [[nodiscard]] std::string to_json_text(const Architecture& architecture);

/// Reads the JSON form from a value that stands at `path` of a larger one. Ops are any names; check them against an op
/// set with require_valid.
/// @throws GenotypeError that names the place, as "normal.blocks[2].left", what was found and what was wanted.
template <class Json>
  requires std::same_as<Json, nlohmann::json> || std::same_as<Json, nlohmann::ordered_json>
[[nodiscard]] Architecture architecture_from_json(const Json& value, std::string_view path = {});

/// Reads the JSON form from a text.
/// @throws GenotypeError as above; for broken syntax with line and column.
NASNET_LAZY [[nodiscard]] Architecture architecture_from_json(std::string_view text);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/json.ipp"
#endif
