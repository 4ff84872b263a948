/// The one-line text form of an architecture.
///
///     normal[sep_conv_5x5(0) + sep_conv_3x3(1); identity(0) ++ avg_pool_3x3(2) -> 3] reduction[...]
///
///     architecture = [ "inputs" "=" number ] "normal" cell "reduction" cell
///     cell         = "[" block { ";" block } [ "->" ( state { state } | "none" ) ] "]"
///     block        = operand combiner operand
///     operand      = op "(" state ")"
///     combiner     = "+" | "++" | "+layer_norm" | "+instance_norm"
///
/// The signs stand for add, concat, add_layer_norm and add_instance_norm.
/// States are numbered as everywhere: 0 the more recent input, the first block's output follows the inputs. After the
/// arrow stand the states that are concatenated; without an arrow these are the loose ends, and "none" is the empty
/// list. White space is free between tokens. `inputs` is 2 where it is not given.
#pragma once

#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI {

/// The text form, one line without a line break. architecture_from_text reads it back.
NASNET_LAZY [[nodiscard]] std::string to_text(const Architecture& architecture);

/// Reads the text form. Ops are any names; check them against an op set with require_valid.
/// @param source begins the error text where the grammar is broken: what the text is
/// @throws GenotypeError with line and column where the text breaks the grammar, with the place in the cell where the
/// architecture breaks a rule.
NASNET_LAZY [[nodiscard]] Architecture architecture_from_text(std::string_view text,
                                                              std::string_view source = "genotype text");

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/text.ipp"
#endif
