// The cells of an architecture, written by nasnet. to_architecture(emitted::one_block) is its run-time form.
// clang-format off
#pragma once

#include <nasnet/genotype/cell_genotype.hpp>
#include <nasnet/genotype/ops.hpp>

namespace emitted {

inline constexpr nasnet::ArchitectureGenotype<nasnet::AllOps, 1> one_block{
    .normal = nasnet::make_cell<nasnet::AllOps>({
        {{1, "identity"}, {0, "conv_3x3"}},
    }, {0, 2}),
    .reduction = nasnet::make_cell<nasnet::AllOps>({
        {{0, "max_pool_3x3"}, {0, "identity"}},
    }, {1}),
};

}  // namespace emitted
