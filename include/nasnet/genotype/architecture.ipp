#pragma once

#include "nasnet/genotype/architecture.hpp"

#include <algorithm>  // any_of
#include <cstddef>    // size_t
#include <vector>     // vector

namespace nasnet::inline NASNET_ABI {

NASNET_BODY bool is_read(const Cell& cell, int state) {
  return std::any_of(cell.blocks.begin(), cell.blocks.end(),
                     [state](const Block& block) { return block.left.state == state || block.right.state == state; });
}

NASNET_BODY std::vector<int> loose_ends(const Cell& cell, int inputs) {
  std::vector<int> ends;
  for (std::size_t b = 0; b < cell.blocks.size(); ++b) {
    const int state = inputs + static_cast<int>(b);
    if (!is_read(cell, state)) ends.push_back(state);
  }
  return ends;
}

}  // namespace nasnet::inline NASNET_ABI
