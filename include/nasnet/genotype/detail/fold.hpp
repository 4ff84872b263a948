/// Replaces parts of a cell by others that compute exactly the same. See canonical.hpp for the rules.
#pragma once

#include <algorithm>    // find, find_if, sort
#include <cstddef>      // size_t
#include <numeric>      // iota
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/degeneracy.hpp"
#include "nasnet/genotype/op_set.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Folds one valid cell. States that equal an earlier state are read through that one, their root.
NASNET_LAZY class CellFolder {
 public:
  CellFolder(Cell cell, int inputs, CellRole role, std::span<const OpInfo> ops)
      : cell_(std::move(cell)), inputs_(inputs), role_(role), ops_(ops), roots_(state_count()) {
    std::iota(roots_.begin(), roots_.end(), 0);
  }

  [[nodiscard]] Cell fold() {
    for (std::size_t b = 0; b < cell_.blocks.size(); ++b) {
      Block& block = cell_.blocks[b];
      simplify(block.left);
      simplify(block.right);
      roots_[static_cast<std::size_t>(output_of(b))] = root_of_block(b);
    }
    fold_concat();
    return std::move(cell_);
  }

 private:
  [[nodiscard]] std::size_t state_count() const { return static_cast<std::size_t>(inputs_) + cell_.blocks.size(); }
  [[nodiscard]] int output_of(std::size_t block) const { return inputs_ + static_cast<int>(block); }

  [[nodiscard]] const OpInfo* info(std::string_view op) const {
    for (const OpInfo& each : ops_) {
      if (each.name == op) return &each;
    }
    return nullptr;
  }
  [[nodiscard]] bool is_identity(std::string_view op) const { return info(op) != nullptr && info(op)->is_identity; }
  [[nodiscard]] bool is_zero(std::string_view op) const { return info(op) != nullptr && info(op)->is_zero; }

  [[nodiscard]] std::string first_identity() const {
    const auto found = std::find_if(ops_.begin(), ops_.end(), [](const OpInfo& each) { return each.is_identity; });
    return std::string(found->name);
  }
  [[nodiscard]] std::string first_zero() const {
    const auto found = std::find_if(ops_.begin(), ops_.end(), [](const OpInfo& each) { return each.is_zero; });
    return std::string(found->name);
  }

  /// Whether an identity op surely returns this state unchanged: it has F channels and is read with stride 1.
  [[nodiscard]] bool passes_unchanged(int state) const {
    if (state < inputs_) return state == 0 && inputs_ == 2 && role_ == CellRole::normal;
    return cell_.blocks[static_cast<std::size_t>(state - inputs_)].combine != Combiner::concat;
  }

  void simplify(BlockInput& operand) {
    operand.state = roots_[static_cast<std::size_t>(operand.state)];
    if (is_zero(operand.op) || (is_identity(operand.op) && operand.state == zero_state_)) {
      operand = {0, first_zero()};
    } else if (is_identity(operand.op) && passes_unchanged(operand.state)) {
      operand.op = first_identity();
    }
  }

  [[nodiscard]] bool returns_its_state(const BlockInput& operand) const {
    return is_identity(operand.op) && passes_unchanged(operand.state);
  }

  [[nodiscard]] int root_of_block(std::size_t index) {
    const Block& block = cell_.blocks[index];
    const bool left_zero = is_zero(block.left.op);
    const bool right_zero = is_zero(block.right.op);
    if (block.combine != Combiner::add) return output_of(index);
    if (left_zero && right_zero) {
      if (zero_state_ < 0) zero_state_ = output_of(index);
      return zero_state_;
    }
    if (left_zero && returns_its_state(block.right)) return block.right.state;
    if (right_zero && returns_its_state(block.left)) return block.left.state;
    return output_of(index);
  }

  // Of several equal states in the list, the root stands for one; the others stay, since the output holds them all.
  void fold_concat() {
    std::vector<int>& concat = cell_.concat;
    for (std::size_t i = 0; i < concat.size(); ++i) {
      const int root = roots_[static_cast<std::size_t>(concat[i])];
      if (std::find(concat.begin(), concat.end(), root) == concat.end()) concat[i] = root;
    }
    std::sort(concat.begin(), concat.end());
  }

  Cell cell_;
  int inputs_;
  CellRole role_;
  std::span<const OpInfo> ops_;
  std::vector<int> roots_;
  int zero_state_ = -1;  // the first block that adds two zeros
};

/// Without the blocks that the output does not depend on.
NASNET_LAZY [[nodiscard]] inline Cell without_dead_blocks(const Cell& cell, int inputs) {
  const std::vector<bool> live = live_states(cell, inputs);
  std::vector<int> renumbered(live.size());
  std::iota(renumbered.begin(), renumbered.begin() + inputs, 0);
  Cell kept;
  for (std::size_t b = 0; b < cell.blocks.size(); ++b) {
    const std::size_t state = static_cast<std::size_t>(inputs) + b;
    if (!live[state]) continue;
    renumbered[state] = inputs + static_cast<int>(kept.blocks.size());
    Block& block = kept.blocks.emplace_back(cell.blocks[b]);
    block.left.state = renumbered[static_cast<std::size_t>(block.left.state)];
    block.right.state = renumbered[static_cast<std::size_t>(block.right.state)];
  }
  for (const int state : cell.concat) kept.concat.push_back(renumbered[static_cast<std::size_t>(state)]);
  return kept;
}

}  // namespace nasnet::inline NASNET_ABI::detail
