/// Parts of a valid cell that do not count: inputs and blocks that do not reach its output.
#pragma once

#include <string>  // string
#include <vector>  // vector

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
NASNET_LAZY [[nodiscard]] std::vector<bool> live_states(const Cell& cell, int inputs);

/// Everything in a valid architecture that does not count; empty for most. Such an architecture is valid.
NASNET_LAZY [[nodiscard]] std::vector<Degeneracy> degeneracies(const Architecture& architecture);

/// One sentence, as "normal: input 1 does not reach the cell's output".
NASNET_LAZY [[nodiscard]] std::string describe(const Degeneracy& degeneracy);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/degeneracy.ipp"
#endif
