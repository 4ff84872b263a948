/// Cells as compile-time values: constexpr, usable as template arguments, checked by the compiler.
#pragma once

#include <array>             // array
#include <cstddef>           // size_t
#include <initializer_list>  // initializer_list
#include <span>              // span
#include <string>            // string
#include <string_view>       // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/fault.hpp"

namespace nasnet::inline NASNET_ABI {

/// A state and the index of the op that reads it.
struct OperandGenotype {
  int state = 0;
  int op = 0;

  constexpr bool operator==(const OperandGenotype&) const = default;
};

/// Two operands and how they are combined.
struct BlockGenotype {
  OperandGenotype left{}, right{};
  Combiner combine = Combiner::add;

  constexpr bool operator==(const BlockGenotype&) const = default;
};

/// A cell of a fixed number of blocks over an op set.
///
/// @tparam Ops     an OpSet
/// @tparam Blocks  blocks; states Inputs to Inputs + Blocks - 1 are their outputs
/// @tparam Inputs  states that the cell gets, 0 the most recent
template <class Ops, int Blocks, int Inputs = 2>
struct CellGenotype {
  static_assert(Blocks >= 1, "a cell needs at least one block");
  static_assert(Inputs >= 1, "a cell needs at least one input");
  static_assert(Blocks <= max_cell_blocks && Inputs <= max_cell_inputs, "a cell this large is refused everywhere");

  std::array<BlockGenotype, std::size_t{Blocks}> blocks{};
  /// By state: whether it is concatenated into the output. None is: every block's output is passed on by itself.
  std::array<bool, std::size_t{Blocks + Inputs}> concat{};

  constexpr bool operator==(const CellGenotype&) const = default;
};

/// A normal and a reduction cell over an op set.
template <class OpSetType, int Blocks, int Inputs = 2>
struct ArchitectureGenotype {
  using Ops = OpSetType;
  using Cell = CellGenotype<Ops, Blocks, Inputs>;
  static constexpr int blocks = Blocks;
  static constexpr int inputs = Inputs;

  Cell normal{}, reduction{};

  constexpr bool operator==(const ArchitectureGenotype&) const = default;
};

namespace detail {

template <class Ops>
[[nodiscard]] constexpr Fault operand_fault(Fault at, OperandGenotype operand, int states, int all) {
  if (const Fault fault = state_fault(at, operand.state, states, all)) return fault;
  return op_fault(at, operand.op, static_cast<int>(Ops::size));
}

template <class Ops, int Blocks, int Inputs>
[[nodiscard]] constexpr Fault block_fault(CellRole role, const CellGenotype<Ops, Blocks, Inputs>& cell, int index) {
  const BlockGenotype& block = cell.blocks[static_cast<std::size_t>(index)];
  Fault at{.cell = role, .place = Fault::Place::left, .index = index};
  if (const Fault fault = operand_fault<Ops>(at, block.left, Inputs + index, Inputs + Blocks)) return fault;
  at.place = Fault::Place::right;
  if (const Fault fault = operand_fault<Ops>(at, block.right, Inputs + index, Inputs + Blocks)) return fault;
  return combiner_fault(at, block.combine);
}

template <class Ops, int Blocks, int Inputs>
[[nodiscard]] constexpr bool has_concat(const CellGenotype<Ops, Blocks, Inputs>& cell) {
  for (const bool concatenated : cell.concat) {
    if (concatenated) return true;
  }
  return false;
}

}  // namespace detail

/// The first rule that a cell breaks.
template <class Ops, int Blocks, int Inputs>
[[nodiscard]] constexpr Fault validate(const CellGenotype<Ops, Blocks, Inputs>& cell,
                                       CellRole role = CellRole::normal) {
  for (int b = 0; b < Blocks; ++b) {
    if (const Fault fault = detail::block_fault(role, cell, b)) return fault;
  }
  return detail::has_concat(cell) ? Fault{} : detail::empty_concat_fault(role, Blocks, Inputs);
}

/// The first rule that an architecture breaks; `static_assert(!validate(genotype))` checks one at compile time.
template <class Ops, int Blocks, int Inputs>
[[nodiscard]] constexpr Fault validate(const ArchitectureGenotype<Ops, Blocks, Inputs>& genotype) {
  if (const Fault fault = validate(genotype.normal, CellRole::normal)) return fault;
  if (const Fault fault = validate(genotype.reduction, CellRole::reduction)) return fault;
  return detail::one_concat_fault(!detail::has_concat(genotype.normal), !detail::has_concat(genotype.reduction));
}

/// Marks the block outputs that no block reads: the paper's rule for the cell's output.
template <class Ops, int Blocks, int Inputs>
[[nodiscard]] constexpr std::array<bool, std::size_t{Blocks + Inputs}> loose_ends(
    const CellGenotype<Ops, Blocks, Inputs>& cell) {
  std::array<bool, std::size_t{Blocks + Inputs}> ends{};
  for (std::size_t state = std::size_t{Inputs}; state < ends.size(); ++state) ends[state] = true;
  for (const BlockGenotype& block : cell.blocks) {
    ends[static_cast<std::size_t>(block.left.state)] = false;
    ends[static_cast<std::size_t>(block.right.state)] = false;
  }
  return ends;
}

/// A state and the name of the op that reads it, for make_cell.
struct NamedOperand {
  int state = 0;
  std::string_view op;
};

/// A block with op names, for make_cell.
struct NamedBlock {
  NamedOperand left, right;
  Combiner combine = Combiner::add;
};

namespace detail {

template <class Ops>
[[nodiscard]] constexpr OperandGenotype operand_genotype(const NamedOperand& operand) {
  return {operand.state, Ops::index(operand.op)};
}

template <class Ops, int Inputs, std::size_t Blocks>
[[nodiscard]] constexpr CellGenotype<Ops, static_cast<int>(Blocks), Inputs> cell_of_blocks(
    const NamedBlock (&blocks)[Blocks]) {
  CellGenotype<Ops, static_cast<int>(Blocks), Inputs> cell;
  for (std::size_t b = 0; b < Blocks; ++b) {
    cell.blocks[b] = {operand_genotype<Ops>(blocks[b].left), operand_genotype<Ops>(blocks[b].right), blocks[b].combine};
  }
  for (int b = 0; b < static_cast<int>(Blocks); ++b) {
    if (const Fault fault = block_fault(CellRole::normal, cell, b)) fail<GenotypeError>(describe(fault));
  }
  return cell;
}

/// As make_cell, but without its checks, which would cost every file that includes the published cells their time: the
/// tests validate those.
template <class Ops, int Inputs = 2, std::size_t Blocks>
[[nodiscard]] consteval CellGenotype<Ops, static_cast<int>(Blocks), Inputs> published_cell(
    const NamedBlock (&blocks)[Blocks], std::initializer_list<int> concat) {
  CellGenotype<Ops, static_cast<int>(Blocks), Inputs> cell;
  for (std::size_t b = 0; b < Blocks; ++b) {
    cell.blocks[b] = {{blocks[b].left.state, Ops::find(blocks[b].left.op)},
                      {blocks[b].right.state, Ops::find(blocks[b].right.op)},
                      blocks[b].combine};
  }
  for (const int state : concat) cell.concat[static_cast<std::size_t>(state)] = true;
  return cell;
}

}  // namespace detail

/// A cell from op names, with its loose ends as output:
/// `make_cell<NasnetOps>({{{0, "sep_conv_5x5"}, {1, "sep_conv_3x3"}}, {{1, "identity"}, {2, "avg_pool_3x3"}}})`.
/// @throws GenotypeError for an unknown op or a broken rule; in a constant expression, does not compile.
template <class Ops, int Inputs = 2, std::size_t Blocks>
[[nodiscard]] constexpr CellGenotype<Ops, static_cast<int>(Blocks), Inputs> make_cell(
    const NamedBlock (&blocks)[Blocks]) {
  auto cell = detail::cell_of_blocks<Ops, Inputs>(blocks);
  cell.concat = loose_ends(cell);
  return cell;
}

/// A cell from op names and the states that it concatenates, ascending.
/// @throws GenotypeError for an unknown op or a broken rule; in a constant expression, does not compile.
template <class Ops, int Inputs = 2, std::size_t Blocks>
[[nodiscard]] constexpr CellGenotype<Ops, static_cast<int>(Blocks), Inputs> make_cell(
    const NamedBlock (&blocks)[Blocks], std::initializer_list<int> concat) {
  auto cell = detail::cell_of_blocks<Ops, Inputs>(blocks);
  const std::span<const int> list(concat.begin(), concat.size());
  if (const Fault fault = detail::concat_fault(CellRole::normal, list, static_cast<int>(Blocks), Inputs)) {
    fail<GenotypeError>(describe(fault));
  }
  for (const int state : list) cell.concat[static_cast<std::size_t>(state)] = true;
  return cell;
}

namespace detail {

template <class Ops>
[[nodiscard]] BlockInput to_block_input(OperandGenotype operand) {
  return {operand.state, std::string(Ops::name(operand.op))};
}

template <class Ops, int Blocks, int Inputs>
[[nodiscard]] Cell to_cell(const CellGenotype<Ops, Blocks, Inputs>& genotype) {
  Cell cell;
  for (const BlockGenotype& block : genotype.blocks) {
    cell.blocks.push_back({to_block_input<Ops>(block.left), to_block_input<Ops>(block.right), block.combine});
  }
  for (std::size_t state = 0; state < genotype.concat.size(); ++state) {
    if (genotype.concat[state]) cell.concat.push_back(static_cast<int>(state));
  }
  return cell;
}

template <class Ops>
[[nodiscard]] OperandGenotype from_block_input(const BlockInput& operand) {
  return {operand.state, Ops::index(operand.op)};
}

template <class CellType, class Ops>
[[nodiscard]] CellType from_cell(const Cell& cell) {
  CellType genotype;
  for (std::size_t b = 0; b < genotype.blocks.size(); ++b) {
    const Block& block = cell.blocks[b];
    genotype.blocks[b] = {from_block_input<Ops>(block.left), from_block_input<Ops>(block.right), block.combine};
  }
  for (const int state : cell.concat) genotype.concat[static_cast<std::size_t>(state)] = true;
  return genotype;
}

NASNET_LAZY void require_blocks(CellRole role, const Cell& cell, int blocks);

}  // namespace detail

/// The run-time form.
/// @throws GenotypeError for a broken rule.
template <class Ops, int Blocks, int Inputs>
[[nodiscard]] Architecture to_architecture(const ArchitectureGenotype<Ops, Blocks, Inputs>& genotype) {
  if (const Fault fault = validate(genotype)) fail<GenotypeError>(describe(fault));
  return {Inputs, detail::to_cell(genotype.normal), detail::to_cell(genotype.reduction)};
}

/// The compile-time form, as `from_architecture<ArchitectureGenotype<NasnetOps, 5>>(architecture)`.
/// @throws GenotypeError for a broken rule, an unknown op, or another number of blocks or inputs than the type's.
template <class Genotype>
[[nodiscard]] Genotype from_architecture(const Architecture& architecture) {
  using Ops = typename Genotype::Ops;
  const auto ops = Ops::infos();
  require_valid(architecture, ops);
  if (architecture.inputs != Genotype::inputs) {
    fail<GenotypeError>("inputs: ", architecture.inputs, " inputs, the genotype type has ", Genotype::inputs);
  }
  detail::require_blocks(CellRole::normal, architecture.normal, Genotype::blocks);
  detail::require_blocks(CellRole::reduction, architecture.reduction, Genotype::blocks);
  return {detail::from_cell<typename Genotype::Cell, Ops>(architecture.normal),
          detail::from_cell<typename Genotype::Cell, Ops>(architecture.reduction)};
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/cell_genotype.ipp"
#endif
