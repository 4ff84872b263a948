#pragma once

#include "nasnet/train/optimizer.hpp"

#include <cmath>    // pow, sqrt
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <utility>  // move
#include <variant>  // holds_alternative, variant, visit
#include <vector>   // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

template <class Scalar>
void update(const Sgd& rule, const OptimizerStep<Scalar>& step) {
  const auto momentum = static_cast<Scalar>(rule.momentum);
  Scalar* velocity = step.slots[0];
  for (std::int64_t i = 0; i < step.elements; ++i) {
    const Scalar g = step.total_gradient(i);
    velocity[i] = momentum * velocity[i] + g;
    step.weights[i] -= step.rate * (rule.nesterov ? g + momentum * velocity[i] : velocity[i]);
  }
}

template <class Scalar>
void update(const RmsProp& rule, const OptimizerStep<Scalar>& step) {
  const auto decay = static_cast<Scalar>(rule.decay);
  const auto momentum = static_cast<Scalar>(rule.momentum);
  const auto epsilon = static_cast<Scalar>(rule.epsilon);
  Scalar* square = step.slots[0];
  Scalar* move = step.slots[1];
  for (std::int64_t i = 0; i < step.elements; ++i) {
    const Scalar g = step.total_gradient(i);
    square[i] = decay * square[i] + (1 - decay) * g * g;
    move[i] = momentum * move[i] + step.rate * g / std::sqrt(square[i] + epsilon);
    step.weights[i] -= move[i];
  }
}

template <class Scalar>
void update(const Adam& rule, const OptimizerStep<Scalar>& step) {
  const auto beta1 = static_cast<Scalar>(rule.beta1);
  const auto beta2 = static_cast<Scalar>(rule.beta2);
  const auto epsilon = static_cast<Scalar>(rule.epsilon);
  const auto number = static_cast<double>(step.number);
  const auto correction1 = static_cast<Scalar>(1 - std::pow(rule.beta1, number));
  const auto correction2 = static_cast<Scalar>(1 - std::pow(rule.beta2, number));
  Scalar* mean = step.slots[0];
  Scalar* square = step.slots[1];
  for (std::int64_t i = 0; i < step.elements; ++i) {
    const Scalar g = step.total_gradient(i);
    mean[i] = beta1 * mean[i] + (1 - beta1) * g;
    square[i] = beta2 * square[i] + (1 - beta2) * g * g;
    step.weights[i] -= step.rate * (mean[i] / correction1) / (std::sqrt(square[i] / correction2) + epsilon);
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
Optimizer<Scalar>::Optimizer(OptimizerRule rule, std::vector<TrainableParameter<Scalar>> parameters)
    : rule_(rule), parameters_(std::move(parameters)) {
  const std::size_t slots = std::visit([](const auto& r) { return r.slots; }, rule_);
  for (const TrainableParameter<Scalar>& parameter : parameters_) {
    std::vector<Tensor<Scalar>> state;
    for (std::size_t s = 0; s < slots; ++s) {
      state.emplace_back(parameter.variable.shape());
      state.back().fill(std::holds_alternative<RmsProp>(rule_) && s == 0 ? Scalar{1} : Scalar{0});
    }
    state_.push_back(std::move(state));
  }
}

template <class Scalar>
double Optimizer<Scalar>::gradient_norm() const {
  double sum = 0;
  for (const TrainableParameter<Scalar>& parameter : parameters_) {
    if (!parameter.variable.has_gradient()) continue;
    double part = 0;
    for (const Scalar g : parameter.variable.gradient().values()) part += static_cast<double>(g) * g;
    sum += part;
  }
  return std::sqrt(sum);
}

template <class Scalar>
void Optimizer<Scalar>::step(Context& context, double learning_rate, double gradient_scale) {
  ++steps_;
  context.parallel_for(static_cast<std::int64_t>(parameters_.size()), 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) step_one(static_cast<std::size_t>(p), learning_rate, gradient_scale);
  });
}

template <class Scalar>
void Optimizer<Scalar>::step_one(std::size_t index, double learning_rate, double gradient_scale) {
  TrainableParameter<Scalar>& parameter = parameters_[index];
  if (!parameter.variable.has_gradient()) return;
  detail::OptimizerStep<Scalar> step{.weights = parameter.variable.value().data(),
                                     .gradient = parameter.variable.gradient().data(),
                                     .slots = {},
                                     .elements = parameter.variable.value().elements(),
                                     .rate = static_cast<Scalar>(learning_rate),
                                     .gradient_scale = static_cast<Scalar>(gradient_scale),
                                     .weight_decay = Scalar{0},
                                     .number = steps_};
  for (Tensor<Scalar>& slot : state_[index]) step.slots.push_back(slot.data());
  std::visit(
      [&](const auto& rule) {
        if (parameter.decays) step.weight_decay = static_cast<Scalar>(rule.weight_decay);
        detail::update(rule, step);
      },
      rule_);
}

}  // namespace nasnet::inline NASNET_ABI
