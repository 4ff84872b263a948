/// The one-line text form of an architecture.
///
///     normal[sep_conv_5x5(0) + sep_conv_3x3(1); identity(0) ++ avg_pool_3x3(2) -> 3] reduction[...]
///
///     architecture = [ "inputs" "=" number ] "normal" cell "reduction" cell
///     cell         = "[" block { ";" block } [ "->" ( state { state } | "none" ) ] "]"
///     block        = operand combiner operand
///     operand      = op "(" state ")"
///     combiner     = "+" | "++" | "+layer_norm" | "+instance_norm"
///
/// The signs stand for add, concat, add_layer_norm and add_instance_norm.
/// States are numbered as everywhere: 0 the more recent input, the first block's output follows the inputs. After the
/// arrow stand the states that are concatenated; without an arrow these are the loose ends, and "none" is the empty
/// list. White space is free between tokens. `inputs` is 2 where it is not given.
#pragma once

#include <cstddef>      // size_t
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/detail/text_cursor.hpp"
#include "nasnet/genotype/fault.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

[[nodiscard]] inline std::string_view combiner_sign(Combiner combine) {
  switch (combine) {
    case Combiner::concat: return "++";
    case Combiner::add_layer_norm: return "+layer_norm";
    case Combiner::add_instance_norm: return "+instance_norm";
    default: return "+";
  }
}

[[nodiscard]] inline std::string operand_text(const BlockInput& operand) {
  return join(operand.op, '(', operand.state, ')');
}

[[nodiscard]] inline std::string block_text(const Block& block) {
  return join(operand_text(block.left), ' ', combiner_sign(block.combine), ' ', operand_text(block.right));
}

[[nodiscard]] inline std::string cell_text(const Cell& cell) {
  std::string text(1, '[');
  for (std::size_t b = 0; b < cell.blocks.size(); ++b) {
    if (b > 0) text.append("; ");
    text.append(block_text(cell.blocks[b]));
  }
  text.append(" ->");
  for (const int state : cell.concat) text.append(join(' ', state));
  if (cell.concat.empty()) text.append(" none");
  text.push_back(']');
  return text;
}

[[nodiscard]] inline BlockInput parse_operand(TextCursor& cursor) {
  BlockInput operand;
  operand.op = std::string(cursor.word("name of an op"));
  cursor.expect("(");
  operand.state = cursor.number("state");
  cursor.expect(")");
  return operand;
}

[[nodiscard]] inline Combiner parse_combiner(TextCursor& cursor) {
  // Longest sign first: "+" begins all of them.
  for (const Combiner combine : {Combiner::concat, Combiner::add_layer_norm, Combiner::add_instance_norm}) {
    if (cursor.take(combiner_sign(combine))) return combine;
  }
  if (!cursor.take("+")) cursor.fail_here("combiner expected: +, ++, +layer_norm or +instance_norm");
  return Combiner::add;
}

[[nodiscard]] inline Block parse_block(TextCursor& cursor) {
  Block block;
  block.left = parse_operand(cursor);
  block.combine = parse_combiner(cursor);
  block.right = parse_operand(cursor);
  return block;
}

inline void parse_concat(TextCursor& cursor, Cell& cell) {
  if (cursor.take("none")) return;
  do {
    cell.concat.push_back(cursor.number("state"));
  } while (!cursor.at("]"));
}

[[nodiscard]] inline Cell parse_cell(TextCursor& cursor, CellRole role, int inputs) {
  Cell cell;
  cursor.expect(to_string(role));
  cursor.expect("[");
  do {
    if (cell.blocks.size() == std::size_t{max_cell_blocks}) cursor.fail_here("more than ", max_cell_blocks, " blocks");
    cell.blocks.push_back(parse_block(cursor));
  } while (cursor.take(";"));
  if (cursor.take("->")) {
    parse_concat(cursor, cell);
  } else {
    cell.concat = loose_ends(cell, inputs);
  }
  cursor.expect("]");
  return cell;
}

[[nodiscard]] inline int parse_inputs(TextCursor& cursor) {
  if (!cursor.take("inputs")) return Architecture{}.inputs;
  cursor.expect("=");
  const std::size_t place = cursor.offset();
  const int inputs = cursor.number("number of inputs");
  if (const Fault fault = inputs_fault(inputs)) cursor.fail_at(place, describe(fault));
  return inputs;
}

}  // namespace detail

/// The text form, one line without a line break. architecture_from_text reads it back.
[[nodiscard]] inline std::string to_text(const Architecture& architecture) {
  std::string text;
  if (architecture.inputs != Architecture{}.inputs) text = join("inputs=", architecture.inputs, ' ');
  text.append("normal").append(detail::cell_text(architecture.normal));
  text.append(" reduction").append(detail::cell_text(architecture.reduction));
  return text;
}

/// Reads the text form. Ops are any names; check them against an op set with require_valid.
/// @param source begins the error text where the grammar is broken: what the text is
/// @throws GenotypeError with line and column where the text breaks the grammar, with the place in the cell where the
/// architecture breaks a rule.
[[nodiscard]] inline Architecture architecture_from_text(std::string_view text,
                                                         std::string_view source = "genotype text") {
  detail::TextCursor cursor(text, source);
  Architecture architecture;
  architecture.inputs = detail::parse_inputs(cursor);
  architecture.normal = detail::parse_cell(cursor, CellRole::normal, architecture.inputs);
  architecture.reduction = detail::parse_cell(cursor, CellRole::reduction, architecture.inputs);
  if (!cursor.at_end()) cursor.fail_here("text after the reduction cell");
  require_valid(architecture);
  return architecture;
}

}  // namespace nasnet::inline NASNET_ABI
