/// Gradients against central finite differences: the check that every primitive and every model should pass.
#pragma once

#include <algorithm>    // max
#include <cmath>        // abs, isfinite
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <functional>   // function
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/autograd/tape.hpp"
#include "nasnet/core/random.hpp"

namespace nasnet::inline NASNET_ABI {

/// How finely to check.
struct GradientCheckOptions {
  double step = 1e-5;               ///< of the finite differences, added to and taken from each element
  double tolerance = 1e-6;          ///< of |difference| / max(1, |gradient|, |finite difference|)
  std::int64_t most_elements = 64;  ///< elements checked per variable, spread evenly
};

/// What was found.
struct GradientCheckResult {
  double worst_error = 0;
  std::string worst_place;  ///< "variable 1, element 17: gradient 0.5, finite difference 0.25"
  bool passed = true;
};

/// A computation to check: reads variables that it has captured, returns a loss of one element. It must compute the
/// same each time, so pass it the same random streams.
using DifferentiableFunction = std::function<Variable<double>(Tape<double>&)>;

namespace detail {

[[nodiscard]] inline double loss_of(const DifferentiableFunction& function, Context& context) {
  Tape<double> tape(context, Recording::off);
  return function(tape).value()[0];
}

[[nodiscard]] inline double finite_difference(const DifferentiableFunction& function, Context& context, double& element,
                                              double step) {
  const double value = element;
  element = value + step;
  const double above = loss_of(function, context);
  element = value - step;
  const double below = loss_of(function, context);
  element = value;
  return (above - below) / (2 * step);
}

inline void compare_gradient(GradientCheckResult& result, const GradientCheckOptions& options, double gradient,
                             double difference, std::size_t variable, std::int64_t element) {
  const double scale = (std::max)({1.0, std::abs(gradient), std::abs(difference)});
  const double error = std::abs(gradient - difference) / scale;
  if (error <= result.worst_error) return;
  result.worst_error = std::isfinite(error) ? error : 1e300;
  result.worst_place =
      join("variable ", variable, ", element ", element, ": gradient ", gradient, ", finite difference ", difference);
  result.passed = result.worst_error <= options.tolerance;
}

}  // namespace detail

/// Compares the gradients of `function` by the given variables with finite differences.
[[nodiscard]] inline GradientCheckResult check_gradients(const DifferentiableFunction& function,
                                                         std::vector<Variable<double>> variables, Context& context,
                                                         const GradientCheckOptions& options = {}) {
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

namespace detail {

/// The sum of a tensor's elements, each times a fixed weight: a loss that tells the elements of an output apart.
struct WeightedSum {
  static constexpr std::string_view name = "weighted_sum";
  RandomStream weights{};
};

inline void forward(const WeightedSum& sum, OpCall<double>& call) {
  RandomStream weights = sum.weights;
  double total = 0;
  for (const double value : call.input().values()) total += value * (weights.uniform() - 0.5);
  call.allocate_output({1})[0] = total;
}

inline void backward(const WeightedSum& sum, const OpCall<double>& call, const OpGradients<double>& gradients) {
  const GradientSlot<double>& slot = gradients.inputs[0];
  if (!slot) return;
  RandomStream weights = sum.weights;
  for (std::int64_t i = 0; i < call.input().elements(); ++i) {
    const double term = gradients.output[0] * (weights.uniform() - 0.5);
    (*slot.tensor)[i] = slot.accumulate ? (*slot.tensor)[i] + term : term;
  }
}

[[nodiscard]] inline Variable<double> random_variable(const Shape& shape, RandomStream random) {
  Tensor<double> tensor(shape);
  for (double& value : tensor.values()) value = random.normal();
  return Variable<double>(std::move(tensor), true);
}

}  // namespace detail

/// Checks a primitive's backward on random inputs and parameters of the given shapes.
/// @param inputs  [N,H,W,C] of each input
template <class P>
[[nodiscard]] GradientCheckResult check_gradients(const P& primitive, const std::vector<Shape>& inputs,
                                                  Context& context, const RunOptions& run = {},
                                                  const GradientCheckOptions& options = {}) {
  const RandomStream random = run.random.split("gradient_check");
  std::vector<Variable<double>> values;
  std::vector<std::int64_t> channels;
  for (const Shape& shape : inputs) {
    values.push_back(detail::random_variable(shape, random.split("input", values.size())));
    channels.push_back(shape[shape.rank() - 1]);
  }
  std::vector<Variable<double>> parameters;
  std::vector<Variable<double>> checked = values;
  for (const ParameterSpec& spec : parameters_of(primitive, channels)) {
    Variable<double> parameter = detail::random_variable(spec.shape, random.split("parameter", parameters.size()));
    if (spec.role == ParameterRole::trainable) {
      checked.push_back(parameter);
    } else {
      // A statistic: as a variance, it must be positive.
      for (double& value : parameter.value().values()) value = 0.5 + value * value;
      parameter = Variable<double>(parameter.value().clone());
    }
    parameters.push_back(std::move(parameter));
  }
  const DifferentiableFunction function = [&](Tape<double>& tape) {
    const Variable<double> output = tape.apply(primitive, values, parameters, run);
    return tape.apply(detail::WeightedSum{random.split("output")}, {output});
  };
  return check_gradients(function, std::move(checked), context, options);
}

}  // namespace nasnet::inline NASNET_ABI
