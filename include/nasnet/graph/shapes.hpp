/// The shape of every map of a network, for any size of image.
#pragma once

#include <vector>  // vector

#include "nasnet/graph/network_graph.hpp"

namespace nasnet::inline NASNET_ABI {

/// Whether something takes in the auxiliary head, which evaluation does not run. Published figures leave it out.
enum class AuxiliaryHead { excluded, included };

/// Shape of each node's output, in node order. Without the auxiliary head, its nodes' shapes are 0x0x0.
/// @throws ShapeError for an image smaller than the network can take, naming the node, and with the auxiliary head for
/// a size other than the one that it fixes.
NASNET_LAZY [[nodiscard]] std::vector<FeatureShape> infer_shapes(const NetworkGraph& graph, Size image,
                                                                 AuxiliaryHead auxiliary = AuxiliaryHead::excluded);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/shapes.ipp"
#endif
