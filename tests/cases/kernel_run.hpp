// Runs an op's kernels for one instruction set, on whole numbers: sums of them are exact in any order, so that results
// must equal those of plain loops to the last bit.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <cstring>      // memcmp
#include <string>       // string
#include <type_traits>  // type_identity_t
#include <vector>       // vector

#include "cases/reference_ops.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/primitive/structure.hpp"

namespace cases {

using nasnet::InstructionSet;

/// The sets that this processor has, NASNET_ISA's cap respected.
inline std::vector<InstructionSet> instruction_sets() {
  std::vector<InstructionSet> sets;
  for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set <= nasnet::instruction_set()) sets.push_back(set);
  }
  return sets;
}

/// Whole numbers from -5 to 5.
template <class Scalar>
Tensor<Scalar> whole_numbers(const Shape& shape, std::uint64_t seed) {
  Tensor<Scalar> result(shape);
  nasnet::RandomStream random(seed);
  for (Scalar& value : result.values()) value = static_cast<Scalar>(random.below(11) - 5);
  return result;
}

/// Normal numbers.
template <class Scalar>
Tensor<Scalar> normal_numbers(const Shape& shape, std::uint64_t seed) {
  Tensor<Scalar> result(shape);
  nasnet::RandomStream random(seed);
  for (Scalar& value : result.values()) value = static_cast<Scalar>(random.normal());
  return result;
}

template <class Scalar>
Tensor<double> to_double(const Tensor<Scalar>& x) {
  Tensor<double> result(x.shape());
  for (std::int64_t i = 0; i < x.elements(); ++i) result[i] = static_cast<double>(x[i]);
  return result;
}

/// Whether all elements are equal; false where one is not a number.
template <class A, class B>
bool equal_elements(const Tensor<A>& a, const Tensor<B>& b) {
  if (a.shape() != b.shape()) return false;
  for (std::int64_t i = 0; i < a.elements(); ++i) {
    if (!(static_cast<double>(a[i]) == static_cast<double>(b[i]))) return false;
  }
  return true;
}

template <class Scalar>
bool equal_bits(const Tensor<Scalar>& a, const Tensor<Scalar>& b) {
  return a.shape() == b.shape() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.elements()) * sizeof(Scalar)) == 0;
}

/// How to run.
struct KernelOptions {
  InstructionSet set = InstructionSet::baseline;
  int threads = 1;
  bool accumulate = false;
  double before = 77;  ///< what the gradients hold before they are written or added to
  bool whole = true;   ///< whole numbers, else normal ones
  bool input_wanted = true;
  bool parameters_wanted = true;
};

/// An op with one input, its values and what came of them.
template <class Scalar>
struct KernelRun {
  Tensor<Scalar> x;
  std::vector<Tensor<Scalar>> parameters;
  Tensor<Scalar> y;
  Tensor<Scalar> dy;
  Tensor<Scalar> dx;
  std::vector<Tensor<Scalar>> parameter_gradients;

  template <class P>
  KernelRun(const P& primitive, const Shape& input, const KernelOptions& options) {
    const auto numbers = [&](const Shape& shape, std::uint64_t seed) {
      return options.whole ? whole_numbers<Scalar>(shape, seed) : normal_numbers<Scalar>(shape, seed);
    };
    nasnet::Context context(options.threads);
    nasnet::OpCall<Scalar> call{.context = context};
    nasnet::OpGradients<Scalar> gradients{.output = dy};
    x = numbers(input, 1);
    dx = Tensor<Scalar>(input);
    dx.fill(static_cast<Scalar>(options.before));
    const std::int64_t channels[] = {input[3]};
    for (const nasnet::ParameterSpec& spec : nasnet::parameters_of(primitive, channels)) {
      parameters.push_back(numbers(spec.shape, 2 + parameters.size()));
      parameter_gradients.emplace_back(spec.shape);
      parameter_gradients.back().fill(static_cast<Scalar>(options.before));
    }
    call.inputs.push_back(&x);
    for (Tensor<Scalar>& parameter : parameters) call.parameters.push_back(&parameter);
    forward(primitive, call, options.set);
    y = std::move(call.output);
    dy = numbers(y.shape(), 9);
    if (!nasnet::backward_reads_inputs(primitive)) call.inputs[0] = nullptr;
    gradients.inputs.push_back({options.input_wanted ? &dx : nullptr, options.accumulate});
    for (Tensor<Scalar>& gradient : parameter_gradients) {
      gradients.parameters.push_back({options.parameters_wanted ? &gradient : nullptr, options.accumulate});
    }
    backward(primitive, call, gradients, options.set);
  }
};

/// What the plain loops make of a run's input and parameters.
template <class P, class Scalar>
Tensor<double> reference_output(const P& primitive, const KernelRun<Scalar>& run) {
  const Tensor<double> x = to_double(run.x);
  std::vector<Tensor<double>> parameters;
  for (const Tensor<Scalar>& parameter : run.parameters) parameters.push_back(to_double(parameter));
  ReferenceCall call{.inputs = {&x}, .parameters = {}, .run = {}};
  for (const Tensor<double>& parameter : parameters) call.parameters.push_back(&parameter);
  return reference(primitive, call);
}

inline Tensor<double> zeros_like(const Tensor<double>& x) {
  Tensor<double> result(x.shape());
  result.fill(0);
  return result;
}

/// The gradients of an op by plain loops.
struct ReferenceGradients {
  Tensor<double> dx;
  Tensor<double> dw;
};

/// The text of the error that an op throws; empty where there is none.
template <class P>
std::string kernel_fault(const P& primitive, const Shape& input, const std::vector<Shape>& parameter_shapes) {
  nasnet::Context context(1);
  const Tensor<float> x = whole_numbers<float>(input, 1);
  std::vector<Tensor<float>> parameters;
  for (const Shape& shape : parameter_shapes) parameters.push_back(whole_numbers<float>(shape, 2));
  nasnet::OpCall<float> call{.context = context};
  call.inputs.push_back(&x);
  for (Tensor<float>& parameter : parameters) call.parameters.push_back(&parameter);
  const auto failure = nasnet::catch_failure([&] { forward(primitive, call); });
  return failure ? failure->message : "";
}

}  // namespace cases
