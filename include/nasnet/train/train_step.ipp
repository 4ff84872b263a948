#pragma once

#include "nasnet/train/train_step.hpp"

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

template <class Scalar>
std::vector<TrainableParameter<Scalar>> trainable_parameters(Model<Scalar>& model) {
  std::vector<TrainableParameter<Scalar>> result;
  const std::vector<GraphParameter>& parameters = model.graph().parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (parameters[p].spec.role != ParameterRole::trainable) continue;
    result.push_back({parameters[p].name, model.parameters()[p], parameters[p].spec.decays()});
  }
  return result;
}

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

template <class Scalar>
StepResult train_step(Context& context, Model<Scalar>& model, Optimizer<Scalar>& optimizer, Tensor<Scalar> images,
                      std::span<const std::int32_t> labels, double learning_rate, const RunOptions& run,
                      const LossOptions& options, double clip_norm) {
  StepResult result = compute_gradients(context, model, std::move(images), labels, run, options);
  if (clip_norm > 0) result.gradient_norm = optimizer.gradient_norm();
  optimizer.step(context, learning_rate, clip_factor(result.gradient_norm, clip_norm));
  return result;
}

}  // namespace nasnet::inline NASNET_ABI
