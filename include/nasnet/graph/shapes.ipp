#pragma once

#include "nasnet/graph/shapes.hpp"

#include <array>    // array
#include <cstddef>  // size_t
#include <vector>   // vector

#include "nasnet/core/error.hpp"
#include "nasnet/graph/network_graph.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::vector<FeatureShape> infer_shapes(const NetworkGraph& graph, Size image, AuxiliaryHead auxiliary) {
  if (image.height < 1 || image.width < 1) {
    fail<ShapeError>("network: an image of ", image.height, 'x', image.width, " pixels has nothing to read");
  }
  if (auxiliary == AuxiliaryHead::included && graph.image_size && image != *graph.image_size) {
    fail<ShapeError>("network: its auxiliary head is for images of ", graph.image_size->height, 'x',
                     graph.image_size->width, ", found ", image.height, 'x', image.width);
  }
  const FeatureShape input{image.height, image.width, graph.input_channels};
  std::vector<FeatureShape> shapes;
  shapes.reserve(graph.nodes.size());
  for (const GraphNode& node : graph.nodes) {
    if (node.part == NetworkPart::auxiliary && auxiliary == AuxiliaryHead::excluded) {
      shapes.emplace_back();
      continue;
    }
    std::vector<FeatureShape> inputs;
    for (const int source : node.inputs) {
      inputs.push_back(source < 0 ? input : shapes[static_cast<std::size_t>(source)]);
      if (inputs.back().size() != inputs.front().size()) {
        fail<ShapeError>(node.name, ": inputs are ", to_string(inputs.front()), " and ", to_string(inputs.back()));
      }
    }
    const Size size = output_size(node.primitive, inputs[0].size());
    if (size.height < 1 || size.width < 1) {
      fail<ShapeError>(node.name, ": an image of ", image.height, 'x', image.width, " leaves a map of ",
                       to_string(inputs[0]), ", which is too small");
    }
    shapes.push_back({size.height, size.width, node.channels});
  }
  return shapes;
}

}  // namespace nasnet::inline NASNET_ABI
