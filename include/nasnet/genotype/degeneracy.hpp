/// Parts of a valid cell that do not count: inputs and blocks that do not reach its output.
#pragma once

#include <cstddef>  // size_t
#include <string>   // string
#include <vector>   // vector

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI {

/// A state of a cell that its output does not depend on. The network is built with it all the same.
struct Degeneracy {
  enum class Kind { unread_input, dead_block };
  CellRole cell = CellRole::normal;
  Kind kind = Kind::unread_input;
  int index = 0;  ///< the input or the block

  bool operator==(const Degeneracy&) const = default;
};

/// For each state of a valid cell, whether the cell's output depends on it.
[[nodiscard]] inline std::vector<bool> live_states(const Cell& cell, int inputs) {
  const std::size_t first = static_cast<std::size_t>(inputs);
  std::vector<bool> live(first, false);
  live.resize(first + cell.blocks.size(), cell.concat.empty());  // without a concat list, every block is an output
  for (const int state : cell.concat) live[static_cast<std::size_t>(state)] = true;
  for (std::size_t b = cell.blocks.size(); b-- > 0;) {
    if (!live[first + b]) continue;
    live[static_cast<std::size_t>(cell.blocks[b].left.state)] = true;
    live[static_cast<std::size_t>(cell.blocks[b].right.state)] = true;
  }
  return live;
}

namespace detail {

inline void append_degeneracies(std::vector<Degeneracy>& found, CellRole role, const Cell& cell, int inputs) {
  const std::vector<bool> live = live_states(cell, inputs);
  for (std::size_t state = 0; state < live.size(); ++state) {
    if (live[state]) continue;
    const int index = static_cast<int>(state);
    if (index < inputs) {
      found.push_back({role, Degeneracy::Kind::unread_input, index});
    } else {
      found.push_back({role, Degeneracy::Kind::dead_block, index - inputs});
    }
  }
}

}  // namespace detail

/// Everything in a valid architecture that does not count; empty for most. Such an architecture is valid.
[[nodiscard]] inline std::vector<Degeneracy> degeneracies(const Architecture& architecture) {
  std::vector<Degeneracy> found;
  detail::append_degeneracies(found, CellRole::normal, architecture.normal, architecture.inputs);
  detail::append_degeneracies(found, CellRole::reduction, architecture.reduction, architecture.inputs);
  return found;
}

/// One sentence, as "normal: input 1 does not reach the cell's output".
[[nodiscard]] inline std::string describe(const Degeneracy& degeneracy) {
  const bool input = degeneracy.kind == Degeneracy::Kind::unread_input;
  return join(to_string(degeneracy.cell), input ? ": input " : ": block ", degeneracy.index,
              " does not reach the cell's output");
}

}  // namespace nasnet::inline NASNET_ABI
