/// How much memory a training takes, from the graph of its network alone.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/graph/network_graph.hpp"
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
NASNET_LAZY [[nodiscard]] TrainingBytes training_bytes(const NetworkGraph& graph, Size image,
                                                       const TrainOptions& options);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/train/training_bytes.ipp"
#endif
