/// What a network costs, from its graph alone: parameters, multiply-adds, bytes of activations.
#pragma once

#include <cstdint>  // int64_t
#include <variant>  // holds_alternative
#include <vector>   // vector

#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/shapes.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

[[nodiscard]] inline bool counts(const GraphNode& node, AuxiliaryHead auxiliary) {
  return node.part != NetworkPart::auxiliary || auxiliary == AuxiliaryHead::included;
}

/// Nodes that hand their input on unchanged in evaluation and so take no memory of their own.
[[nodiscard]] inline bool passes_through(const GraphNode& node) {
  return std::holds_alternative<DropPath>(node.primitive) || std::holds_alternative<Dropout>(node.primitive);
}

}  // namespace detail

/// Number of trainable parameters.
NASNET_LAZY [[nodiscard]] std::int64_t parameter_count(const NetworkGraph& graph,
                                                       AuxiliaryHead auxiliary = AuxiliaryHead::excluded);

/// Multiply-adds of each node for one image, in node order: those of convolutions and dense layers.
/// @throws ShapeError as infer_shapes.
NASNET_LAZY [[nodiscard]] std::vector<std::int64_t> node_multiply_adds(
    const NetworkGraph& graph, Size image, AuxiliaryHead auxiliary = AuxiliaryHead::excluded);

/// Multiply-adds for one image.
/// @throws ShapeError as infer_shapes.
NASNET_LAZY [[nodiscard]] std::int64_t multiply_adds(const NetworkGraph& graph, Size image,
                                                     AuxiliaryHead auxiliary = AuxiliaryHead::excluded);

/// Bytes of activations of one run.
struct ActivationBytes {
  std::int64_t inference = 0;  ///< most that is alive at one time, each map freed after its last reader
  std::int64_t training = 0;   ///< all maps that a backward pass reads, plus the most gradients alive at one time; an
                               ///< auxiliary head counts for images of the size that it fixes
};

/// Bytes of activations for a batch, parameters and kernels' scratch memory not counted.
/// @throws ShapeError as infer_shapes, ArgumentError unless batch > 0.
NASNET_LAZY [[nodiscard]] ActivationBytes activation_bytes(const NetworkGraph& graph, Size image,
                                                           std::int64_t batch = 1, std::int64_t scalar_bytes = 4);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/costs.ipp"
#endif
