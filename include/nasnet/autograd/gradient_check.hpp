/// Gradients against central finite differences: the check that every primitive and every model should pass.
#pragma once

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

NASNET_LAZY [[nodiscard]] double loss_of(const DifferentiableFunction& function, Context& context);

}  // namespace detail

/// Compares the gradients of `function` by the given variables with finite differences.
NASNET_LAZY [[nodiscard]] GradientCheckResult check_gradients(const DifferentiableFunction& function,
                                                              std::vector<Variable<double>> variables, Context& context,
                                                              const GradientCheckOptions& options = {});

namespace detail {

/// The sum of a tensor's elements, each times a fixed weight: a loss that tells the elements of an output apart.
struct WeightedSum {
  static constexpr std::string_view name = "weighted_sum";
  RandomStream weights{};
};

NASNET_LAZY void forward(const WeightedSum& sum, OpCall<double>& call);

NASNET_LAZY void backward(const WeightedSum& sum, const OpCall<double>& call, const OpGradients<double>& gradients);

NASNET_LAZY [[nodiscard]] Variable<double> random_variable(const Shape& shape, RandomStream random);

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

#if NASNET_HEADER_ONLY
#include "nasnet/autograd/gradient_check.ipp"
#endif
