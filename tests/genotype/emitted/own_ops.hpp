// The cells of an architecture, written by nasnet. to_architecture(own_cells) is its run-time form.
// clang-format off
#pragma once

#include <nasnet/genotype/cell_genotype.hpp>
#include "genotype/emitted/my_ops.hpp"

inline constexpr nasnet::ArchitectureGenotype<my_ops::Ops, 2> own_cells{
    .normal = nasnet::make_cell<my_ops::Ops>({
        {{1, "my-blur"}, {0, "identity"}},
        {{2, "my-blur"}, {2, "my-blur"}},
    }, {2, 3}),
    .reduction = nasnet::make_cell<my_ops::Ops>({
        {{0, "identity"}, {0, "identity"}},
        {{1, "my-blur"}, {2, "identity"}},
    }, {3}),
};
