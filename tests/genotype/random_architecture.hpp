// Random valid architectures of all shapes, for properties that must hold for any of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "nasnet/core/random.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/ops.hpp"

namespace nasnet_test {

struct Shapes {
  int most_blocks = 6;
  int most_inputs = 4;
  bool only_sums = false;
  bool pass_on = true;  // some have no concat list
};

inline int pick(nasnet::RandomStream& random, int count) { return static_cast<int>(random.below(count)); }

inline std::string random_op(nasnet::RandomStream& random) {
  const auto names = nasnet::AllOps::names();
  return std::string(names[static_cast<std::size_t>(pick(random, static_cast<int>(names.size())))]);
}

inline std::vector<int> random_concat(nasnet::RandomStream& random, const nasnet::Cell& cell, int inputs) {
  if (random.below(2) == 0) return nasnet::loose_ends(cell, inputs);
  const int states = inputs + static_cast<int>(cell.blocks.size());
  std::vector<int> concat;
  for (int state = 0; state < states; ++state) {
    if (random.below(2) == 0) concat.push_back(state);
  }
  if (concat.empty()) concat.push_back(pick(random, states));
  return concat;
}

inline nasnet::Cell random_cell(nasnet::RandomStream& random, int blocks, int inputs, bool only_sums) {
  nasnet::Cell cell;
  for (int b = 0; b < blocks; ++b) {
    const auto combine = only_sums ? nasnet::Combiner::add : nasnet::all_combiners[random() % 4];
    cell.blocks.push_back(
        {{pick(random, inputs + b), random_op(random)}, {pick(random, inputs + b), random_op(random)}, combine});
  }
  cell.concat = random_concat(random, cell, inputs);
  return cell;
}

inline nasnet::Architecture random_architecture(nasnet::RandomStream& random, const Shapes& shapes = {}) {
  nasnet::Architecture architecture;
  architecture.inputs = 1 + pick(random, shapes.most_inputs);
  const int inputs = architecture.inputs;
  if (shapes.pass_on && random.below(8) == 0) {
    architecture.normal = random_cell(random, inputs, inputs, shapes.only_sums);
    architecture.reduction = random_cell(random, inputs, inputs, shapes.only_sums);
    architecture.normal.concat.clear();
    architecture.reduction.concat.clear();
    return architecture;
  }
  architecture.normal = random_cell(random, 1 + pick(random, shapes.most_blocks), inputs, shapes.only_sums);
  architecture.reduction = random_cell(random, 1 + pick(random, shapes.most_blocks), inputs, shapes.only_sums);
  return architecture;
}

// The same cell with its blocks in another order in which each still reads earlier states only.
inline nasnet::Cell shuffled(nasnet::RandomStream& random, const nasnet::Cell& cell, int inputs) {
  const std::size_t count = cell.blocks.size();
  std::vector<int> numbers(static_cast<std::size_t>(inputs) + count, -1);
  for (int state = 0; state < inputs; ++state) numbers[static_cast<std::size_t>(state)] = state;
  const auto number = [&](int state) -> int& { return numbers[static_cast<std::size_t>(state)]; };
  nasnet::Cell result;
  while (result.blocks.size() < count) {
    const auto b = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(count)));
    const nasnet::Block& block = cell.blocks[b];
    const int output = inputs + static_cast<int>(b);
    if (number(output) >= 0 || number(block.left.state) < 0 || number(block.right.state) < 0) continue;
    number(output) = inputs + static_cast<int>(result.blocks.size());
    result.blocks.push_back(
        {{number(block.left.state), block.left.op}, {number(block.right.state), block.right.op}, block.combine});
    if (block.combine != nasnet::Combiner::concat && random.below(2) == 0) {
      std::swap(result.blocks.back().left, result.blocks.back().right);
    }
  }
  for (const int state : cell.concat) result.concat.push_back(number(state));
  std::sort(result.concat.begin(), result.concat.end());
  return result;
}

}  // namespace nasnet_test
