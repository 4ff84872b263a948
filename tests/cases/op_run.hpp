// Runs a case of the table on the CPU.
#pragma once

#include <concepts>  // same_as
#include <cstddef>   // size_t
#include <cstdint>   // int64_t, uint64_t
#include <memory>    // make_unique, unique_ptr
#include <utility>   // as_const, move, swap
#include <vector>    // vector

#include "cases/op_cases.hpp"

namespace cases {

/// Values between -2 and 2 in random order, no two equal, none within a thousandth of another's or of zero for up to a
/// thousand elements: far from the kinks of ReLU, maximum and minimum. They are floats, whatever the type.
inline std::vector<double> case_values(std::int64_t count, std::uint64_t seed, bool positive = false) {
  std::vector<double> values(static_cast<std::size_t>(count));
  const double shift = 0.45 - 0.1 * static_cast<double>(seed % 4);
  for (std::int64_t i = 0; i < count; ++i) {
    const double place = (static_cast<double>(i) + shift) / static_cast<double>(count);
    values[static_cast<std::size_t>(i)] = static_cast<float>(positive ? 0.3 + 2 * place : 4 * place - 2);
  }
  nasnet::RandomStream random(seed + 17);
  for (std::int64_t i = count - 1; i > 0; --i) {
    std::swap(values[static_cast<std::size_t>(i)], values[static_cast<std::size_t>(random.below(i + 1))]);
  }
  return values;
}

template <class Scalar>
Tensor<Scalar> tensor_of(const Shape& shape, const std::vector<double>& values) {
  Tensor<Scalar> result(shape);
  for (std::int64_t i = 0; i < result.elements(); ++i)
    result[i] = static_cast<Scalar>(values[static_cast<std::size_t>(i)]);
  return result;
}

/// Values of one parameter. Variances are positive.
inline std::vector<double> parameter_values(const nasnet::ParameterSpec& spec, std::uint64_t seed) {
  if (!spec.values.empty()) return spec.values;
  return case_values(spec.shape.elements(), seed, spec.name == "running_var");
}

inline std::vector<nasnet::ParameterSpec> parameters_of(const OpCase& op) {
  std::vector<std::int64_t> channels;
  for (const Shape& shape : op.inputs) channels.push_back(shape[shape.rank() - 1]);
  return nasnet::parameters_of(op.primitive, channels);
}

inline nasnet::RunOptions run_options(const OpCase& op) {
  return {.mode = op.mode,
          .random = nasnet::RandomStream(5).split("op case"),
          .drop_path_keep = op.drop_path_keep,
          .drop_path_progress = op.drop_path_progress};
}

/// Which gradients a backward pass is asked for.
enum class Wanted { all, inputs, parameters, none };

/// The values of a case and what came of them.
template <class Scalar>
class OpRun {
 public:
  OpRun(const OpCase& op, nasnet::Context& context) : op_(op), context_(context) {
    std::uint64_t seed = 0;
    for (const Shape& shape : op.inputs) {
      inputs.push_back(tensor_of<Scalar>(shape, case_values(shape.elements(), seed++, op.positive)));
    }
    for (const nasnet::ParameterSpec& spec : parameters_of(op)) {
      parameters.push_back(tensor_of<Scalar>(spec.shape, parameter_values(spec, seed++)));
      trainable.push_back(spec.role == nasnet::ParameterRole::trainable);
    }
  }

  std::vector<Tensor<Scalar>> inputs;
  std::vector<Tensor<Scalar>> parameters;
  std::vector<bool> trainable;
  Tensor<Scalar> output;
  std::vector<Tensor<Scalar>> input_gradients;
  std::vector<Tensor<Scalar>> parameter_gradients;

  /// Computes the output; keeps what backward needs.
  void forward() {
    call_ =
        std::make_unique<nasnet::OpCall<Scalar>>(nasnet::OpCall<Scalar>{.context = context_, .run = run_options(op_)});
    for (const Tensor<Scalar>& input : inputs) call_->inputs.push_back(&input);
    for (Tensor<Scalar>& parameter : parameters) call_->parameters.push_back(&parameter);
    nasnet::forward(op_.primitive, *call_);
    output = std::move(call_->output);
  }

  /// What the loss, a weighted sum of the outputs, says about each of them.
  [[nodiscard]] Tensor<Scalar> output_gradient() const {
    return tensor_of<Scalar>(output.shape(), case_values(output.elements(), 7));
  }

  /// Computes the gradients, over tensors that hold `before`. The call sees no more than the protocol promises.
  void backward(Scalar before, bool accumulate, Wanted wanted = Wanted::all) {
    if (!nasnet::backward_reads_inputs(op_.primitive)) call_->inputs.assign(inputs.size(), nullptr);
    call_->kept_output = nasnet::backward_reads_output(op_.primitive) ? &output : nullptr;
    const Tensor<Scalar> from_output = output_gradient();
    nasnet::OpGradients<Scalar> gradients{.output = from_output};
    input_gradients = filled_like(inputs, before);
    parameter_gradients = filled_like(parameters, before);
    for (Tensor<Scalar>& gradient : input_gradients) {
      const bool asked = wanted == Wanted::all || wanted == Wanted::inputs;
      gradients.inputs.push_back({asked ? &gradient : nullptr, accumulate});
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const bool asked = trainable[i] && (wanted == Wanted::all || wanted == Wanted::parameters);
      gradients.parameters.push_back({asked ? &parameter_gradients[i] : nullptr, accumulate});
    }
    nasnet::backward(op_.primitive, std::as_const(*call_), gradients);
  }

  /// The loss of the current output.
  [[nodiscard]] double loss() const {
    const Tensor<Scalar> weights = output_gradient();
    double sum = 0;
    for (std::int64_t i = 0; i < output.elements(); ++i) {
      sum += static_cast<double>(weights[i]) * static_cast<double>(output[i]);
    }
    return sum;
  }

  /// What the plain loops make of the same values.
  [[nodiscard]] Tensor<double> reference() const requires std::same_as<Scalar, double> {
    ReferenceCall call{.inputs = {}, .parameters = {}, .run = run_options(op_)};
    for (const Tensor<double>& input : inputs) call.inputs.push_back(&input);
    for (const Tensor<double>& parameter : parameters) call.parameters.push_back(&parameter);
    return op_.reference(call);
  }

  [[nodiscard]] const nasnet::OpCall<Scalar>& call() const { return *call_; }

 private:
  [[nodiscard]] static std::vector<Tensor<Scalar>> filled_like(const std::vector<Tensor<Scalar>>& tensors,
                                                               Scalar value) {
    std::vector<Tensor<Scalar>> result;
    for (const Tensor<Scalar>& tensor : tensors) {
      result.emplace_back(tensor.shape());
      result.back().fill(value);
    }
    return result;
  }

  const OpCase& op_;
  nasnet::Context& context_;
  std::unique_ptr<nasnet::OpCall<Scalar>> call_;
};

}  // namespace cases
