#pragma once

#include "nasnet/train/training_bytes.hpp"

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <variant>  // visit

#include "nasnet/core/shape.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/trainer.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY TrainingBytes training_bytes(const NetworkGraph& graph, Size image, const TrainOptions& options) {
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
