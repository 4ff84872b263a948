/// The search space of an op set that is known at compile time.
#pragma once

#include <utility>  // move

#include "nasnet/genotype/cell_genotype.hpp"
#include "nasnet/graph/op_expansions.hpp"
#include "nasnet/space/search_space.hpp"

namespace nasnet::inline NASNET_ABI {

/// The space of a compile-time op set and number of blocks, as `CellSpace<NasnetOps, 5>`.
///
/// Converts to SearchSpace; its genotypes are values that the compiler checks.
template <class OpSetType, int Blocks, int Inputs = 2>
struct CellSpace {
  using Ops = OpSetType;
  using Genotype = ArchitectureGenotype<Ops, Blocks, Inputs>;
  static constexpr int blocks = Blocks;
  static constexpr int inputs = Inputs;

  /// The run-time space; `blocks` and `inputs` of the options are those of the type.
  [[nodiscard]] static SearchSpace space(SpaceOptions options = {}) {
    options.blocks = Blocks;
    options.inputs = Inputs;
    return SearchSpace(Ops::table(), std::move(options));
  }

  [[nodiscard]] operator SearchSpace() const { return space(); }  // NOLINT: the same space
};

}  // namespace nasnet::inline NASNET_ABI
