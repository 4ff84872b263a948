#pragma once

#include "nasnet/genotype/text.hpp"

#include <cstddef>      // size_t
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/detail/text_cursor.hpp"
#include "nasnet/genotype/fault.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline std::string_view combiner_sign(Combiner combine) {
  switch (combine) {
    case Combiner::concat: return "++";
    case Combiner::add_layer_norm: return "+layer_norm";
    case Combiner::add_instance_norm: return "+instance_norm";
    default: return "+";
  }
}

NASNET_LAZY [[nodiscard]] inline std::string operand_text(const BlockInput& operand) {
  return join(operand.op, '(', operand.state, ')');
}

NASNET_LAZY [[nodiscard]] inline std::string block_text(const Block& block) {
  return join(operand_text(block.left), ' ', combiner_sign(block.combine), ' ', operand_text(block.right));
}

NASNET_LAZY [[nodiscard]] inline std::string cell_text(const Cell& cell) {
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

NASNET_LAZY [[nodiscard]] inline BlockInput parse_operand(TextCursor& cursor) {
  BlockInput operand;
  operand.op = std::string(cursor.word("name of an op"));
  cursor.expect("(");
  operand.state = cursor.number("state");
  cursor.expect(")");
  return operand;
}

NASNET_LAZY [[nodiscard]] inline Combiner parse_combiner(TextCursor& cursor) {
  // Longest sign first: "+" begins all of them.
  for (const Combiner combine : {Combiner::concat, Combiner::add_layer_norm, Combiner::add_instance_norm}) {
    if (cursor.take(combiner_sign(combine))) return combine;
  }
  if (!cursor.take("+")) cursor.fail_here("combiner expected: +, ++, +layer_norm or +instance_norm");
  return Combiner::add;
}

NASNET_LAZY [[nodiscard]] inline Block parse_block(TextCursor& cursor) {
  Block block;
  block.left = parse_operand(cursor);
  block.combine = parse_combiner(cursor);
  block.right = parse_operand(cursor);
  return block;
}

NASNET_LAZY inline void parse_concat(TextCursor& cursor, Cell& cell) {
  if (cursor.take("none")) return;
  do {
    cell.concat.push_back(cursor.number("state"));
  } while (!cursor.at("]"));
}

NASNET_LAZY [[nodiscard]] inline Cell parse_cell(TextCursor& cursor, CellRole role, int inputs) {
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

NASNET_LAZY [[nodiscard]] inline int parse_inputs(TextCursor& cursor) {
  if (!cursor.take("inputs")) return Architecture{}.inputs;
  cursor.expect("=");
  const std::size_t place = cursor.offset();
  const int inputs = cursor.number("number of inputs");
  if (const Fault fault = inputs_fault(inputs)) cursor.fail_at(place, describe(fault));
  return inputs;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string to_text(const Architecture& architecture) {
  std::string text;
  if (architecture.inputs != Architecture{}.inputs) text = join("inputs=", architecture.inputs, ' ');
  text.append("normal").append(detail::cell_text(architecture.normal));
  text.append(" reduction").append(detail::cell_text(architecture.reduction));
  return text;
}

NASNET_BODY Architecture architecture_from_text(std::string_view text, std::string_view source) {
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
