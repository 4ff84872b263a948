/// JSON values from text. From strangers: no repeated keys, no deep nesting, errors with line and column.
#pragma once

#include <cstddef>                // size_t
#include <nlohmann/json_fwd.hpp>  // json
#include <string_view>            // string_view

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Deepest nesting that parse_strict_json accepts.
inline constexpr std::size_t max_json_depth = 64;

/// One JSON value from a text, and nothing after it.
/// @param source begins the error text: the name of a file, or what the text is
/// @throws GenotypeError for broken syntax, with line and column, and for a repeated key or nesting beyond
/// max_json_depth, with the path to it.
NASNET_LAZY [[nodiscard]] nlohmann::json parse_strict_json(std::string_view text, std::string_view source);

/// One JSON value from a text of our own, and nothing after it; a value that is_discarded() where the text is no JSON.
/// Of values under the same key the last one counts.
NASNET_LAZY [[nodiscard]] nlohmann::json parse_json(std::string_view text);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/strict_json.ipp"
#endif
