// The cells of an architecture, written by nasnet. to_architecture(best) is its run-time form.
// clang-format off
#pragma once

#include <nasnet/genotype/cell_genotype.hpp>
#include <nasnet/genotype/ops.hpp>

inline constexpr nasnet::ArchitectureGenotype<nasnet::NasnetOps, 5> best{
    .normal = nasnet::make_cell<nasnet::NasnetOps>({
        {{0, "sep_conv_5x5"}, {1, "sep_conv_3x3"}},
        {{1, "sep_conv_5x5"}, {1, "sep_conv_3x3"}},
        {{0, "avg_pool_3x3"}, {1, "identity"}},
        {{1, "avg_pool_3x3"}, {1, "avg_pool_3x3"}},
        {{0, "sep_conv_3x3"}, {0, "identity"}},
    }, {1, 2, 3, 4, 5, 6}),
    .reduction = nasnet::make_cell<nasnet::NasnetOps>({
        {{0, "sep_conv_5x5"}, {1, "sep_conv_7x7"}},
        {{0, "max_pool_3x3"}, {1, "sep_conv_7x7"}},
        {{0, "avg_pool_3x3"}, {1, "sep_conv_5x5"}},
        {{3, "identity"}, {2, "avg_pool_3x3"}},
        {{2, "sep_conv_3x3"}, {0, "max_pool_3x3"}},
    }, {3, 4, 5, 6}),
};
