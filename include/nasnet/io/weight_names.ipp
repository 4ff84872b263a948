#pragma once

#include "nasnet/io/weight_names.hpp"

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <optional>     // nullopt, optional
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/io/detail/name_translation.hpp"
#include "nasnet/io/detail/naming_tables.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/primitive/parameter.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY WeightNaming weight_naming(std::string_view name) {
  std::string known;
  for (std::size_t n = 0; n < weight_naming_names.size(); ++n) {
    if (weight_naming_names[n] == name) return static_cast<WeightNaming>(n);
    known.append(n == 0 ? "" : ", ").append(weight_naming_names[n]);
  }
  fail<ArgumentError>("'", name, "' is no naming of weights: known are ", known);
}

NASNET_BODY Shape shape_in_file(const ParameterSpec& spec, WeightNaming naming) {
  if (kernel_layout(naming) == KernelLayout::outputs_first) return spec.file_shape();
  if (spec.layout == ParameterLayout::depthwise) return {spec.shape[0], spec.shape[1], spec.shape[2], 1};
  return spec.shape;
}

NASNET_BODY bool may_stand_beside(std::string_view name, WeightNaming naming) {
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

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

/// The table of a naming for a network; none for our own.
NASNET_LAZY [[nodiscard]] inline const NamingTable* naming_table(const NetworkGraph& graph, WeightNaming naming) {
  switch (naming) {
    case WeightNaming::nasnet: break;
    case WeightNaming::timm:
    case WeightNaming::cadene: return has_one_cell(graph) ? &torch_pnasnet_table : &torch_nasnet_table;
    case WeightNaming::keras: return &keras_table;
  }
  return nullptr;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::vector<std::string> weight_names(const NetworkGraph& graph, WeightNaming naming) {
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

NASNET_BODY std::optional<std::int64_t> image_channels(const TensorFile& file) {
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

}  // namespace nasnet::inline NASNET_ABI
