#pragma once

#include "nasnet/graph/costs.hpp"

#include <algorithm>  // max
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <vector>     // vector

#include "nasnet/core/shape.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/shapes.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::int64_t parameter_count(const NetworkGraph& graph, AuxiliaryHead auxiliary) {
  std::int64_t count = 0;
  for (const GraphParameter& parameter : graph.parameters) {
    const bool trains = parameter.spec.role == ParameterRole::trainable;
    if (trains && detail::counts(graph.nodes[static_cast<std::size_t>(parameter.node)], auxiliary)) {
      count += parameter.spec.shape.elements();
    }
  }
  return count;
}

NASNET_BODY std::vector<std::int64_t> node_multiply_adds(const NetworkGraph& graph, Size image,
                                                         AuxiliaryHead auxiliary) {
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

NASNET_BODY std::int64_t multiply_adds(const NetworkGraph& graph, Size image, AuxiliaryHead auxiliary) {
  std::int64_t sum = 0;
  for (const std::int64_t count : node_multiply_adds(graph, image, auxiliary)) sum += count;
  return sum;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

/// Plays a network's life through, map by map.
class ActivationMeter {
 public:
  NASNET_LAZY ActivationMeter(const NetworkGraph& graph, Size image, std::int64_t batch, std::int64_t scalar_bytes)
      : graph_(graph), last_reader_(graph.nodes.size(), -1), bytes_(graph.nodes.size(), 0) {
    const bool fits_auxiliary = graph.image_size && *graph.image_size == image;
    const std::vector<FeatureShape> shapes =
        infer_shapes(graph, image, fits_auxiliary ? AuxiliaryHead::included : AuxiliaryHead::excluded);
    const std::int64_t unit = checked_product(batch, scalar_bytes);
    for (std::size_t n = 0; n < shapes.size(); ++n) bytes_[n] = checked_product(shapes[n].elements(), unit);
  }

  NASNET_LAZY [[nodiscard]] std::int64_t inference() {
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

  NASNET_LAZY [[nodiscard]] std::int64_t training() {
    const std::vector<bool> keep = kept_for_backward();
    std::int64_t kept = 0;
    for (std::size_t n = 0; n < keep.size(); ++n) kept += keep[n] ? bytes_[n] : 0;
    return kept + most_gradients();
  }

 private:
  /// The node whose map a node's readers really read.
  NASNET_LAZY [[nodiscard]] int owner(int node) const {
    while (node >= 0 && passes_through(graph_.nodes[static_cast<std::size_t>(node)])) {
      node = graph_.nodes[static_cast<std::size_t>(node)].inputs[0];
    }
    return node;
  }

  NASNET_LAZY void find_last_readers(AuxiliaryHead auxiliary) {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (!counts(graph_.nodes[n], auxiliary) || passes_through(graph_.nodes[n])) continue;
      for (const int source : graph_.nodes[n].inputs) {
        const int map = owner(source);
        if (map >= 0) last_reader_[static_cast<std::size_t>(map)] = static_cast<int>(n);
      }
    }
  }

  NASNET_LAZY [[nodiscard]] std::int64_t freed_after(int reader) const {
    std::int64_t bytes = 0;
    for (std::size_t n = 0; n < last_reader_.size(); ++n) bytes += last_reader_[n] == reader ? bytes_[n] : 0;
    return bytes;
  }

  NASNET_LAZY [[nodiscard]] std::vector<bool> kept_for_backward() const {
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
  NASNET_LAZY [[nodiscard]] std::int64_t most_gradients() const {
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

  NASNET_LAZY [[nodiscard]] std::int64_t begin_gradient(std::vector<bool>& alive, int node) const {
    if (node < 0 || alive[static_cast<std::size_t>(node)]) return 0;
    alive[static_cast<std::size_t>(node)] = true;
    return bytes_[static_cast<std::size_t>(node)];
  }

  const NetworkGraph& graph_;
  std::vector<int> last_reader_;
  std::vector<std::int64_t> bytes_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY ActivationBytes activation_bytes(const NetworkGraph& graph, Size image, std::int64_t batch,
                                             std::int64_t scalar_bytes) {
  if (batch < 1) fail<ArgumentError>("activation bytes: the batch is ", batch, ", 1 or more is needed");
  detail::ActivationMeter meter(graph, image, batch, scalar_bytes);
  return {.inference = meter.inference(), .training = meter.training()};
}

}  // namespace nasnet::inline NASNET_ABI
