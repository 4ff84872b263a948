/// Optimisers: rules that turn gradients into steps, and the state that they keep.
#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <string>   // string
#include <variant>  // holds_alternative, variant, visit
#include <vector>   // vector

#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/context.hpp"

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
void update(const Sgd& rule, const OptimizerStep<Scalar>& step);

template <class Scalar>
void update(const RmsProp& rule, const OptimizerStep<Scalar>& step);

template <class Scalar>
void update(const Adam& rule, const OptimizerStep<Scalar>& step);

}  // namespace detail

/// A rule with its state for a fixed list of parameters. Parameters without a gradient stay as they are.
template <class Scalar>
class Optimizer {
 public:
  Optimizer(OptimizerRule rule, std::vector<TrainableParameter<Scalar>> parameters);

  [[nodiscard]] const std::vector<TrainableParameter<Scalar>>& parameters() const { return parameters_; }

  /// Steps taken so far.
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }

  /// State tensors of each parameter, for checkpoints.
  [[nodiscard]] std::vector<std::vector<Tensor<Scalar>>>& state() { return state_; }
  [[nodiscard]] const std::vector<std::vector<Tensor<Scalar>>>& state() const { return state_; }

  /// Root of the sum of squares of all gradients, summed in a fixed order.
  [[nodiscard]] double gradient_norm() const;

  /// Moves the parameters against their gradients.
  /// @param gradient_scale multiplies the gradients first, before weight decay is added: what clipping asks for
  void step(Context& context, double learning_rate, double gradient_scale = 1.0);

 private:
  void step_one(std::size_t index, double learning_rate, double gradient_scale);

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

#if NASNET_HEADER_ONLY
#include "nasnet/train/optimizer.ipp"
#endif
