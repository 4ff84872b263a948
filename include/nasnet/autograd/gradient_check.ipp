#pragma once

#include "nasnet/autograd/gradient_check.hpp"

#include <algorithm>   // max
#include <cmath>       // abs, isfinite
#include <cstddef>     // size_t
#include <cstdint>     // int64_t
#include <functional>  // function
#include <utility>     // move
#include <vector>      // vector

#include "nasnet/autograd/tape.hpp"
#include "nasnet/core/random.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY double loss_of(const DifferentiableFunction& function, Context& context) {
  Tape<double> tape(context, Recording::off);
  return function(tape).value()[0];
}

NASNET_LAZY [[nodiscard]] inline double finite_difference(const DifferentiableFunction& function, Context& context,
                                                          double& element, double step) {
  const double value = element;
  element = value + step;
  const double above = loss_of(function, context);
  element = value - step;
  const double below = loss_of(function, context);
  element = value;
  return (above - below) / (2 * step);
}

NASNET_LAZY inline void compare_gradient(GradientCheckResult& result, const GradientCheckOptions& options,
                                         double gradient, double difference, std::size_t variable,
                                         std::int64_t element) {
  const double scale = (std::max)({1.0, std::abs(gradient), std::abs(difference)});
  const double error = std::abs(gradient - difference) / scale;
  if (error <= result.worst_error) return;
  result.worst_error = std::isfinite(error) ? error : 1e300;
  result.worst_place =
      join("variable ", variable, ", element ", element, ": gradient ", gradient, ", finite difference ", difference);
  result.passed = result.worst_error <= options.tolerance;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY GradientCheckResult check_gradients(const DifferentiableFunction& function,
                                                std::vector<Variable<double>> variables, Context& context,
                                                const GradientCheckOptions& options) {
  for (Variable<double>& variable : variables) variable.clear_gradient();
  Tape<double> tape(context);
  tape.backward(function(tape));
  GradientCheckResult result;
  for (std::size_t v = 0; v < variables.size(); ++v) {
    Variable<double>& variable = variables[v];
    const std::int64_t elements = variable.value().elements();
    const std::int64_t stride = (std::max)(std::int64_t{1}, elements / options.most_elements);
    for (std::int64_t i = 0; i < elements; i += stride) {
      const double gradient = variable.has_gradient() ? variable.gradient()[i] : 0.0;
      const double difference = detail::finite_difference(function, context, variable.value()[i], options.step);
      detail::compare_gradient(result, options, gradient, difference, v, i);
    }
  }
  return result;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY void forward(const WeightedSum& sum, OpCall<double>& call) {
  RandomStream weights = sum.weights;
  double total = 0;
  for (const double value : call.input().values()) total += value * (weights.uniform() - 0.5);
  call.allocate_output({1})[0] = total;
}

NASNET_BODY void backward(const WeightedSum& sum, const OpCall<double>& call, const OpGradients<double>& gradients) {
  const GradientSlot<double>& slot = gradients.inputs[0];
  if (!slot) return;
  RandomStream weights = sum.weights;
  for (std::int64_t i = 0; i < call.input().elements(); ++i) {
    const double term = gradients.output[0] * (weights.uniform() - 0.5);
    (*slot.tensor)[i] = slot.accumulate ? (*slot.tensor)[i] + term : term;
  }
}

NASNET_BODY Variable<double> random_variable(const Shape& shape, RandomStream random) {
  Tensor<double> tensor(shape);
  for (double& value : tensor.values()) value = random.normal();
  return Variable<double>(std::move(tensor), true);
}

}  // namespace nasnet::inline NASNET_ABI::detail
