/// What a network costs, from its graph alone: parameters, multiply-adds, bytes of activations.
#pragma once

#include <algorithm>  // max
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <variant>    // holds_alternative
#include <vector>     // vector

#include "nasnet/core/shape.hpp"
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
[[nodiscard]] inline std::int64_t parameter_count(const NetworkGraph& graph,
                                                  AuxiliaryHead auxiliary = AuxiliaryHead::excluded) {
  std::int64_t count = 0;
  for (const GraphParameter& parameter : graph.parameters) {
    const bool trains = parameter.spec.role == ParameterRole::trainable;
    if (trains && detail::counts(graph.nodes[static_cast<std::size_t>(parameter.node)], auxiliary)) {
      count += parameter.spec.shape.elements();
    }
  }
  return count;
}

/// Multiply-adds of each node for one image, in node order: those of convolutions and dense layers.
/// @throws ShapeError as infer_shapes.
[[nodiscard]] inline std::vector<std::int64_t> node_multiply_adds(const NetworkGraph& graph, Size image,
                                                                  AuxiliaryHead auxiliary = AuxiliaryHead::excluded) {
  const std::vector<FeatureShape> shapes = infer_shapes(graph, image, auxiliary);
  std::vector<std::int64_t> counts;
  for (const GraphNode& node : graph.nodes) {
    if (!detail::counts(node, auxiliary)) {
      counts.push_back(0);
      continue;
    }
    std::vector<FeatureShape> inputs;
    for (const int source : node.inputs) {
      inputs.push_back(source < 0 ? FeatureShape{image.height, image.width, graph.input_channels}
                                  : shapes[static_cast<std::size_t>(source)]);
    }
    counts.push_back(multiply_adds(node.primitive, inputs));
  }
  return counts;
}

/// Multiply-adds for one image.
/// @throws ShapeError as infer_shapes.
[[nodiscard]] inline std::int64_t multiply_adds(const NetworkGraph& graph, Size image,
                                                AuxiliaryHead auxiliary = AuxiliaryHead::excluded) {
  std::int64_t sum = 0;
  for (const std::int64_t count : node_multiply_adds(graph, image, auxiliary)) sum += count;
  return sum;
}

/// Bytes of activations of one run.
struct ActivationBytes {
  std::int64_t inference = 0;  ///< most that is alive at one time, each map freed after its last reader
  std::int64_t training = 0;   ///< all maps that a backward pass reads, plus the most gradients alive at one time; an
                               ///< auxiliary head counts for images of the size that it fixes
};

namespace detail {

/// Plays a network's life through, map by map.
class ActivationMeter {
 public:
  ActivationMeter(const NetworkGraph& graph, Size image, std::int64_t batch, std::int64_t scalar_bytes)
      : graph_(graph), last_reader_(graph.nodes.size(), -1), bytes_(graph.nodes.size(), 0) {
    const bool fits_auxiliary = graph.image_size && *graph.image_size == image;
    const std::vector<FeatureShape> shapes =
        infer_shapes(graph, image, fits_auxiliary ? AuxiliaryHead::included : AuxiliaryHead::excluded);
    const std::int64_t unit = checked_product(batch, scalar_bytes);
    for (std::size_t n = 0; n < shapes.size(); ++n) bytes_[n] = checked_product(shapes[n].elements(), unit);
  }

  [[nodiscard]] std::int64_t inference() {
    find_last_readers(AuxiliaryHead::excluded);
    std::int64_t alive = 0;
    std::int64_t most = 0;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const GraphNode& node = graph_.nodes[n];
      if (!counts(node, AuxiliaryHead::excluded) || passes_through(node)) continue;
      alive += bytes_[n];
      most = (std::max)(most, alive);
      alive -= freed_after(static_cast<int>(n));
      if (last_reader_[n] < 0) alive -= bytes_[n];
    }
    return most;
  }

  [[nodiscard]] std::int64_t training() {
    const std::vector<bool> keep = kept_for_backward();
    std::int64_t kept = 0;
    for (std::size_t n = 0; n < keep.size(); ++n) kept += keep[n] ? bytes_[n] : 0;
    return kept + most_gradients();
  }

 private:
  /// The node whose map a node's readers really read.
  [[nodiscard]] int owner(int node) const {
    while (node >= 0 && passes_through(graph_.nodes[static_cast<std::size_t>(node)])) {
      node = graph_.nodes[static_cast<std::size_t>(node)].inputs[0];
    }
    return node;
  }

  void find_last_readers(AuxiliaryHead auxiliary) {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (!counts(graph_.nodes[n], auxiliary) || passes_through(graph_.nodes[n])) continue;
      for (const int source : graph_.nodes[n].inputs) {
        const int map = owner(source);
        if (map >= 0) last_reader_[static_cast<std::size_t>(map)] = static_cast<int>(n);
      }
    }
  }

  [[nodiscard]] std::int64_t freed_after(int reader) const {
    std::int64_t bytes = 0;
    for (std::size_t n = 0; n < last_reader_.size(); ++n) bytes += last_reader_[n] == reader ? bytes_[n] : 0;
    return bytes;
  }

  [[nodiscard]] std::vector<bool> kept_for_backward() const {
    std::vector<bool> keep(graph_.nodes.size(), false);
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const GraphNode& node = graph_.nodes[n];
      if (backward_reads_output(node.primitive)) keep[n] = true;
      if (!backward_reads_inputs(node.primitive)) continue;
      for (const int source : node.inputs) {
        if (source >= 0) keep[static_cast<std::size_t>(source)] = true;
      }
    }
    return keep;
  }

  /// A map's gradient lives from its last reader's backward step to its own.
  [[nodiscard]] std::int64_t most_gradients() const {
    std::vector<bool> alive(graph_.nodes.size(), false);
    std::int64_t bytes = 0;
    std::int64_t most = 0;
    for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
      bytes += begin_gradient(alive, static_cast<int>(n));
      for (const int source : graph_.nodes[n].inputs) bytes += begin_gradient(alive, source);
      most = (std::max)(most, bytes);
      bytes -= bytes_[n];
    }
    return most;
  }

  [[nodiscard]] std::int64_t begin_gradient(std::vector<bool>& alive, int node) const {
    if (node < 0 || alive[static_cast<std::size_t>(node)]) return 0;
    alive[static_cast<std::size_t>(node)] = true;
    return bytes_[static_cast<std::size_t>(node)];
  }

  const NetworkGraph& graph_;
  std::vector<int> last_reader_;
  std::vector<std::int64_t> bytes_;
};

}  // namespace detail

/// Bytes of activations for a batch, parameters and kernels' scratch memory not counted.
/// @throws ShapeError as infer_shapes, ArgumentError unless batch > 0.
[[nodiscard]] inline ActivationBytes activation_bytes(const NetworkGraph& graph, Size image, std::int64_t batch = 1,
                                                      std::int64_t scalar_bytes = 4) {
  if (batch < 1) fail<ArgumentError>("activation bytes: the batch is ", batch, ", 1 or more is needed");
  detail::ActivationMeter meter(graph, image, batch, scalar_bytes);
  return {.inference = meter.inference(), .training = meter.training()};
}

}  // namespace nasnet::inline NASNET_ABI
