/// One step of training: forward, loss, backward, clipping, update.
#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // int32_t, int64_t
#include <span>     // span
#include <utility>  // move
#include <vector>   // vector

#include "nasnet/autograd/tape.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/ops/softmax_cross_entropy.hpp"
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
[[nodiscard]] std::vector<TrainableParameter<Scalar>> trainable_parameters(Model<Scalar>& model) {
  std::vector<TrainableParameter<Scalar>> result;
  const std::vector<GraphParameter>& parameters = model.graph().parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (parameters[p].spec.role != ParameterRole::trainable) continue;
    result.push_back({parameters[p].name, model.parameters()[p], parameters[p].spec.decays()});
  }
  return result;
}

/// Forward and backward: fills the gradients of the model's parameters, which it clears first.
/// @param images [N,H,W,C] @param labels one per image
template <class Scalar>
StepResult compute_gradients(Context& context, Model<Scalar>& model, Tensor<Scalar> images,
                             std::span<const std::int32_t> labels, const RunOptions& run, const LossOptions& options) {
  model.clear_gradients();
  // Before any map: a block that a gradient takes among them, and keeps, is one that the next step has to ask for.
  for (Variable<Scalar>& parameter : model.parameters()) parameter.reserve_gradient(context);
  Tape<Scalar> tape(context);
  ModelOutput<Scalar> output = model.forward(tape, Variable<Scalar>(std::move(images)), run);
  StepResult result;
  result.correct = count_correct(output.logits.value(), labels);
  const SoftmaxCrossEntropy cross_entropy{{labels.begin(), labels.end()}, options.label_smoothing};
  const auto seed = [&](const Variable<Scalar>& logits, double weight) {
    Tensor<Scalar> gradient = context.tensor<Scalar>({1});
    gradient[0] = static_cast<Scalar>(weight);
    return typename Tape<Scalar>::SeededOutput{tape.apply(cross_entropy, {logits}), std::move(gradient)};
  };
  std::vector<typename Tape<Scalar>::SeededOutput> losses;
  losses.push_back(seed(output.logits, 1.0));
  if (output.auxiliary_logits) losses.push_back(seed(*output.auxiliary_logits, options.auxiliary_weight));
  result.loss = static_cast<double>(losses[0].output.value()[0]);
  output = {};  // the tape keeps what it needs
  tape.backward(losses);
  return result;
}

/// One step of training.
/// @param clip_norm largest global norm of the gradients; 0 for no clipping
template <class Scalar>
StepResult train_step(Context& context, Model<Scalar>& model, Optimizer<Scalar>& optimizer, Tensor<Scalar> images,
                      std::span<const std::int32_t> labels, double learning_rate, const RunOptions& run,
                      const LossOptions& options = {}, double clip_norm = 0) {
  StepResult result = compute_gradients(context, model, std::move(images), labels, run, options);
  if (clip_norm > 0) result.gradient_norm = optimizer.gradient_norm();
  optimizer.step(context, learning_rate, clip_factor(result.gradient_norm, clip_norm));
  return result;
}

}  // namespace nasnet::inline NASNET_ABI
