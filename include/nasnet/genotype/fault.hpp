/// Which rule an architecture breaks, and where.
#pragma once

#include <algorithm>    // min
#include <cstddef>      // size_t
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/detail/nearest_name.hpp"
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
[[nodiscard]] inline std::string place_of(const Fault& fault) {
  if (fault.place == Fault::Place::inputs) return std::string("inputs");
  std::string text(to_string(fault.cell));
  const bool in_concat = fault.place == Fault::Place::concat;
  text.append(in_concat ? ".concat" : ".blocks");
  const bool whole = fault.kind == Fault::Kind::no_blocks || fault.kind == Fault::Kind::too_many_blocks ||
                     fault.kind == Fault::Kind::concat_empty || fault.kind == Fault::Kind::concat_in_one_cell;
  if (!whole) text.append(join('[', fault.index, ']'));
  if (fault.place == Fault::Place::left) text.append(".left");
  if (fault.place == Fault::Place::right) text.append(".right");
  if (fault.place == Fault::Place::combine) text.append(".combine");
  return text;
}

namespace detail {

/// "; it may read states 0 to 3": for a fault of an operand, whose bound is the number of states before the block.
[[nodiscard]] inline std::string readable_states(const Fault& fault) {
  if (fault.bound == 1) return std::string("; it may read state 0 only");
  return join("; it may read states 0 to ", fault.bound - 1);
}

[[nodiscard]] inline std::string combiner_names() {
  std::string names;
  for (const Combiner combine : all_combiners) names.append(names.empty() ? "" : ", ").append(to_string(combine));
  return names;
}

[[nodiscard]] inline std::string reason_of(const Fault& fault) {
  switch (fault.kind) {
    case Fault::Kind::none: return std::string("no fault");
    case Fault::Kind::input_count: return join("a cell has 1 to ", max_cell_inputs, " inputs, found ", fault.found);
    case Fault::Kind::no_blocks: return std::string("a cell needs at least one block");
    case Fault::Kind::too_many_blocks:
      return join("a cell has at most ", max_cell_blocks, " blocks, found ", fault.found);
    case Fault::Kind::negative_state: return join("state ", fault.found, " is negative", readable_states(fault));
    case Fault::Kind::reads_itself:
      return join("state ", fault.found, " is the block's own output", readable_states(fault));
    case Fault::Kind::reads_later_block:
      return join("state ", fault.found, " is the output of a later block", readable_states(fault));
    case Fault::Kind::no_such_state:
      return join("state ", fault.found, " does not exist in this cell", readable_states(fault));
    case Fault::Kind::malformed_op_name:
      return std::string("the name of an op is made of letters, digits, '_' and '-', the first a letter or '_'");
    case Fault::Kind::unknown_op: return join("op ", fault.found, " of an op set of ", fault.bound);
    case Fault::Kind::unknown_combiner:
      return join("value ", fault.found, " is no combiner; known are ", combiner_names());
    case Fault::Kind::concat_empty:
      return join("an empty list passes every block's output on, which needs as many blocks as inputs; found ",
                  fault.found, " blocks and ", fault.bound, " inputs");
    case Fault::Kind::concat_in_one_cell:
      return std::string("empty here but not in the other cell; both cells concatenate or neither does");
    case Fault::Kind::concat_no_such_state:
      return join("state ", fault.found, " does not exist; the cell has states 0 to ", fault.bound - 1);
    case Fault::Kind::concat_repeated: return join("state ", fault.found, " stands in the list twice");
    case Fault::Kind::concat_unsorted:
      return join("state ", fault.found, " after state ", fault.bound, "; the list must ascend");
  }
  return std::string("unknown fault");
}

}  // namespace detail

/// One sentence: where, what was found, what was wanted.
[[nodiscard]] inline std::string describe(const Fault& fault) {
  if (!fault) return std::string("no fault");
  return join(place_of(fault), ": ", detail::reason_of(fault));
}

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

[[nodiscard]] constexpr Fault count_fault(CellRole role, std::size_t blocks) {
  Fault fault{.cell = role, .place = Fault::Place::blocks};
  if (blocks == 0) fault.kind = Fault::Kind::no_blocks;
  if (blocks > std::size_t{max_cell_blocks}) {
    fault.kind = Fault::Kind::too_many_blocks;
    fault.found = static_cast<int>((std::min)(blocks, std::size_t{1'000'000'000}));
  }
  return fault;
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

[[nodiscard]] inline Fault operand_fault(Fault at, const BlockInput& operand, int states, int all) {
  if (const Fault fault = state_fault(at, operand.state, states, all)) return fault;
  if (!is_op_name(operand.op)) at.kind = Fault::Kind::malformed_op_name;
  return at;
}

[[nodiscard]] inline Fault block_fault(CellRole role, const Cell& cell, std::size_t index, int inputs) {
  const Block& block = cell.blocks[index];
  const int states = inputs + static_cast<int>(index);
  const int all = inputs + static_cast<int>(cell.blocks.size());
  Fault at{.cell = role, .place = Fault::Place::left, .index = static_cast<int>(index)};
  if (const Fault fault = operand_fault(at, block.left, states, all)) return fault;
  at.place = Fault::Place::right;
  if (const Fault fault = operand_fault(at, block.right, states, all)) return fault;
  return combiner_fault(at, block.combine);
}

[[nodiscard]] inline Fault cell_fault(CellRole role, const Cell& cell, int inputs) {
  if (const Fault fault = count_fault(role, cell.blocks.size())) return fault;
  for (std::size_t b = 0; b < cell.blocks.size(); ++b) {
    if (const Fault fault = block_fault(role, cell, b, inputs)) return fault;
  }
  return concat_fault(role, cell.concat, static_cast<int>(cell.blocks.size()), inputs);
}

[[nodiscard]] inline bool is_known(std::string_view op, std::span<const OpInfo> ops) {
  for (const OpInfo& info : ops) {
    if (info.name == op) return true;
  }
  return false;
}

[[nodiscard]] inline Fault unknown_op_fault(CellRole role, const Cell& cell, std::span<const OpInfo> ops) {
  Fault fault{.kind = Fault::Kind::unknown_op, .cell = role, .found = -1, .bound = static_cast<int>(ops.size())};
  for (std::size_t b = 0; b < cell.blocks.size(); ++b) {
    fault.index = static_cast<int>(b);
    fault.place = Fault::Place::left;
    if (!is_known(cell.blocks[b].left.op, ops)) return fault;
    fault.place = Fault::Place::right;
    if (!is_known(cell.blocks[b].right.op, ops)) return fault;
  }
  return {};
}

[[nodiscard]] inline const std::string& op_at(const Fault& fault, const Architecture& architecture) {
  const Block& block = cell_of(architecture, fault.cell).blocks[static_cast<std::size_t>(fault.index)];
  return fault.place == Fault::Place::left ? block.left.op : block.right.op;
}

[[nodiscard]] inline std::string unknown_op_sentence(const Fault& fault, const Architecture& architecture,
                                                     std::span<const OpInfo> ops) {
  std::vector<std::string_view> known;
  for (const OpInfo& info : ops) known.push_back(info.name);
  return join(place_of(fault), ": ", unknown_name_sentence("op", op_at(fault, architecture), known));
}

}  // namespace detail

/// The first rule of structure that an architecture breaks: states, combiners, concat lists, well-formed op names.
[[nodiscard]] inline Fault validate(const Architecture& architecture) {
  if (const Fault fault = detail::inputs_fault(architecture.inputs)) return fault;
  for (const CellRole role : {CellRole::normal, CellRole::reduction}) {
    if (const Fault fault = detail::cell_fault(role, cell_of(architecture, role), architecture.inputs)) return fault;
  }
  return detail::one_concat_fault(architecture.normal.concat.empty(), architecture.reduction.concat.empty());
}

/// As validate(architecture); then the first op that is not among `ops`.
[[nodiscard]] inline Fault validate(const Architecture& architecture, std::span<const OpInfo> ops) {
  if (const Fault fault = validate(architecture)) return fault;
  for (const CellRole role : {CellRole::normal, CellRole::reduction}) {
    if (const Fault fault = detail::unknown_op_fault(role, cell_of(architecture, role), ops)) return fault;
  }
  return {};
}

/// As describe(fault), with the names of ops: the unknown one, the known ones, the nearest.
[[nodiscard]] inline std::string describe(const Fault& fault, const Architecture& architecture,
                                          std::span<const OpInfo> ops = {}) {
  if (fault.kind == Fault::Kind::unknown_op) return detail::unknown_op_sentence(fault, architecture, ops);
  if (fault.kind != Fault::Kind::malformed_op_name) return describe(fault);
  return join(describe(fault), ", found ", detail::quoted_name(detail::op_at(fault, architecture)));
}

/// @throws GenotypeError with the sentence of the first fault of structure.
inline void require_valid(const Architecture& architecture) {
  if (const Fault fault = validate(architecture)) fail<GenotypeError>(describe(fault, architecture));
}

/// @throws GenotypeError with the sentence of the first fault, unknown ops included.
inline void require_valid(const Architecture& architecture, std::span<const OpInfo> ops) {
  if (const Fault fault = validate(architecture, ops)) fail<GenotypeError>(describe(fault, architecture, ops));
}

}  // namespace nasnet::inline NASNET_ABI
