// Architectures over the paper's 13 ops and both combiners: random ones, and those of a single op.
#pragma once

#include <random>
#include <string>

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/ops.hpp"

namespace graph_probe {

inline int random_below(std::mt19937& random, int count) {
  return static_cast<int>(random() % static_cast<unsigned>(count));
}

inline nasnet::Cell random_cell(std::mt19937& random, int blocks) {
  const auto names = nasnet::NasnetOps::names();
  const auto operand = [&](int states) {
    const int state = random_below(random, states);
    return nasnet::BlockInput{state, std::string(names[static_cast<std::size_t>(random_below(random, 13))])};
  };
  nasnet::Cell cell;
  for (int b = 0; b < blocks; ++b) {
    nasnet::Block block{operand(2 + b), operand(2 + b)};
    block.combine = random_below(random, 2) == 0 ? nasnet::Combiner::add : nasnet::Combiner::concat;
    cell.blocks.push_back(block);
  }
  cell.concat = nasnet::loose_ends(cell, 2);
  return cell;
}

inline nasnet::Architecture random_cells(std::mt19937& random, int blocks) {
  nasnet::Architecture architecture;
  architecture.normal = random_cell(random, blocks);
  architecture.reduction = random_cell(random, blocks);
  return architecture;
}

// Cells that apply one op to all states, at stride 2 also to one that a block made.
inline nasnet::Architecture cells_of_op(const std::string& op, nasnet::Combiner combine) {
  nasnet::Cell cell;
  cell.blocks = {{{0, op}, {1, op}, combine}, {{2, op}, {0, op}, combine}};
  cell.concat = nasnet::loose_ends(cell, 2);
  return {.normal = cell, .reduction = cell};
}

}  // namespace graph_probe
