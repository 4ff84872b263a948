/// What a network's parameters are called in the files of other libraries, and how their kernels lie there.
#pragma once

#include <array>        // array
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

}  // namespace nasnet::inline NASNET_ABI
