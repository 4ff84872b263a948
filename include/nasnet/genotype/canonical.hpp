/// One form for all architectures that are the same network under other names, and its hash.
///
/// Two architectures with equal canonical forms compute the same function of input and parameters, in training too, up
/// to the names and the order of parameters. Nothing is folded that is merely close. The rules, for each cell by
/// itself:
///
///  1. Blocks that do not reach the cell's output are removed, and with them their parameters, which nothing trains.
///  2. The operands of add, add_layer_norm and add_instance_norm are sorted by state, then by name of op: a + b = b + a
///     to the last bit. Those of concat keep their sides.
///  3. Blocks are renumbered in an order that depends on the graph alone; the concat list follows. The order of its
///     states permutes the channels of the cell's output, and so the weights that read them, and nothing else.
///
/// With the flags of the ops, statements of their authors (see Op):
///
///  4. An operand with a zero op reads state 0, and its op is the first zero op of the set: its input does not matter.
///  5. An identity op returns a state unchanged if the state has F channels and is read with stride 1: the output of a
///     block that does not concat or, in a normal cell of two inputs, input 0, which is always fitted to F channels.
///     There, all identity ops become the first one of the set. Everywhere else an identity is a convolution or a
///     reduction: of input 1 (unfitted in the first cell), of any input of a reduction cell, of a state of 2F channels.
///  6. A block that adds zero and an identity by rule 5 is the state that it returns: who reads it reads that state.
///  7. All blocks that add two zeros are one state; an identity of it is zero.
///  8. A concat list that holds several equal states keeps as many; one of them is the state that the others equal.
///
/// Sums of sums are not flattened, since rounding differs, and equal operations on equal states are not merged, since
/// each has its own parameters or at least its own drop-path mask: avg_pool(1) + avg_pool(1) is not one pool.
///
/// A cell whose output is made of its inputs alone keeps one block that does not count: its op, twice on state 0, is
/// the first zero op of the set, or else the first of the cell's ops by name.
///
/// Cells whose outputs are passed on one by one (no concat list) keep all their blocks, in place; of the rules above,
/// 2 and 4 to 7 apply.
#pragma once

#include <cstdint>  // uint64_t
#include <span>     // span

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

NASNET_LAZY void sort_operands(Block& block);

}  // namespace detail

/// The canonical form: valid, the same for all architectures that are alike by the rules above, and its own form.
///
/// @param ops flags of the ops; ops that are not among them have none
/// @throws GenotypeError for an architecture that breaks a rule of structure.
NASNET_LAZY [[nodiscard]] Architecture canonical_form(const Architecture& architecture,
                                                      std::span<const OpInfo> ops = {});

/// 64 bits of the canonical form (FNV-1a of its text form); equal on all machines.
NASNET_LAZY [[nodiscard]] std::uint64_t canonical_hash(const Architecture& architecture,
                                                       std::span<const OpInfo> ops = {});

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/canonical.ipp"
#endif
