/// The order of blocks in which all cells that differ only by numbering look the same.
#pragma once

#include <algorithm>    // all_of, lower_bound, sort, unique
#include <compare>      // <=>
#include <cstddef>      // size_t
#include <cstdint>      // uint64_t
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // swap
#include <vector>       // vector

#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Finds the order, among those in which each block reads earlier states only, whose sequence of rows is the least; a
/// row is what a block reads in the new numbering, its combiner and whether it is concatenated.
///
/// Blocks are placed one by one, the least row first. Only blocks with equal rows make the search branch, and among
/// those only blocks that cannot be swapped without changing the cell. Cells of a search space take microseconds; where
/// a contrived one would take seconds, the search ends with the best order so far, and two numberings of that cell may
/// then look different.
NASNET_LAZY class BlockOrder {
 public:
  BlockOrder(const Cell& cell, int inputs) : inputs_(static_cast<std::size_t>(inputs)) {
    for (const Block& block : cell.blocks) append_node(block);
    rank_ops(cell);
    for (const int state : cell.concat) {
      if (state >= inputs) nodes_[static_cast<std::size_t>(state) - inputs_].concatenated = true;
    }
    refine_colours();
    numbers_.assign(inputs_ + nodes_.size(), unplaced);
    for (std::size_t state = 0; state < inputs_; ++state) numbers_[state] = static_cast<int>(state);
  }

  /// Old block indices in the new order.
  [[nodiscard]] std::vector<std::size_t> find() {
    search();
    return best_order_;
  }

 private:
  static constexpr int unplaced = -1;
  static constexpr std::size_t most_work = 20'000'000;

  struct Operand {
    int state = 0;
    int op = 0;
    auto operator<=>(const Operand&) const = default;
  };

  struct Node {
    Operand left, right;
    Combiner combine = Combiner::add;
    bool concatenated = false;
    std::uint64_t colour = 0;
  };

  struct Row {
    Operand left, right;
    Combiner combine;
    bool concatenated;
    std::uint64_t colour;
    auto operator<=>(const Row&) const = default;
  };

  void append_node(const Block& block) {
    nodes_.push_back({{block.left.state, 0}, {block.right.state, 0}, block.combine, false, 0});
  }

  void rank_ops(const Cell& cell) {
    std::vector<std::string_view> names;
    for (const Block& block : cell.blocks) {
      names.push_back(block.left.op);
      names.push_back(block.right.op);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const auto rank = [&names](std::string_view op) {
      return static_cast<int>(std::lower_bound(names.begin(), names.end(), op) - names.begin());
    };
    for (std::size_t b = 0; b < nodes_.size(); ++b) {
      nodes_[b].left.op = rank(cell.blocks[b].left.op);
      nodes_[b].right.op = rank(cell.blocks[b].right.op);
    }
  }

  [[nodiscard]] static std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
  }
  [[nodiscard]] static std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
    return mixed(mixed(a + 0x9e3779b97f4a7c15U) ^ b);
  }

  [[nodiscard]] static bool commutes(Combiner combine) { return combine != Combiner::concat; }

  [[nodiscard]] std::uint64_t colour_of(int state) const {
    const auto index = static_cast<std::size_t>(state);
    return index < inputs_ ? mixed(index + 1) : nodes_[index - inputs_].colour;
  }

  [[nodiscard]] std::uint64_t colour_of(const Operand& operand) const {
    return mixed(colour_of(operand.state), static_cast<std::uint64_t>(operand.op) + 1);
  }

  [[nodiscard]] std::uint64_t colour_of_operands(const Node& node) const {
    std::uint64_t first = colour_of(node.left);
    std::uint64_t second = colour_of(node.right);
    if (commutes(node.combine) && second < first) std::swap(first, second);
    return mixed(first, second);
  }

  // What a reader adds to the colour of a state that it reads.
  void tell_operands(const Node& node, std::vector<std::uint64_t>& told) const {
    for (const bool left : {true, false}) {
      const Operand& operand = left ? node.left : node.right;
      const auto state = static_cast<std::size_t>(operand.state);
      if (state < inputs_) continue;
      const std::uint64_t side = commutes(node.combine) || left ? 1 : 2;
      told[state - inputs_] += mixed(mixed(node.colour, side), static_cast<std::uint64_t>(operand.op) + 1);
    }
  }

  [[nodiscard]] std::size_t distinct_colours() const {
    std::vector<std::uint64_t> colours;
    for (const Node& node : nodes_) colours.push_back(node.colour);
    std::sort(colours.begin(), colours.end());
    return static_cast<std::size_t>(std::unique(colours.begin(), colours.end()) - colours.begin());
  }

  // A colour depends on what a block reads and on who reads it, never on the numbering; blocks of different colours are
  // surely different.
  void refine_colours() {
    for (Node& node : nodes_)
      node.colour = mixed(static_cast<std::uint64_t>(node.combine) + 1, node.concatenated ? 1 : 2);
    for (std::size_t distinct = 0, now = distinct_colours(); now > distinct; now = distinct_colours()) {
      distinct = now;
      refine_once();
    }
  }

  void refine_once() {
    std::vector<std::uint64_t> told(nodes_.size(), 0);
    std::vector<std::uint64_t> read(nodes_.size(), 0);
    for (std::size_t b = 0; b < nodes_.size(); ++b) {
      read[b] = colour_of_operands(nodes_[b]);
      tell_operands(nodes_[b], told);
    }
    for (std::size_t b = 0; b < nodes_.size(); ++b) {
      nodes_[b].colour = mixed(mixed(nodes_[b].colour, read[b]), told[b]);
    }
  }

  [[nodiscard]] int number_of(const Operand& operand) const {
    return numbers_[static_cast<std::size_t>(operand.state)];
  }

  [[nodiscard]] bool is_ready(std::size_t block) const {
    return numbers_[inputs_ + block] == unplaced && number_of(nodes_[block].left) != unplaced &&
           number_of(nodes_[block].right) != unplaced;
  }

  [[nodiscard]] Row row_of(std::size_t block) const {
    const Node& node = nodes_[block];
    Operand left{number_of(node.left), node.left.op};
    Operand right{number_of(node.right), node.right.op};
    if (commutes(node.combine) && right < left) std::swap(left, right);
    return {left, right, node.combine, node.concatenated, node.colour};
  }

  /// The blocks that may come next: those with the least row.
  [[nodiscard]] std::vector<std::size_t> candidates() {
    std::vector<std::size_t> least;
    work_ += nodes_.size();
    for (std::size_t b = 0; b < nodes_.size(); ++b) {
      if (!is_ready(b)) continue;
      if (!least.empty() && row_of(b) < row_of(least.front())) least.clear();
      if (least.empty() || row_of(b) == row_of(least.front())) least.push_back(b);
    }
    return least;
  }

  [[nodiscard]] static Operand swapped(Operand operand, int a, int b) {
    if (operand.state == a) return {b, operand.op};
    if (operand.state == b) return {a, operand.op};
    return operand;
  }

  /// Whether two blocks with equal rows are read alike, so that swapping them gives the same cell.
  [[nodiscard]] bool interchangeable(std::size_t first, std::size_t second) const {
    const int a = static_cast<int>(inputs_ + first);
    const int b = static_cast<int>(inputs_ + second);
    const auto same_if_swapped = [&](const Node& node) {
      Operand left = swapped(node.left, a, b);
      Operand right = swapped(node.right, a, b);
      if (left == node.left && right == node.right) return true;
      return commutes(node.combine) && left == node.right && right == node.left;
    };
    return std::all_of(nodes_.begin(), nodes_.end(), same_if_swapped);
  }

  [[nodiscard]] bool repeats_a_branch(const std::vector<std::size_t>& branches, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      work_ += nodes_.size();
      if (interchangeable(branches[i], branches[count])) return true;
    }
    return false;
  }

  void search() {
    if (order_.size() == nodes_.size()) {
      best_order_ = order_;
      best_rows_ = rows_;
      return;
    }
    const std::vector<std::size_t> branches = candidates();
    for (std::size_t i = 0; i < branches.size(); ++i) {
      const bool have_best = !best_order_.empty();
      if (have_best && work_ > most_work) return;
      if (repeats_a_branch(branches, i)) continue;
      const Row row = row_of(branches[i]);
      if (have_best && compared(row) > 0) return;  // all branches have equal rows
      place(branches[i], row);
      search();
      unplace(branches[i]);
    }
  }

  // The rows so far and then this one, against the best.
  [[nodiscard]] std::strong_ordering compared(const Row& row) const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (const auto order = rows_[i] <=> best_rows_[i]; order != 0) return order;
    }
    return row <=> best_rows_[rows_.size()];
  }

  void place(std::size_t block, const Row& row) {
    numbers_[inputs_ + block] = static_cast<int>(inputs_ + order_.size());
    order_.push_back(block);
    rows_.push_back(row);
  }

  void unplace(std::size_t block) {
    numbers_[inputs_ + block] = unplaced;
    order_.pop_back();
    rows_.pop_back();
  }

  std::size_t inputs_;
  std::vector<Node> nodes_;
  std::vector<int> numbers_;  // new number of each old state
  std::vector<std::size_t> order_, best_order_;
  std::vector<Row> rows_, best_rows_;
  std::size_t work_ = 0;  // nodes looked at
};

}  // namespace nasnet::inline NASNET_ABI::detail
