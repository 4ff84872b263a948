#pragma once

#include "nasnet/genotype/canonical.hpp"

#include <algorithm>    // min, sort
#include <cstddef>      // size_t
#include <cstdint>      // uint64_t
#include <numeric>      // iota
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // swap
#include <vector>       // vector

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/detail/block_order.hpp"
#include "nasnet/genotype/detail/fold.hpp"
#include "nasnet/genotype/fault.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/genotype/text.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline bool comes_before(const BlockInput& a, const BlockInput& b) {
  return a.state != b.state ? a.state < b.state : a.op < b.op;
}

NASNET_BODY void sort_operands(Block& block) {
  if (block.combine != Combiner::concat && comes_before(block.right, block.left)) std::swap(block.left, block.right);
}

/// The cell with its blocks in this order of old indices.
NASNET_LAZY [[nodiscard]] inline Cell reordered(const Cell& cell, int inputs, const std::vector<std::size_t>& order) {
  std::vector<int> numbers(static_cast<std::size_t>(inputs) + cell.blocks.size());
  std::iota(numbers.begin(), numbers.begin() + inputs, 0);
  for (std::size_t place = 0; place < order.size(); ++place) {
    numbers[static_cast<std::size_t>(inputs) + order[place]] = inputs + static_cast<int>(place);
  }
  Cell result;
  for (const std::size_t index : order) {
    Block& block = result.blocks.emplace_back(cell.blocks[index]);
    block.left.state = numbers[static_cast<std::size_t>(block.left.state)];
    block.right.state = numbers[static_cast<std::size_t>(block.right.state)];
  }
  for (const int state : cell.concat) result.concat.push_back(numbers[static_cast<std::size_t>(state)]);
  std::sort(result.concat.begin(), result.concat.end());
  return result;
}

/// The first zero op of the set, or else the first of the cell's ops by name.
NASNET_LAZY [[nodiscard]] inline std::string idle_op(const Cell& cell, std::span<const OpInfo> ops) {
  for (const OpInfo& info : ops) {
    if (info.is_zero) return std::string(info.name);
  }
  std::string least = cell.blocks.front().left.op;
  for (const Block& block : cell.blocks) least = (std::min)(least, (std::min)(block.left.op, block.right.op));
  return least;
}

NASNET_LAZY [[nodiscard]] inline Cell canonical_cell(const Cell& cell, int inputs, CellRole role,
                                                     std::span<const OpInfo> ops) {
  Cell result = CellFolder(cell, inputs, role, ops).fold();
  if (!result.concat.empty()) {
    result = without_dead_blocks(result, inputs);
    if (result.blocks.empty()) {
      const BlockInput idle{0, idle_op(cell, ops)};
      result.blocks.push_back({idle, idle});
    }
    result = reordered(result, inputs, BlockOrder(result, inputs).find());
  }
  for (Block& block : result.blocks) sort_operands(block);
  return result;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Architecture canonical_form(const Architecture& architecture, std::span<const OpInfo> ops) {
  require_valid(architecture);
  const int inputs = architecture.inputs;
  return {inputs, detail::canonical_cell(architecture.normal, inputs, CellRole::normal, ops),
          detail::canonical_cell(architecture.reduction, inputs, CellRole::reduction, ops)};
}

NASNET_BODY std::uint64_t canonical_hash(const Architecture& architecture, std::span<const OpInfo> ops) {
  return text_hash(to_text(canonical_form(architecture, ops)));
}

}  // namespace nasnet::inline NASNET_ABI
