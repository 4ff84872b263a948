#pragma once

#include "nasnet/genotype/darts.hpp"

#include <algorithm>    // sort
#include <cstddef>      // size_t
#include <optional>     // optional
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/detail/nearest_name.hpp"
#include "nasnet/genotype/detail/text_cursor.hpp"
#include "nasnet/genotype/fault.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Reads one literal.
class DartsReader {
 public:
  NASNET_LAZY DartsReader(std::string_view text, const DartsOptions& options)
      : cursor_(text, darts_speaker), options_(options) {}

  NASNET_LAZY [[nodiscard]] Architecture read();

 private:
  struct Argument {
    std::string_view name;
    bool found = false;
  };

  // A literal may be pasted with the name it was given: DARTS_V2 = Genotype(...).
  NASNET_LAZY void take_assignment();

  NASNET_LAZY void read_argument();

  NASNET_LAZY void mark_found(std::string_view name, std::size_t place);

  NASNET_LAZY [[nodiscard]] std::vector<Block> read_blocks();

  NASNET_LAZY [[nodiscard]] BlockInput read_operand();

  NASNET_LAZY [[nodiscard]] std::vector<int> read_concat();

  NASNET_LAZY [[nodiscard]] std::vector<int> read_range();

  NASNET_LAZY [[nodiscard]] std::vector<int> read_list();

  NASNET_LAZY [[nodiscard]] Architecture finished();

  TextCursor cursor_;
  const DartsOptions& options_;
  Architecture result_;
  std::array<Argument, 4> arguments_{Argument{"normal"}, Argument{"normal_concat"}, Argument{"reduce"},
                                     Argument{"reduce_concat"}};
};

NASNET_LAZY [[nodiscard]] inline std::string op_from_darts(std::string_view name, const DartsOptions& options) {
  if (name == "none") return std::string("zero");
  if (name == "skip_connect") return options.skip_connect;
  if (name.starts_with("dil_conv_")) return join("dil_sep_conv_", name.substr(std::string_view("dil_conv_").size()));
  return std::string(name);
}

/// The literal's name of an op, if it has one that reads back as the same op.
NASNET_LAZY [[nodiscard]] inline std::optional<std::string> op_to_darts(std::string_view op,
                                                                        const DartsOptions& options) {
  std::string name(op);
  if (op == "zero") name = "none";
  if (op == options.skip_connect) name = "skip_connect";
  if (op.starts_with("dil_sep_conv_")) name = join("dil_conv_", op.substr(std::string_view("dil_sep_conv_").size()));
  if (op_from_darts(name, options) != op) return std::nullopt;
  return name;
}

/// Literals number the two inputs the other way round.
[[nodiscard]] constexpr int swapped_input(int state) { return state == 0 || state == 1 ? 1 - state : state; }

NASNET_BODY Architecture DartsReader::read() {
  take_assignment();
  cursor_.expect("Genotype");
  cursor_.expect("(");
  do {
    if (cursor_.at(")")) break;
    read_argument();
  } while (cursor_.take(","));
  cursor_.expect(")");
  if (!cursor_.at_end()) cursor_.fail_here("text after the literal");
  return finished();
}

NASNET_BODY void DartsReader::take_assignment() {
  TextCursor ahead = cursor_;
  if (ahead.word("Genotype(...)") == "Genotype") return;
  ahead.expect("=");
  cursor_ = ahead;
}

NASNET_BODY void DartsReader::read_argument() {
  const std::size_t place = cursor_.offset();
  const std::string_view name = cursor_.word("name of an argument");
  mark_found(name, place);
  cursor_.expect("=");
  if (name == "normal") result_.normal.blocks = read_blocks();
  if (name == "reduce") result_.reduction.blocks = read_blocks();
  if (name == "normal_concat") result_.normal.concat = read_concat();
  if (name == "reduce_concat") result_.reduction.concat = read_concat();
}

NASNET_BODY void DartsReader::mark_found(std::string_view name, std::size_t place) {
  for (Argument& argument : arguments_) {
    if (argument.name != name) continue;
    if (argument.found) cursor_.fail_at(place, "argument ", name, " stands there twice");
    argument.found = true;
    return;
  }
  cursor_.fail_at(place, "unknown argument ", quoted_name(name),
                  "; known are normal, normal_concat, reduce, reduce_concat");
}

NASNET_BODY std::vector<Block> DartsReader::read_blocks() {
  const std::size_t place = cursor_.offset();
  std::vector<BlockInput> operands;
  cursor_.expect("[");
  while (!cursor_.at("]")) {
    if (operands.size() == std::size_t{2 * max_cell_blocks})
      cursor_.fail_here("more than ", max_cell_blocks, " blocks");
    operands.push_back(read_operand());
    if (!cursor_.take(",")) break;
  }
  cursor_.expect("]");
  if (operands.size() % 2 != 0) cursor_.fail_at(place, operands.size(), " pairs found; two make a block");
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < operands.size(); i += 2) blocks.push_back({operands[i], operands[i + 1]});
  return blocks;
}

NASNET_BODY BlockInput DartsReader::read_operand() {
  BlockInput operand;
  cursor_.expect("(");
  operand.op = op_from_darts(cursor_.quoted("name of an op"), options_);
  cursor_.expect(",");
  operand.state = swapped_input(cursor_.number("state"));
  cursor_.take(",");
  cursor_.expect(")");
  return operand;
}

NASNET_BODY std::vector<int> DartsReader::read_concat() {
  std::vector<int> states = cursor_.take("range") ? read_range() : read_list();
  for (int& state : states) state = swapped_input(state);
  std::sort(states.begin(), states.end());
  return states;
}

NASNET_BODY std::vector<int> DartsReader::read_range() {
  cursor_.expect("(");
  const std::size_t place = cursor_.offset();
  const int begin = cursor_.number("begin of the range");
  cursor_.expect(",");
  const int end = cursor_.number("end of the range");
  cursor_.expect(")");
  if (begin < 0 || end > max_cell_blocks + 2)
    cursor_.fail_at(place, "range from ", begin, " to ", end, " is out of range");
  std::vector<int> states;
  for (int state = begin; state < end; ++state) states.push_back(state);
  return states;
}

NASNET_BODY std::vector<int> DartsReader::read_list() {
  std::vector<int> states;
  cursor_.expect("[");
  while (!cursor_.at("]")) {
    states.push_back(cursor_.number("state"));
    if (!cursor_.take(",")) break;
  }
  cursor_.expect("]");
  return states;
}

NASNET_BODY Architecture DartsReader::finished() {
  for (const Argument& argument : arguments_) {
    if (!argument.found) cursor_.fail_here("argument ", argument.name, " is missing");
  }
  if (const Fault fault = validate(result_)) {
    fail<GenotypeError>(darts_speaker, ", inputs swapped: ", describe(fault, result_));
  }
  return std::move(result_);
}

NASNET_LAZY [[nodiscard]] inline std::string darts_pair(const BlockInput& operand, const DartsOptions& options) {
  const std::optional<std::string> name = op_to_darts(operand.op, options);
  if (!name) fail<GenotypeError>(darts_speaker, ": op '", operand.op, "' has no name in such a literal");
  return join("('", *name, "', ", swapped_input(operand.state), ')');
}

NASNET_LAZY [[nodiscard]] inline std::string darts_blocks(const Cell& cell, CellRole role,
                                                          const DartsOptions& options) {
  std::string text;
  for (const Block& block : cell.blocks) {
    if (block.combine != Combiner::add) {
      fail<GenotypeError>(darts_speaker, ": a block of the ", to_string(role), " cell combines by ",
                          to_string(block.combine), "; such a literal only adds");
    }
    if (!text.empty()) text.append(", ");
    text.append(darts_pair(block.left, options)).append(", ").append(darts_pair(block.right, options));
  }
  return join('[', text, ']');
}

NASNET_LAZY [[nodiscard]] inline std::string darts_concat(const Cell& cell) {
  std::vector<int> states;
  for (const int state : cell.concat) states.push_back(swapped_input(state));
  std::sort(states.begin(), states.end());
  std::string text;
  for (const int state : states) text.append(text.empty() ? "" : ", ").append(std::to_string(state));
  return join('[', text, ']');
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string to_darts(const Architecture& architecture, const DartsOptions& options) {
  require_valid(architecture);
  if (architecture.inputs != 2) {
    fail<GenotypeError>(detail::darts_speaker, ": ", architecture.inputs, " inputs; such a literal has two");
  }
  const Cell& normal = architecture.normal;
  const Cell& reduction = architecture.reduction;
  return join("Genotype(normal=", detail::darts_blocks(normal, CellRole::normal, options),
              ", normal_concat=", detail::darts_concat(normal),
              ", reduce=", detail::darts_blocks(reduction, CellRole::reduction, options),
              ", reduce_concat=", detail::darts_concat(reduction), ')');
}

NASNET_BODY Architecture architecture_from_darts(std::string_view text, const DartsOptions& options) {
  return detail::DartsReader(text, options).read();
}

}  // namespace nasnet::inline NASNET_ABI
