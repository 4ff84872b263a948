#pragma once

#include "nasnet/space/search_space.hpp"

#include <algorithm>    // all_of, equal, find
#include <array>        // array
#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint64_t
#include <limits>       // numeric_limits
#include <optional>     // optional
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/canonical.hpp"
#include "nasnet/genotype/cell_genotype.hpp"
#include "nasnet/genotype/degeneracy.hpp"
#include "nasnet/genotype/fault.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/space/big_unsigned.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline OpTable table_of_names(std::span<const OpInfo> ops) {
  std::vector<OpEntry> entries;
  for (const OpInfo& op : ops) entries.push_back({std::string(op.name), op.is_identity, op.is_zero});
  return OpTable(std::move(entries));
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::uint64_t SearchSpace::canonical_hash(const Architecture& architecture) const {
  return nasnet::canonical_hash(architecture, ops_.infos());
}

NASNET_BODY std::string SearchSpace::fingerprint() const { return hex_text(text_hash(description())); }

NASNET_BODY SearchSpace::SearchSpace(OpTable ops, SpaceOptions options)
    : ops_(std::move(ops)), options_(std::move(options)) {
  require_options();
}

NASNET_BODY SearchSpace::SearchSpace(std::span<const OpInfo> ops, SpaceOptions options)
    : SearchSpace(detail::table_of_names(ops), std::move(options)) {}

NASNET_BODY void SearchSpace::require_options() const {
  if (options_.blocks < 1 || options_.blocks > max_cell_blocks) {
    fail<GenotypeError>("search space: ", options_.blocks, " blocks; a cell has 1 to ", max_cell_blocks);
  }
  if (options_.inputs < 1 || options_.inputs > max_cell_inputs) {
    fail<GenotypeError>("search space: ", options_.inputs, " inputs; a cell has 1 to ", max_cell_inputs);
  }
  if (ops_.size() == 0) fail<GenotypeError>("search space: no ops");
  if (options_.combiners.empty()) fail<GenotypeError>("search space: no combiners");
  for (std::size_t i = 0; i < options_.combiners.size(); ++i) {
    if (to_string(options_.combiners[i]) == "unknown") {
      fail<GenotypeError>("search space: value ", static_cast<int>(options_.combiners[i]), " is no combiner");
    }
    if (combiner_index(options_.combiners[i]) != static_cast<int>(i)) {
      fail<GenotypeError>("search space: combiner ", to_string(options_.combiners[i]), " stands in the list twice");
    }
  }
  if (options_.pass_on_outputs && options_.blocks != options_.inputs) {
    fail<GenotypeError>("search space: passing all outputs on needs as many blocks as inputs; found ", options_.blocks,
                        " blocks and ", options_.inputs, " inputs");
  }
  if (!options_.allow_degenerate && options_.inputs > 2 * options_.blocks) {
    fail<GenotypeError>("search space: ", options_.blocks, " blocks cannot read all ", options_.inputs,
                        " inputs, and degenerate cells are not allowed");
  }
}

NASNET_BODY Decision SearchSpace::decision(int position) const {
  if (position < 0 || position >= decisions()) {
    fail<GenotypeError>("search space: decision ", position, " of ", decisions());
  }
  const int in_cell = decisions_per_block * options_.blocks;
  return {position < in_cell ? CellRole::normal : CellRole::reduction, position % in_cell / decisions_per_block,
          static_cast<Decision::Kind>(position % decisions_per_block)};
}

NASNET_BODY int SearchSpace::choices(int position) const {
  const Decision what = decision(position);
  switch (what.kind) {
    case Decision::Kind::left_state:
    case Decision::Kind::right_state: return options_.inputs + what.block;
    case Decision::Kind::left_op:
    case Decision::Kind::right_op: return static_cast<int>(ops_.size());
    default: return static_cast<int>(options_.combiners.size());
  }
}

/// Sequences of one cell whose blocks may read the first `readable_inputs` inputs only.
NASNET_BODY BigUnsigned SearchSpace::cell_sequences(int readable_inputs) const {
  BigUnsigned count = 1;
  for (int b = 0; b < options_.blocks; ++b) {
    const auto operands = static_cast<std::uint64_t>(readable_inputs + b) * ops_.size();
    count *= BigUnsigned(operands) * BigUnsigned(operands) * BigUnsigned(options_.combiners.size());
  }
  return count;
}

NASNET_BODY BigUnsigned SearchSpace::for_both_roles(const BigUnsigned& cells) const {
  return options_.same_cell ? cells : cells * cells;
}

NASNET_BODY BigUnsigned SearchSpace::sequences() const { return for_both_roles(cell_sequences(options_.inputs)); }

/// By inclusion and exclusion over the set of inputs that stay unread.
NASNET_BODY BigUnsigned SearchSpace::cells_that_read_all_inputs() const {
  const auto inputs = static_cast<std::size_t>(options_.inputs);
  std::vector<BigUnsigned> binomials(inputs + 1, BigUnsigned(0));
  binomials[0] = 1;
  for (std::size_t n = 1; n <= inputs; ++n) {
    for (std::size_t k = n; k > 0; --k) binomials[k] += binomials[k - 1];
  }
  BigUnsigned added, taken;
  for (std::size_t unread = 0; unread < inputs; ++unread) {
    const BigUnsigned cells = binomials[unread] * cell_sequences(static_cast<int>(inputs - unread));
    (unread % 2 == 0 ? added : taken) += cells;
  }
  return added - taken;
}

NASNET_BODY BigUnsigned SearchSpace::size() const {
  return options_.allow_degenerate ? sequences() : for_both_roles(cells_that_read_all_inputs());
}

NASNET_BODY int SearchSpace::op_index(std::string_view name) const {
  for (std::size_t i = 0; i < ops_.size(); ++i) {
    if (ops_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

NASNET_BODY int SearchSpace::combiner_index(Combiner combine) const {
  const auto found = std::find(options_.combiners.begin(), options_.combiners.end(), combine);
  return found == options_.combiners.end() ? -1 : static_cast<int>(found - options_.combiners.begin());
}

NASNET_BODY std::vector<int> SearchSpace::outputs_of(const Cell& cell) const {
  return options_.pass_on_outputs ? std::vector<int>{} : loose_ends(cell, options_.inputs);
}

NASNET_BODY bool SearchSpace::is_allowed(const Architecture& architecture) const {
  return options_.allow_degenerate || degeneracies(architecture).empty();
}

NASNET_BODY std::optional<std::string> SearchSpace::reason_against_cell(CellRole role, const Cell& cell) const {
  if (cell.blocks.size() != static_cast<std::size_t>(options_.blocks)) {
    return join(to_string(role), ".blocks: ", cell.blocks.size(), " blocks, the space has ", options_.blocks);
  }
  for (std::size_t b = 0; b < cell.blocks.size(); ++b) {
    const Combiner combine = cell.blocks[b].combine;
    if (combiner_index(combine) >= 0) continue;
    return join(to_string(role), ".blocks[", b, "].combine: ", to_string(combine), " is not in this space");
  }
  if (cell.concat == outputs_of(cell)) return std::nullopt;
  return join(to_string(role), ".concat: ",
              options_.pass_on_outputs ? "cells of this space have no list"
                                       : "the list is not the loose ends, as it is in this space");
}

/// Why no sequence makes this architecture.
NASNET_BODY std::optional<std::string> SearchSpace::reason_against_sequence(const Architecture& architecture) const {
  if (const Fault fault = validate(architecture, ops_.infos())) {
    return describe(fault, architecture, ops_.infos());
  }
  if (architecture.inputs != options_.inputs) {
    return join("inputs: ", architecture.inputs, " inputs, the space has ", options_.inputs);
  }
  if (auto reason = reason_against_cell(CellRole::normal, architecture.normal)) return reason;
  if (auto reason = reason_against_cell(CellRole::reduction, architecture.reduction)) return reason;
  if (!options_.same_cell || architecture.normal == architecture.reduction) return std::nullopt;
  return std::string("reduction: not the normal cell, as it is in this space");
}

NASNET_BODY std::optional<std::string> SearchSpace::reason_against(const Architecture& architecture) const {
  if (auto reason = reason_against_sequence(architecture)) return reason;
  if (is_allowed(architecture)) return std::nullopt;
  return join(describe(degeneracies(architecture).front()), ", which this space does not allow");
}

NASNET_BODY void SearchSpace::append_cell(std::vector<int>& sequence, const Cell& cell) const {
  for (const Block& block : cell.blocks) {
    sequence.insert(sequence.end(), {block.left.state, block.right.state, op_index(block.left.op),
                                     op_index(block.right.op), combiner_index(block.combine)});
  }
}

NASNET_BODY std::vector<int> SearchSpace::encode(const Architecture& architecture) const {
  if (const auto reason = reason_against_sequence(architecture)) fail<GenotypeError>(*reason);
  std::vector<int> sequence;
  append_cell(sequence, architecture.normal);
  if (!options_.same_cell) append_cell(sequence, architecture.reduction);
  return sequence;
}

NASNET_BODY std::vector<int> SearchSpace::encode_member(const Architecture& architecture) const {
  if (const auto reason = reason_against(architecture)) fail<GenotypeError>(*reason);
  return encode(architecture);
}

NASNET_BODY Cell SearchSpace::decode_cell(std::span<const int> sequence) const {
  Cell cell;
  for (std::size_t at = 0; at < sequence.size(); at += decisions_per_block) {
    const auto op = [&](std::size_t place) { return ops_[static_cast<std::size_t>(sequence[at + place])].name; };
    const Combiner combine = options_.combiners[static_cast<std::size_t>(sequence[at + 4])];
    cell.blocks.push_back({{sequence[at], op(2)}, {sequence[at + 1], op(3)}, combine});
  }
  cell.concat = outputs_of(cell);
  return cell;
}

NASNET_BODY Architecture SearchSpace::decode_checked(std::span<const int> sequence) const {
  const auto in_cell = static_cast<std::size_t>(decisions_per_block * options_.blocks);
  Architecture architecture{options_.inputs, decode_cell(sequence.first(in_cell)), {}};
  architecture.reduction = options_.same_cell ? architecture.normal : decode_cell(sequence.subspan(in_cell));
  return architecture;
}

NASNET_BODY Architecture SearchSpace::decode(std::span<const int> sequence) const {
  if (sequence.size() != static_cast<std::size_t>(decisions())) {
    fail<GenotypeError>("search space: a sequence of ", sequence.size(), " decisions, ", decisions(), " expected");
  }
  for (int position = 0; position < decisions(); ++position) {
    const int value = sequence[static_cast<std::size_t>(position)];
    if (value >= 0 && value < choices(position)) continue;
    fail<GenotypeError>("search space: decision ", position, " is ", value, ", 0 to ", choices(position) - 1,
                        " expected");
  }
  return decode_checked(sequence);
}

NASNET_BODY Architecture SearchSpace::sample(RandomStream& random) const {
  constexpr int most_attempts = 1'000'000;
  std::vector<int> sequence(static_cast<std::size_t>(decisions()));
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    for (int position = 0; position < decisions(); ++position) {
      sequence[static_cast<std::size_t>(position)] = static_cast<int>(random.below(choices(position)));
    }
    Architecture architecture = decode_checked(sequence);
    if (is_allowed(architecture)) return architecture;
  }
  fail<GenotypeError>("search space: ", most_attempts,
                      " samples in a row were degenerate; allow degenerate cells, or take ",
                      "more blocks or fewer inputs");
}

NASNET_BODY std::vector<int> SearchSpace::open_positions() const {
  std::vector<int> positions;
  for (int position = 0; position < decisions(); ++position) {
    if (choices(position) > 1) positions.push_back(position);
  }
  return positions;
}

NASNET_BODY Architecture SearchSpace::mutate(const Architecture& architecture, RandomStream& random) const {
  const std::vector<int> sequence = encode_member(architecture);
  const std::vector<int> positions = open_positions();
  constexpr int most_attempts = 1000;
  for (int attempt = 0; attempt < most_attempts && !positions.empty(); ++attempt) {
    std::vector<int> mutated = sequence;
    const int position = positions[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(positions.size())))];
    int& value = mutated[static_cast<std::size_t>(position)];
    const int other = static_cast<int>(random.below(choices(position) - 1));
    value = other < value ? other : other + 1;
    Architecture result = decode_checked(mutated);
    if (is_allowed(result)) return result;
  }
  const std::vector<Architecture> all = neighbours(architecture);
  if (all.empty()) fail<GenotypeError>("search space: the architecture has no neighbour in this space");
  return all[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(all.size())))];
}

NASNET_BODY Architecture SearchSpace::crossover(const Architecture& first, const Architecture& second,
                                                RandomStream& random) const {
  const std::vector<int> a = encode_member(first);
  const std::vector<int> b = encode_member(second);
  constexpr int most_attempts = 100;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    std::vector<int> child = a;
    for (std::size_t begin = 0; begin < child.size(); begin += decisions_per_block) {
      if (random.below(2) == 0) continue;
      for (std::size_t at = begin; at < begin + decisions_per_block; ++at) child[at] = b[at];
    }
    Architecture result = decode_checked(child);
    if (is_allowed(result)) return result;
  }
  return first;
}

NASNET_BODY std::vector<Architecture> SearchSpace::neighbours(const Architecture& architecture) const {
  std::vector<Architecture> found;
  std::vector<int> sequence = encode_member(architecture);
  for (int position = 0; position < decisions(); ++position) {
    int& value = sequence[static_cast<std::size_t>(position)];
    const int own = value;
    for (value = 0; value < choices(position); ++value) {
      if (value == own) continue;
      Architecture neighbour = decode_checked(sequence);
      if (is_allowed(neighbour)) found.push_back(std::move(neighbour));
    }
    value = own;
  }
  return found;
}

NASNET_BODY std::int64_t SearchSpace::countable_sequences() const {
  const BigUnsigned count = sequences();
  constexpr auto most = static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
  const std::optional<std::uint64_t> exact = count.as_uint64();
  if (!exact || *exact > most) {
    fail<GenotypeError>("search space: ", count.to_string(), " sequences are too many to number, at most ", most,
                        " are possible");
  }
  return static_cast<std::int64_t>(*exact);
}

NASNET_BODY Architecture SearchSpace::at(std::int64_t index) const {
  const std::int64_t count = countable_sequences();
  if (index < 0 || index >= count) fail<GenotypeError>("search space: architecture ", index, " of ", count);
  std::vector<int> sequence(static_cast<std::size_t>(decisions()));
  for (int position = decisions(); position-- > 0;) {
    sequence[static_cast<std::size_t>(position)] = static_cast<int>(index % choices(position));
    index /= choices(position);
  }
  return decode_checked(sequence);
}

NASNET_BODY std::int64_t SearchSpace::index(const Architecture& architecture) const {
  static_cast<void>(countable_sequences());
  const std::vector<int> sequence = encode(architecture);
  std::int64_t index = 0;
  for (int position = 0; position < decisions(); ++position) {
    index = index * choices(position) + sequence[static_cast<std::size_t>(position)];
  }
  return index;
}

/// The next sequence; false after the last.
NASNET_BODY bool SearchSpace::advance(std::vector<int>& sequence) const {
  for (int position = decisions(); position-- > 0;) {
    int& value = sequence[static_cast<std::size_t>(position)];
    if (++value < choices(position)) return true;
    value = 0;
  }
  return false;
}

NASNET_BODY std::string SearchSpace::description() const {
  std::string text("ops=");
  for (std::size_t i = 0; i < ops_.size(); ++i) {
    text.append(i == 0 ? "" : ",").append(ops_[i].name);
    if (ops_[i].is_identity) text.append(":identity");
    if (ops_[i].is_zero) text.append(":zero");
  }
  text.append(join(" blocks=", options_.blocks, " inputs=", options_.inputs, " combiners="));
  for (std::size_t i = 0; i < options_.combiners.size(); ++i) {
    text.append(i == 0 ? "" : ",").append(to_string(options_.combiners[i]));
  }
  text.append(" output=").append(options_.pass_on_outputs ? "each" : "loose_ends");
  if (options_.same_cell) text.append(" same_cell");
  if (!options_.allow_degenerate) text.append(" no_degenerate");
  return text;
}

NASNET_BODY double SearchSpace::entropy() const { return size().log(); }

NASNET_BODY bool SearchSpace::contains(const Architecture& architecture) const { return !reason_against(architecture); }

NASNET_BODY Architecture SearchSpace::canonical_form(const Architecture& architecture) const {
  return nasnet::canonical_form(architecture, ops_.infos());
}

}  // namespace nasnet::inline NASNET_ABI
