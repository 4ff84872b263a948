#pragma once

#include "nasnet/genotype/degeneracy.hpp"

#include <cstddef>  // size_t
#include <string>   // string
#include <vector>   // vector

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::vector<bool> live_states(const Cell& cell, int inputs) {
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

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY inline void append_degeneracies(std::vector<Degeneracy>& found, CellRole role, const Cell& cell,
                                            int inputs) {
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

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::vector<Degeneracy> degeneracies(const Architecture& architecture) {
  std::vector<Degeneracy> found;
  detail::append_degeneracies(found, CellRole::normal, architecture.normal, architecture.inputs);
  detail::append_degeneracies(found, CellRole::reduction, architecture.reduction, architecture.inputs);
  return found;
}

NASNET_BODY std::string describe(const Degeneracy& degeneracy) {
  const bool input = degeneracy.kind == Degeneracy::Kind::unread_input;
  return join(to_string(degeneracy.cell), input ? ": input " : ": block ", degeneracy.index,
              " does not reach the cell's output");
}

}  // namespace nasnet::inline NASNET_ABI
