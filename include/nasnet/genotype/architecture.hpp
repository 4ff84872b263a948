/// Cells and architectures as plain run-time values: what files, programs and the graph builder use.
#pragma once

#include <array>        // array
#include <optional>     // optional
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// How a block makes one state of its two operands.
enum class Combiner {
  add,                ///< elementwise sum, F channels
  concat,             ///< along the channels, left first, 2F channels
  add_layer_norm,     ///< sum, then layer normalisation
  add_instance_norm,  ///< sum, then instance normalisation
};

inline constexpr std::array all_combiners{Combiner::add, Combiner::concat, Combiner::add_layer_norm,
                                          Combiner::add_instance_norm};

/// The name of a combiner in files; "unknown" for a value that is none of them.
[[nodiscard]] constexpr std::string_view to_string(Combiner combine) {
  switch (combine) {
    case Combiner::add: return "add";
    case Combiner::concat: return "concat";
    case Combiner::add_layer_norm: return "add_layer_norm";
    case Combiner::add_instance_norm: return "add_instance_norm";
  }
  return "unknown";
}

/// The combiner of this name.
[[nodiscard]] constexpr std::optional<Combiner> combiner_named(std::string_view name) {
  for (const Combiner combine : all_combiners) {
    if (to_string(combine) == name) return combine;
  }
  return std::nullopt;
}

/// The two parts that a cell plays in a network.
enum class CellRole {
  normal,     ///< stride 1
  reduction,  ///< ops on the cell's inputs have stride 2
};

[[nodiscard]] constexpr std::string_view to_string(CellRole role) {
  return role == CellRole::normal ? "normal" : "reduction";
}

/// An op and the state that it reads.
///
/// States of a cell: 0 to inputs - 1 are the cell's inputs, 0 the most recent; inputs + b is the output of block b.
struct BlockInput {
  int state = 0;
  std::string op{};

  bool operator==(const BlockInput&) const = default;
};

/// Two operands and how they are combined into a new state.
struct Block {
  BlockInput left{}, right{};
  Combiner combine = Combiner::add;

  bool operator==(const Block&) const = default;
};

/// Blocks, each of which reads earlier states only, and the states that are concatenated into the cell's output.
struct Cell {
  std::vector<Block> blocks{};
  std::vector<int> concat{};  ///< ascending; empty: every block's output is passed on by itself (NASNet-B)

  bool operator==(const Cell&) const = default;
};

/// What the search looks for: a normal and a reduction cell. Any value of these types can be made; see validate.
struct Architecture {
  int inputs = 2;  ///< states that a cell gets from the cells before it
  Cell normal{}, reduction{};

  bool operator==(const Architecture&) const = default;
};

/// The cell of this role.
[[nodiscard]] inline const Cell& cell_of(const Architecture& architecture, CellRole role) {
  return role == CellRole::normal ? architecture.normal : architecture.reduction;
}

/// Whether a block of the cell reads this state.
NASNET_LAZY [[nodiscard]] bool is_read(const Cell& cell, int state);

/// The block outputs that no block reads, ascending: the paper's rule for the cell's output. Never a cell input.
NASNET_LAZY [[nodiscard]] std::vector<int> loose_ends(const Cell& cell, int inputs);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/architecture.ipp"
#endif
