/// How much memory a training takes, from the graph of its network alone.
#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <variant>  // visit

#include "nasnet/core/shape.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/trainer.hpp"

namespace nasnet::inline NASNET_ABI {

/// Bytes that a training in floats takes at its peak.
struct TrainingBytes {
  std::int64_t activations = 0;  ///< maps kept for the backward pass and gradients of maps; see activation_bytes()
  std::int64_t images = 0;       ///< of the batch that runs and of the next one
  std::int64_t parameters = 0;   ///< with the statistics of batch norms
  std::int64_t gradients = 0;    ///< of the parameters
  std::int64_t optimizer = 0;    ///< its state, and the moving average of the parameters

  [[nodiscard]] std::int64_t total() const { return activations + images + parameters + gradients + optimizer; }
};

/// @param image size of the images that it is trained on
/// @throws ShapeError where they are too small for the network, ArgumentError unless the batch is 1 or more.
[[nodiscard]] inline TrainingBytes training_bytes(const NetworkGraph& graph, Size image, const TrainOptions& options) {
  constexpr std::int64_t scalar = sizeof(float);
  TrainingBytes bytes;
  bytes.activations = activation_bytes(graph, image, options.batch, scalar).training;
  const std::int64_t pixels = checked_product(checked_product(image.height, image.width), graph.input_channels);
  bytes.images = checked_product(checked_product(pixels, options.batch), (options.prefetch ? 2 : 1) * scalar);
  std::int64_t trained = 0;
  for (const GraphParameter& parameter : graph.parameters) {
    const std::int64_t size = checked_product(parameter.spec.shape.elements(), scalar);
    bytes.parameters += size;
    if (parameter.spec.role == ParameterRole::trainable) trained += size;
  }
  const std::size_t slots = std::visit([](const auto& rule) { return rule.slots; }, options.optimizer);
  bytes.gradients = trained;
  bytes.optimizer = checked_product(trained, static_cast<std::int64_t>(slots) + (options.average_decay ? 1 : 0));
  return bytes;
}

}  // namespace nasnet::inline NASNET_ABI
