/// Translates the names of a network's parameters by the tables of another library.
#pragma once

#include <algorithm>      // find_if, max, min
#include <array>          // array
#include <cstddef>        // size_t
#include <optional>       // nullopt, optional
#include <span>           // span
#include <string>         // string, to_string
#include <string_view>    // string_view
#include <unordered_set>  // unordered_set
#include <vector>         // vector

#include "nasnet/core/error.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/io/detail/name_rules.hpp"
#include "nasnet/io/detail/naming_tables.hpp"
#include "nasnet/primitive/parameter.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The name of a cell's parameter without "cells.N.".
NASNET_LAZY [[nodiscard]] inline std::string_view name_in_cell(std::string_view name) {
  return name.substr(name.find('.', name.find('.') + 1) + 1);
}

/// The separable convolutions of a cell, places and kernels.
NASNET_LAZY [[nodiscard]] inline std::vector<std::string> separable_kernels(const NetworkGraph& graph, int cell) {
  std::vector<std::string> kernels;
  for (const GraphParameter& parameter : graph.parameters) {
    if (graph.nodes[static_cast<std::size_t>(parameter.node)].cell != cell) continue;
    if (parameter.spec.layout != ParameterLayout::depthwise) continue;
    kernels.push_back(join(name_in_cell(parameter.name), ' ', parameter.spec.shape[0]));
  }
  return kernels;
}

/// Whether normal and reduction cells are the same, as PNASNet's are.
NASNET_LAZY [[nodiscard]] inline bool has_one_cell(const NetworkGraph& graph) {
  const auto first = [&](CellRole role) {
    const auto found = std::find_if(graph.cells.begin(), graph.cells.end(),
                                    [&](const GraphCell& cell) { return cell.role == role && !cell.in_stem; });
    return static_cast<int>(found - graph.cells.begin());
  };
  return separable_kernels(graph, first(CellRole::normal)) == separable_kernels(graph, first(CellRole::reduction));
}

/// Names the cells of a network one after the other.
class CellNames {
 public:
  NASNET_LAZY CellNames(const NetworkGraph& graph, CellNumbers numbers) : numbers_(numbers) {
    for (const GraphCell& cell : graph.cells) {
      if (cell.role == CellRole::reduction && !cell.in_stem) break;
      if (!cell.in_stem) ++stack_length_;
    }
    for (const GraphCell& cell : graph.cells) names_.push_back(next(cell));
  }

  [[nodiscard]] const std::string& at(int cell) const { return names_[static_cast<std::size_t>(cell)]; }

 private:
  NASNET_LAZY [[nodiscard]] std::string next(const GraphCell& cell) {
    if (cell.in_stem) return stem_name(in_stem_++);
    const int in_order = in_order_++;
    if (cell.role == CellRole::normal) {
      const int in_stack = in_stack_++;
      return numbers_ == CellNumbers::in_order ? join("cell_", in_order) : normal_name(in_stack);
    }
    ++stack_;
    in_stack_ = 0;
    return numbers_ == CellNumbers::in_order ? join("cell_", in_order) : reduction_name();
  }

  NASNET_LAZY [[nodiscard]] std::string stem_name(int number) const {
    return numbers_ == CellNumbers::keras ? join("stem_", number + 1) : join("cell_stem_", number);
  }
  NASNET_LAZY [[nodiscard]] std::string normal_name(int in_stack) const {
    if (numbers_ == CellNumbers::keras) {
      return std::to_string(stack_ * stack_length_ + in_stack + (stack_ > 0 ? 1 : 0));
    }
    constexpr int cells_of_the_large_network = 6;
    return join("cell_", stack_ * (std::max)(cells_of_the_large_network, stack_length_) + in_stack);
  }
  NASNET_LAZY [[nodiscard]] std::string reduction_name() const {
    return numbers_ == CellNumbers::keras ? join("reduce_", stack_ * stack_length_)
                                          : join("reduction_cell_", stack_ - 1);
  }

  CellNumbers numbers_;
  std::vector<std::string> names_;
  int stack_length_ = 0;  // normal cells of the first stack
  int stack_ = 0;
  int in_stack_ = 0;
  int in_stem_ = 0;
  int in_order_ = 0;
};

/// Translates the names of one network.
class NameTranslation {
 public:
  NASNET_LAZY NameTranslation(const NetworkGraph& graph, const NamingTable& table)
      : graph_(graph), table_(table), cells_(graph, table.numbers) {
    for (const GraphParameter& parameter : graph.parameters) known_.insert(parameter.name);
  }

  /// Their name of a parameter; nothing where the library's networks have none such.
  NASNET_LAZY [[nodiscard]] std::optional<std::string> operator()(const GraphParameter& parameter) const {
    const GraphNode& node = graph_.nodes[static_cast<std::size_t>(parameter.node)];
    if (node.cell < 0 || static_cast<std::size_t>(node.cell) >= graph_.cells.size()) {
      return by_rules(table_.network, parameter.name, {}, {}, {});
    }
    const CellRole role = graph_.cells[static_cast<std::size_t>(node.cell)].role;
    const std::string_view local = name_in_cell(parameter.name);
    const auto prefix = std::string_view(parameter.name).substr(0, parameter.name.size() - local.size());
    const auto renamed = with_op_name(local, role);
    if (!renamed) return std::nullopt;
    const std::string_view role_name = role == CellRole::normal ? "normal" : "reduction";
    return by_rules(table_.cell, *renamed, prefix, cells_.at(node.cell), role_name);
  }

 private:
  /// "blocks.0.left.bn.weight" as "ops.OP.bn.weight".
  NASNET_LAZY [[nodiscard]] std::optional<std::string> with_op_name(std::string_view local, CellRole role) const {
    std::vector<std::string_view> place;
    const std::size_t end = end_of_place(local);
    if (!fits("blocks.*.*", local.substr(0, end), place)) return std::string(local);
    const std::span<const NamePair> ops = role == CellRole::normal ? table_.normal_ops : table_.reduction_ops;
    if (ops.empty()) return join("ops.", place[0], '_', place[1], local.substr(end));
    const std::string ours = join(place[0], '.', place[1]);
    const std::string_view theirs = translated(ops, ours);
    if (theirs == ours) return std::nullopt;
    return join("ops.", theirs, local.substr(end));
  }

  // Where the third part of a name ends.
  NASNET_LAZY [[nodiscard]] static std::size_t end_of_place(std::string_view local) {
    std::size_t end = 0;
    for (int part = 0; part < 3 && end != std::string_view::npos; ++part) {
      end = local.find('.', part == 0 ? 0 : end + 1);
    }
    return (std::min)(end, local.size());
  }

  NASNET_LAZY [[nodiscard]] std::optional<std::string> by_rules(std::span<const NameRule> rules, std::string_view name,
                                                                std::string_view prefix, std::string_view cell,
                                                                std::string_view role) const {
    std::vector<std::string_view> stars;
    for (const NameRule& rule : rules) {
      if (!fits(rule.ours, name, stars)) continue;
      if (!rule.beside.empty() && known_.count(join(prefix, rule.beside)) == 0) continue;
      std::vector<NamePair> values{{"cell", cell}, {"role", role}};
      constexpr std::array<std::string_view, 3> numbers{"1", "2", "3"};
      for (std::size_t s = 0; s < stars.size(); ++s) values.push_back({numbers[s], translated(table_.words, stars[s])});
      return filled_in(rule.theirs, values);
    }
    return std::nullopt;
  }

  const NetworkGraph& graph_;
  const NamingTable& table_;
  CellNames cells_;
  std::unordered_set<std::string> known_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
