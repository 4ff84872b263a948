/// What a network's parameters are called in the files of other libraries, and how their kernels lie there.
#pragma once

#include <array>        // array
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <optional>     // nullopt, optional
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/graph/network_graph.hpp"
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
NASNET_LAZY [[nodiscard]] WeightNaming weight_naming(std::string_view name);

/// How kernels lie in files.
enum class KernelLayout {
  outputs_first,  ///< [O,I,kh,kw], depthwise [C,1,kh,kw], dense [O,I]; as in PyTorch
  inputs_first,   ///< [kh,kw,I,O], depthwise [kh,kw,C,1], dense [I,O]; as in TensorFlow
};

[[nodiscard]] constexpr KernelLayout kernel_layout(WeightNaming naming) {
  return naming == WeightNaming::keras ? KernelLayout::inputs_first : KernelLayout::outputs_first;
}

/// The shape that a parameter has in files.
NASNET_LAZY [[nodiscard]] Shape shape_in_file(const ParameterSpec& spec, WeightNaming naming);

/// Whether a file may hold a tensor of this name beside the weights: auxiliary heads in ours, and counts of batches in
/// those of PyTorch.
NASNET_LAZY [[nodiscard]] bool may_stand_beside(std::string_view name, WeightNaming naming);

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

/// What each of graph.parameters is called in files; empty for what they do not hold: constants, and outside our own
/// files the auxiliary head. The networks of other libraries are those of their name with any number of filters,
/// classes and cells; timm's and Cadene's PNASNet names are used where normal and reduction cells are the same.
/// @throws ArgumentError where the naming has no name for a parameter.
NASNET_LAZY [[nodiscard]] std::vector<std::string> weight_names(const NetworkGraph& graph, WeightNaming naming);

/// The channels of the images that the network of a file takes, from the kernel of its stem; nothing where it has none.
NASNET_LAZY [[nodiscard]] std::optional<std::int64_t> image_channels(const TensorFile& file);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/io/weight_names.ipp"
#endif
