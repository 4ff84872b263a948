/// One step of training: forward, loss, backward, clipping, update.
#pragma once

#include <cstdint>  // int32_t, int64_t
#include <span>     // span
#include <vector>   // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/train/optimizer.hpp"

namespace nasnet::inline NASNET_ABI {

/// What a step minimises.
struct LossOptions {
  double label_smoothing = 0;
  double auxiliary_weight = 0.4;  ///< of the auxiliary head's loss, where the network has one (paper's appendix)
};

/// What a step found, before its update.
struct StepResult {
  double loss = 0;           ///< mean over the batch, nats, without auxiliary loss and weight decay
  std::int64_t correct = 0;  ///< images whose largest logit is the label's
  double gradient_norm = 0;  ///< global, before clipping; 0 without clipping
};

/// The trainable parameters of a model, for an optimiser. Weight decay is for kernels, not for biases and
/// normalisation.
template <class Scalar>
[[nodiscard]] std::vector<TrainableParameter<Scalar>> trainable_parameters(Model<Scalar>& model);

/// Forward and backward: fills the gradients of the model's parameters, which it clears first.
/// @param images [N,H,W,C] @param labels one per image
template <class Scalar>
StepResult compute_gradients(Context& context, Model<Scalar>& model, Tensor<Scalar> images,
                             std::span<const std::int32_t> labels, const RunOptions& run, const LossOptions& options);

/// One step of training.
/// @param clip_norm largest global norm of the gradients; 0 for no clipping
template <class Scalar>
StepResult train_step(Context& context, Model<Scalar>& model, Optimizer<Scalar>& optimizer, Tensor<Scalar> images,
                      std::span<const std::int32_t> labels, double learning_rate, const RunOptions& run,
                      const LossOptions& options = {}, double clip_norm = 0);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/train/train_step.ipp"
#endif
