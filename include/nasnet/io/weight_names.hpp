/// What a network's parameters are called in the files of other libraries, and how their kernels lie there.
#pragma once

#include <algorithm>      // find_if, max, min
#include <array>          // array
#include <cstddef>        // size_t
#include <cstdint>        // int64_t
#include <optional>       // nullopt, optional
#include <span>           // span
#include <string>         // string
#include <string_view>    // string_view
#include <unordered_set>  // unordered_set
#include <utility>        // move
#include <vector>         // vector

#include "nasnet/core/error.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/io/detail/name_rules.hpp"
#include "nasnet/io/detail/naming_tables.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/primitive/parameter.hpp"

namespace nasnet::inline v0 {

/// Whose names and layouts a file has.
enum class WeightNaming {
  nasnet,  ///< ours
  timm,    ///< `nasnetalarge` and `pnasnet5large` of timm
  cadene,  ///< `nasnetalarge`, `nasnetamobile` and `pnasnet5large` of pretrained-models.pytorch; timm took its names
  keras,   ///< `NASNetMobile` and `NASNetLarge` of keras.applications, as scripts/keras_to_safetensors.py writes them
};

inline constexpr std::array<std::string_view, 4> weight_naming_names{"nasnet", "timm", "cadene", "keras"};

[[nodiscard]] constexpr std::string_view to_string(WeightNaming naming) {
  return weight_naming_names[static_cast<std::size_t>(naming)];
}

/// @throws ArgumentError that lists the known names for an unknown one.
[[nodiscard]] inline WeightNaming weight_naming(std::string_view name) {
  std::string known;
  for (std::size_t n = 0; n < weight_naming_names.size(); ++n) {
    if (weight_naming_names[n] == name) return static_cast<WeightNaming>(n);
    known.append(n == 0 ? "" : ", ").append(weight_naming_names[n]);
  }
  fail<ArgumentError>("'", name, "' is no naming of weights: known are ", known);
}

/// How kernels lie in files.
enum class KernelLayout {
  outputs_first,  ///< [O,I,kh,kw], depthwise [C,1,kh,kw], dense [O,I]; as in PyTorch
  inputs_first,   ///< [kh,kw,I,O], depthwise [kh,kw,C,1], dense [I,O]; as in TensorFlow
};

[[nodiscard]] constexpr KernelLayout kernel_layout(WeightNaming naming) {
  return naming == WeightNaming::keras ? KernelLayout::inputs_first : KernelLayout::outputs_first;
}

/// The shape that a parameter has in files.
[[nodiscard]] inline Shape shape_in_file(const ParameterSpec& spec, WeightNaming naming) {
  if (kernel_layout(naming) == KernelLayout::outputs_first) return spec.file_shape();
  if (spec.layout == ParameterLayout::depthwise) return {spec.shape[0], spec.shape[1], spec.shape[2], 1};
  return spec.shape;
}

/// Whether a file may hold a tensor of this name beside the weights: auxiliary heads in ours, and counts of batches in
/// those of PyTorch.
[[nodiscard]] inline bool may_stand_beside(std::string_view name, WeightNaming naming) {
  switch (naming) {
    case WeightNaming::nasnet: return name.substr(0, 4) == "aux.";
    case WeightNaming::timm:
    case WeightNaming::cadene: {
      constexpr std::string_view end = ".num_batches_tracked";
      return name.size() > end.size() && name.substr(name.size() - end.size()) == end;
    }
    case WeightNaming::keras: break;
  }
  return false;
}

/// Whether files may have a class more than the 1000 of ImageNet. It stands for what is in none of them, as class 0.
[[nodiscard]] constexpr bool may_have_background(WeightNaming naming) {
  return naming == WeightNaming::timm || naming == WeightNaming::cadene;
}

/// Whether files hold a parameter: all but constants, which belong to the architecture.
[[nodiscard]] inline bool is_stored(const GraphParameter& parameter) {
  return parameter.spec.role != ParameterRole::fixed;
}

/// Whether a parameter is one of the auxiliary head, which files may lack.
[[nodiscard]] inline bool is_auxiliary(const NetworkGraph& graph, const GraphParameter& parameter) {
  return graph.nodes[static_cast<std::size_t>(parameter.node)].part == NetworkPart::auxiliary;
}

namespace detail {

/// The name of a cell's parameter without "cells.N.".
[[nodiscard]] inline std::string_view name_in_cell(std::string_view name) {
  return name.substr(name.find('.', name.find('.') + 1) + 1);
}

/// The separable convolutions of a cell, places and kernels.
[[nodiscard]] inline std::vector<std::string> separable_kernels(const NetworkGraph& graph, int cell) {
  std::vector<std::string> kernels;
  for (const GraphParameter& parameter : graph.parameters) {
    if (graph.nodes[static_cast<std::size_t>(parameter.node)].cell != cell) continue;
    if (parameter.spec.layout != ParameterLayout::depthwise) continue;
    kernels.push_back(join(name_in_cell(parameter.name), ' ', parameter.spec.shape[0]));
  }
  return kernels;
}

/// Whether normal and reduction cells are the same, as PNASNet's are.
[[nodiscard]] inline bool has_one_cell(const NetworkGraph& graph) {
  const auto first = [&](CellRole role) {
    const auto found = std::find_if(graph.cells.begin(), graph.cells.end(),
                                    [&](const GraphCell& cell) { return cell.role == role && !cell.in_stem; });
    return static_cast<int>(found - graph.cells.begin());
  };
  return separable_kernels(graph, first(CellRole::normal)) == separable_kernels(graph, first(CellRole::reduction));
}

/// The table of a naming for a network; none for our own.
[[nodiscard]] inline const NamingTable* naming_table(const NetworkGraph& graph, WeightNaming naming) {
  switch (naming) {
    case WeightNaming::nasnet: break;
    case WeightNaming::timm:
    case WeightNaming::cadene: return has_one_cell(graph) ? &torch_pnasnet_table : &torch_nasnet_table;
    case WeightNaming::keras: return &keras_table;
  }
  return nullptr;
}

/// Names the cells of a network one after the other.
class CellNames {
 public:
  CellNames(const NetworkGraph& graph, CellNumbers numbers) : numbers_(numbers) {
    for (const GraphCell& cell : graph.cells) {
      if (cell.role == CellRole::reduction && !cell.in_stem) break;
      if (!cell.in_stem) ++stack_length_;
    }
    for (const GraphCell& cell : graph.cells) names_.push_back(next(cell));
  }

  [[nodiscard]] const std::string& at(int cell) const { return names_[static_cast<std::size_t>(cell)]; }

 private:
  [[nodiscard]] std::string next(const GraphCell& cell) {
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

  [[nodiscard]] std::string stem_name(int number) const {
    return numbers_ == CellNumbers::keras ? join("stem_", number + 1) : join("cell_stem_", number);
  }
  [[nodiscard]] std::string normal_name(int in_stack) const {
    if (numbers_ == CellNumbers::keras) {
      return std::to_string(stack_ * stack_length_ + in_stack + (stack_ > 0 ? 1 : 0));
    }
    constexpr int cells_of_the_large_network = 6;
    return join("cell_", stack_ * (std::max)(cells_of_the_large_network, stack_length_) + in_stack);
  }
  [[nodiscard]] std::string reduction_name() const {
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
  NameTranslation(const NetworkGraph& graph, const NamingTable& table)
      : graph_(graph), table_(table), cells_(graph, table.numbers) {
    for (const GraphParameter& parameter : graph.parameters) known_.insert(parameter.name);
  }

  /// Their name of a parameter; nothing where the library's networks have none such.
  [[nodiscard]] std::optional<std::string> operator()(const GraphParameter& parameter) const {
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
  [[nodiscard]] std::optional<std::string> with_op_name(std::string_view local, CellRole role) const {
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
  [[nodiscard]] static std::size_t end_of_place(std::string_view local) {
    std::size_t end = 0;
    for (int part = 0; part < 3 && end != std::string_view::npos; ++part) {
      end = local.find('.', part == 0 ? 0 : end + 1);
    }
    return (std::min)(end, local.size());
  }

  [[nodiscard]] std::optional<std::string> by_rules(std::span<const NameRule> rules, std::string_view name,
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

}  // namespace detail

/// What each of graph.parameters is called in files; empty for what they do not hold: constants, and outside our own
/// files the auxiliary head. The networks of other libraries are those of their name with any number of filters,
/// classes and cells; timm's and Cadene's PNASNet names are used where normal and reduction cells are the same.
/// @throws ArgumentError where the naming has no name for a parameter.
[[nodiscard]] inline std::vector<std::string> weight_names(const NetworkGraph& graph, WeightNaming naming) {
  const detail::NamingTable* table = detail::naming_table(graph, naming);
  std::vector<std::string> names;
  if (table == nullptr) {
    for (const GraphParameter& parameter : graph.parameters) {
      names.push_back(is_stored(parameter) ? parameter.name : std::string());
    }
    return names;
  }
  const detail::NameTranslation translate(graph, *table);
  for (const GraphParameter& parameter : graph.parameters) {
    std::optional<std::string> name;
    if (is_stored(parameter) && !is_auxiliary(graph, parameter)) {
      name = translate(parameter);
      if (!name) {
        fail<ArgumentError>("the parameter '", parameter.name, "' has no name in files of ", to_string(naming),
                            ": its networks have no such parameter");
      }
    }
    names.push_back(name ? std::move(*name) : std::string());
  }
  return names;
}

/// The channels of the images that the network of a file takes, from the kernel of its stem; nothing where it has none.
[[nodiscard]] inline std::optional<std::int64_t> image_channels(const TensorFile& file) {
  struct StemKernel {
    std::string name;
    std::size_t input_axis;
  };
  for (const auto& [name, axis] : {StemKernel{"stem.conv.weight", 1}, StemKernel{"conv0.conv.weight", 1},
                                   StemKernel{"conv_0.conv.weight", 1}, StemKernel{"stem_conv1/kernel", 2}}) {
    if (file.contains(name) && file.at(name).extents.size() == 4) return file.at(name).extents[axis];
  }
  return std::nullopt;
}

}  // namespace nasnet::inline v0
