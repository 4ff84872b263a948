// The cells of an architecture, written by nasnet. to_architecture(emitted::deep::four_inputs) is its run-time form.
// clang-format off
#pragma once

#include <nasnet/genotype/cell_genotype.hpp>
#include <nasnet/genotype/ops.hpp>

namespace emitted::deep {

inline constexpr nasnet::ArchitectureGenotype<nasnet::AllOps, 4, 4> four_inputs{
    .normal = nasnet::make_cell<nasnet::AllOps, 4>({
        {{0, "zero"}, {3, "skip_connect"}},
        {{4, "conv_7x1_1x7"}, {1, "identity"}, nasnet::Combiner::concat},
        {{5, "dil_sep_conv_5x5"}, {2, "sep_conv_3x3"}, nasnet::Combiner::add_layer_norm},
        {{6, "avg_pool_3x3"}, {0, "max_pool_7x7"}, nasnet::Combiner::add_instance_norm},
    }, {}),
    .reduction = nasnet::make_cell<nasnet::AllOps, 4>({
        {{2, "conv_1x1"}, {3, "skip_connect"}},
        {{4, "conv_7x1_1x7"}, {1, "identity"}, nasnet::Combiner::concat},
        {{5, "dil_sep_conv_5x5"}, {2, "sep_conv_3x3"}, nasnet::Combiner::add_layer_norm},
        {{6, "avg_pool_3x3"}, {0, "max_pool_7x7"}, nasnet::Combiner::add_instance_norm},
    }, {}),
};

}  // namespace emitted::deep
