/// Which rule an architecture breaks, and where.
#pragma once

#include <cstddef>  // size_t
#include <span>     // span
#include <string>   // string

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"

namespace nasnet::inline NASNET_ABI {

/// Most blocks of a cell, and most inputs: a bound on the work that a hostile file can ask for.
inline constexpr int max_cell_blocks = 1000;
inline constexpr int max_cell_inputs = 1000;

/// The first rule that an architecture or cell breaks; false where it breaks none.
struct Fault {
  enum class Kind {
    none,
    input_count,           ///< no inputs, or more than max_cell_inputs
    no_blocks,             ///< a cell without blocks
    too_many_blocks,       ///< more than max_cell_blocks
    negative_state,        ///< an operand reads a state below 0
    reads_itself,          ///< a block reads its own output
    reads_later_block,     ///< a block reads the output of a later block
    no_such_state,         ///< an operand reads a state that the cell does not have
    malformed_op_name,     ///< a text that cannot name an op
    unknown_op,            ///< an op that is not in the op set
    unknown_combiner,      ///< a value outside Combiner
    concat_empty,          ///< no concat list although there are not as many blocks as inputs
    concat_in_one_cell,    ///< a concat list in one cell only
    concat_no_such_state,  ///< a concat list names a state that the cell does not have
    concat_repeated,       ///< a concat list names a state twice
    concat_unsorted,       ///< a concat list does not ascend
  };
  enum class Place { inputs, blocks, left, right, combine, concat };

  Kind kind = Kind::none;
  CellRole cell = CellRole::normal;
  Place place = Place::inputs;
  int index = 0;  ///< the block, or the position in the concat list
  int found = 0;  ///< the value that breaks the rule
  int bound = 0;  ///< what it was measured against: a count of blocks, states, ops or inputs

  [[nodiscard]] constexpr explicit operator bool() const { return kind != Kind::none; }
  constexpr bool operator==(const Fault&) const = default;
};

/// Where a fault lies, as "normal.blocks[2].left".
NASNET_LAZY [[nodiscard]] std::string place_of(const Fault& fault);

namespace detail {

NASNET_LAZY [[nodiscard]] std::string reason_of(const Fault& fault);

}  // namespace detail

/// One sentence: where, what was found, what was wanted.
NASNET_LAZY [[nodiscard]] std::string describe(const Fault& fault);

namespace detail {

/// The fault of an operand of block `index` that reads `state`. `states` counts the states before the block, `all` the
/// states of the cell.
[[nodiscard]] constexpr Fault state_fault(Fault at, int state, int states, int all) {
  at.found = state;
  at.bound = states;
  if (state < 0) {
    at.kind = Fault::Kind::negative_state;
  } else if (state >= all) {
    at.kind = Fault::Kind::no_such_state;
  } else if (state > states) {
    at.kind = Fault::Kind::reads_later_block;
  } else if (state == states) {
    at.kind = Fault::Kind::reads_itself;
  }
  return at;
}

/// The fault of an op that is known by its index.
[[nodiscard]] constexpr Fault op_fault(Fault at, int op, int ops) {
  at.found = op;
  at.bound = ops;
  if (op < 0 || op >= ops) at.kind = Fault::Kind::unknown_op;
  return at;
}

[[nodiscard]] constexpr Fault combiner_fault(Fault at, Combiner combine) {
  at.place = Fault::Place::combine;
  at.found = static_cast<int>(combine);
  bool known = false;
  for (const Combiner candidate : all_combiners) known = known || candidate == combine;
  if (!known) at.kind = Fault::Kind::unknown_combiner;
  return at;
}

[[nodiscard]] constexpr Fault inputs_fault(int inputs) {
  Fault fault{.place = Fault::Place::inputs, .found = inputs};
  if (inputs < 1 || inputs > max_cell_inputs) fault.kind = Fault::Kind::input_count;
  return fault;
}

[[nodiscard]] constexpr Fault empty_concat_fault(CellRole role, int blocks, int inputs) {
  Fault fault{.cell = role, .place = Fault::Place::concat, .found = blocks, .bound = inputs};
  if (blocks != inputs) fault.kind = Fault::Kind::concat_empty;
  return fault;
}

[[nodiscard]] constexpr Fault one_concat_fault(bool normal_is_empty, bool reduction_is_empty) {
  Fault fault{.cell = normal_is_empty ? CellRole::normal : CellRole::reduction, .place = Fault::Place::concat};
  if (normal_is_empty != reduction_is_empty) fault.kind = Fault::Kind::concat_in_one_cell;
  return fault;
}

/// The fault of entry `index` of a concat list.
[[nodiscard]] constexpr Fault concat_entry_fault(CellRole role, std::span<const int> concat, std::size_t index,
                                                 int states) {
  Fault fault{.cell = role, .place = Fault::Place::concat, .index = static_cast<int>(index), .found = concat[index]};
  if (concat[index] < 0 || concat[index] >= states) {
    fault.kind = Fault::Kind::concat_no_such_state;
    fault.bound = states;
    return fault;
  }
  for (std::size_t i = 0; i < index; ++i) {
    if (concat[i] == concat[index]) fault.kind = Fault::Kind::concat_repeated;
  }
  if (!fault && index > 0 && concat[index] < concat[index - 1]) {
    fault.kind = Fault::Kind::concat_unsorted;
    fault.bound = concat[index - 1];
  }
  return fault;
}

[[nodiscard]] constexpr Fault concat_fault(CellRole role, std::span<const int> concat, int blocks, int inputs) {
  if (concat.empty()) return empty_concat_fault(role, blocks, inputs);
  for (std::size_t i = 0; i < concat.size(); ++i) {
    if (const Fault fault = concat_entry_fault(role, concat, i, inputs + blocks)) return fault;
  }
  return {};
}

NASNET_LAZY [[nodiscard]] Fault operand_fault(Fault at, const BlockInput& operand, int states, int all);

NASNET_LAZY [[nodiscard]] Fault block_fault(CellRole role, const Cell& cell, std::size_t index, int inputs);

NASNET_LAZY [[nodiscard]] Fault cell_fault(CellRole role, const Cell& cell, int inputs);

}  // namespace detail

/// The first rule of structure that an architecture breaks: states, combiners, concat lists, well-formed op names.
NASNET_LAZY [[nodiscard]] Fault validate(const Architecture& architecture);

/// As validate(architecture); then the first op that is not among `ops`.
NASNET_LAZY [[nodiscard]] Fault validate(const Architecture& architecture, std::span<const OpInfo> ops);

/// As describe(fault), with the names of ops: the unknown one, the known ones, the nearest.
NASNET_LAZY [[nodiscard]] std::string describe(const Fault& fault, const Architecture& architecture,
                                               std::span<const OpInfo> ops = {});

/// @throws GenotypeError with the sentence of the first fault of structure.
NASNET_LAZY void require_valid(const Architecture& architecture);

/// @throws GenotypeError with the sentence of the first fault, unknown ops included.
NASNET_LAZY void require_valid(const Architecture& architecture, std::span<const OpInfo> ops);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/fault.ipp"
#endif
