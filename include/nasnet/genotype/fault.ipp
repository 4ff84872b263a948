#pragma once

#include "nasnet/genotype/fault.hpp"

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

NASNET_BODY std::string place_of(const Fault& fault) {
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

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

/// "; it may read states 0 to 3": for a fault of an operand, whose bound is the number of states before the block.
NASNET_LAZY [[nodiscard]] inline std::string readable_states(const Fault& fault) {
  if (fault.bound == 1) return std::string("; it may read state 0 only");
  return join("; it may read states 0 to ", fault.bound - 1);
}

NASNET_LAZY [[nodiscard]] inline std::string combiner_names() {
  std::string names;
  for (const Combiner combine : all_combiners) names.append(names.empty() ? "" : ", ").append(to_string(combine));
  return names;
}

NASNET_BODY std::string reason_of(const Fault& fault) {
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

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string describe(const Fault& fault) {
  if (!fault) return std::string("no fault");
  return join(place_of(fault), ": ", detail::reason_of(fault));
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

[[nodiscard]] constexpr Fault count_fault(CellRole role, std::size_t blocks) {
  Fault fault{.cell = role, .place = Fault::Place::blocks};
  if (blocks == 0) fault.kind = Fault::Kind::no_blocks;
  if (blocks > std::size_t{max_cell_blocks}) {
    fault.kind = Fault::Kind::too_many_blocks;
    fault.found = static_cast<int>((std::min)(blocks, std::size_t{1'000'000'000}));
  }
  return fault;
}

NASNET_BODY Fault operand_fault(Fault at, const BlockInput& operand, int states, int all) {
  if (const Fault fault = state_fault(at, operand.state, states, all)) return fault;
  if (!is_op_name(operand.op)) at.kind = Fault::Kind::malformed_op_name;
  return at;
}

NASNET_BODY Fault block_fault(CellRole role, const Cell& cell, std::size_t index, int inputs) {
  const Block& block = cell.blocks[index];
  const int states = inputs + static_cast<int>(index);
  const int all = inputs + static_cast<int>(cell.blocks.size());
  Fault at{.cell = role, .place = Fault::Place::left, .index = static_cast<int>(index)};
  if (const Fault fault = operand_fault(at, block.left, states, all)) return fault;
  at.place = Fault::Place::right;
  if (const Fault fault = operand_fault(at, block.right, states, all)) return fault;
  return combiner_fault(at, block.combine);
}

NASNET_BODY Fault cell_fault(CellRole role, const Cell& cell, int inputs) {
  if (const Fault fault = count_fault(role, cell.blocks.size())) return fault;
  for (std::size_t b = 0; b < cell.blocks.size(); ++b) {
    if (const Fault fault = block_fault(role, cell, b, inputs)) return fault;
  }
  return concat_fault(role, cell.concat, static_cast<int>(cell.blocks.size()), inputs);
}

NASNET_LAZY [[nodiscard]] inline bool is_known(std::string_view op, std::span<const OpInfo> ops) {
  for (const OpInfo& info : ops) {
    if (info.name == op) return true;
  }
  return false;
}

NASNET_LAZY [[nodiscard]] inline Fault unknown_op_fault(CellRole role, const Cell& cell, std::span<const OpInfo> ops) {
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

NASNET_LAZY [[nodiscard]] inline const std::string& op_at(const Fault& fault, const Architecture& architecture) {
  const Block& block = cell_of(architecture, fault.cell).blocks[static_cast<std::size_t>(fault.index)];
  return fault.place == Fault::Place::left ? block.left.op : block.right.op;
}

NASNET_LAZY [[nodiscard]] inline std::string unknown_op_sentence(const Fault& fault, const Architecture& architecture,
                                                                 std::span<const OpInfo> ops) {
  std::vector<std::string_view> known;
  for (const OpInfo& info : ops) known.push_back(info.name);
  return join(place_of(fault), ": ", unknown_name_sentence("op", op_at(fault, architecture), known));
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Fault validate(const Architecture& architecture) {
  if (const Fault fault = detail::inputs_fault(architecture.inputs)) return fault;
  for (const CellRole role : {CellRole::normal, CellRole::reduction}) {
    if (const Fault fault = detail::cell_fault(role, cell_of(architecture, role), architecture.inputs)) return fault;
  }
  return detail::one_concat_fault(architecture.normal.concat.empty(), architecture.reduction.concat.empty());
}

NASNET_BODY Fault validate(const Architecture& architecture, std::span<const OpInfo> ops) {
  if (const Fault fault = validate(architecture)) return fault;
  for (const CellRole role : {CellRole::normal, CellRole::reduction}) {
    if (const Fault fault = detail::unknown_op_fault(role, cell_of(architecture, role), ops)) return fault;
  }
  return {};
}

NASNET_BODY std::string describe(const Fault& fault, const Architecture& architecture, std::span<const OpInfo> ops) {
  if (fault.kind == Fault::Kind::unknown_op) return detail::unknown_op_sentence(fault, architecture, ops);
  if (fault.kind != Fault::Kind::malformed_op_name) return describe(fault);
  return join(describe(fault), ", found ", detail::quoted_name(detail::op_at(fault, architecture)));
}

NASNET_BODY void require_valid(const Architecture& architecture) {
  if (const Fault fault = validate(architecture)) fail<GenotypeError>(describe(fault, architecture));
}

NASNET_BODY void require_valid(const Architecture& architecture, std::span<const OpInfo> ops) {
  if (const Fault fault = validate(architecture, ops)) fail<GenotypeError>(describe(fault, architecture, ops));
}

}  // namespace nasnet::inline NASNET_ABI
