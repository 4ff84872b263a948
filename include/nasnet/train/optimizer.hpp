/// Optimisers: rules that turn gradients into steps, and the state that they keep.
#pragma once

#include <cmath>    // pow, sqrt
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <string>   // string
#include <utility>  // move
#include <variant>  // holds_alternative, variant, visit
#include <vector>   // vector

#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

/// A parameter that an optimiser moves.
template <class Scalar>
struct TrainableParameter {
  std::string name;
  Variable<Scalar> variable;
  bool decays = true;  ///< whether weight decay applies
};

/// Stochastic gradient descent with momentum: v = momentum v + g, w -= rate v; with Nesterov w -= rate (g + momentum
/// v).
struct Sgd {
  static constexpr std::size_t slots = 1;
  double momentum = 0.9;
  bool nesterov = true;
  double weight_decay = 0;  ///< added to the gradient times w (L2)
};

/// RMSProp as TensorFlow computes it (paper's appendix: decay 0.9, epsilon 1.0): s = decay s + (1 - decay) g^2,
/// m = momentum m + rate g / sqrt(s + epsilon), w -= m; s starts at 1.
struct RmsProp {
  static constexpr std::size_t slots = 2;
  double decay = 0.9;
  double momentum = 0.9;
  double epsilon = 1.0;
  double weight_decay = 0;
};

/// Adam (Kingma and Ba, ICLR 2015): bias-corrected moving averages of g and g^2.
struct Adam {
  static constexpr std::size_t slots = 2;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
};

using OptimizerRule = std::variant<Sgd, RmsProp, Adam>;

namespace detail {

/// One parameter's elements in one step.
template <class Scalar>
struct OptimizerStep {
  Scalar* weights;
  const Scalar* gradient;
  std::vector<Scalar*> slots;
  std::int64_t elements;
  Scalar rate;
  Scalar gradient_scale;
  Scalar weight_decay;  // 0 where it does not apply
  std::int64_t number;  // of the step, from 1

  [[nodiscard]] Scalar total_gradient(std::int64_t i) const {
    return gradient_scale * gradient[i] + weight_decay * weights[i];
  }
};

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

}  // namespace detail

/// A rule with its state for a fixed list of parameters. Parameters without a gradient stay as they are.
template <class Scalar>
class Optimizer {
 public:
  Optimizer(OptimizerRule rule, std::vector<TrainableParameter<Scalar>> parameters)
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

  [[nodiscard]] const std::vector<TrainableParameter<Scalar>>& parameters() const { return parameters_; }

  /// Steps taken so far.
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }

  /// State tensors of each parameter, for checkpoints.
  [[nodiscard]] std::vector<std::vector<Tensor<Scalar>>>& state() { return state_; }
  [[nodiscard]] const std::vector<std::vector<Tensor<Scalar>>>& state() const { return state_; }

  /// Root of the sum of squares of all gradients, summed in a fixed order.
  [[nodiscard]] double gradient_norm() const {
    double sum = 0;
    for (const TrainableParameter<Scalar>& parameter : parameters_) {
      if (!parameter.variable.has_gradient()) continue;
      double part = 0;
      for (const Scalar g : parameter.variable.gradient().values()) part += static_cast<double>(g) * g;
      sum += part;
    }
    return std::sqrt(sum);
  }

  /// Moves the parameters against their gradients.
  /// @param gradient_scale multiplies the gradients first, before weight decay is added: what clipping asks for
  void step(Context& context, double learning_rate, double gradient_scale = 1.0) {
    ++steps_;
    context.parallel_for(static_cast<std::int64_t>(parameters_.size()), 16, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t p = begin; p < end; ++p) step_one(static_cast<std::size_t>(p), learning_rate, gradient_scale);
    });
  }

 private:
  void step_one(std::size_t index, double learning_rate, double gradient_scale) {
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

  OptimizerRule rule_;
  std::vector<TrainableParameter<Scalar>> parameters_;
  std::vector<std::vector<Tensor<Scalar>>> state_;
  std::int64_t steps_ = 0;
};

/// The factor that brings gradients of this global norm down to `limit`; 1 where they are within it or `limit` is 0.
[[nodiscard]] inline double clip_factor(double gradient_norm, double limit) {
  return limit > 0 && gradient_norm > limit ? limit / gradient_norm : 1.0;
}

}  // namespace nasnet::inline NASNET_ABI
