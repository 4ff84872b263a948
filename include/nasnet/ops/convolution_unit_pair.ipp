#pragma once

#include "nasnet/ops/convolution_unit_pair.hpp"

#include <cstddef>  // ptrdiff_t, size_t
#include <cstdint>  // int64_t
#include <utility>  // move

#include "nasnet/ops/convolution_unit.hpp"

namespace nasnet::inline NASNET_ABI::detail {

template <class T>
[[nodiscard]] OpCall<T> first_of(const ConvolutionUnitPair& pair, const OpCall<T>& call) {
  return part_of(call, call.input(), 0, pair.first.parameter_count());
}

/// @param between what the first unit makes
template <class T>
[[nodiscard]] OpCall<T> second_of(const ConvolutionUnitPair& pair, const OpCall<T>& call, const Tensor<T>& between) {
  OpCall<T> second = part_of(call, between, pair.first.parameter_count(), pair.second.parameter_count());
  if (pair.second.adds) second.inputs.push_back(&call.input(1));
  return second;
}

NASNET_BODY bool multiplies_again(const ConvolutionUnitPair& pair, std::int64_t channels) {
  constexpr std::int64_t most_multiply_adds = 50;  // for each scalar of the product
  return (pair.first.depthwise ? pair.first.depthwise->taps() : 0) + channels <= most_multiply_adds;
}

/// What the first unit makes.
template <class T>
[[nodiscard]] Tensor<T> between_of(const ConvolutionUnitPair& pair, const OpCall<T>& first,
                                   const UnitPassView<T>& pass) {
  Tensor<T> between = first.context.template tensor<T>(pass.product.shape());
  end_unit(pair.first, first, pass, between);
  return between;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const ConvolutionUnitPair& pair, OpCall<Scalar>& call, InstructionSet set) {
  OpCall<Scalar> first = detail::first_of(pair, call);
  detail::UnitPass<Scalar> first_pass = detail::begin_unit(pair.first, first, set);
  const Tensor<Scalar> between = detail::between_of(pair, first, detail::UnitPassView(first_pass));
  if (detail::multiplies_again(pair, call.input().extent(3))) first_pass.product = {};
  OpCall<Scalar> second = detail::second_of(pair, call, between);
  detail::UnitPass<Scalar> second_pass = detail::begin_unit(pair.second, second, set);
  Tensor<Scalar>& y = call.allocate_output(second_pass.product.shape());
  detail::end_unit(pair.second, second, detail::UnitPassView(second_pass), y);
  if (!call.keep) return;
  std::move(first_pass).save(call);
  std::move(second_pass).save(call);
}

template <class Scalar>
void backward(const ConvolutionUnitPair& pair, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set) {
  OpCall<Scalar> first = detail::first_of(pair, call);
  Tensor<Scalar> again;
  if (call.saved[0].elements() == 0) {
    const detail::UnitParameters<Scalar> parameters(pair.first, first);
    again = detail::UnitProduct<Scalar>(pair.first, first, set).run(parameters.pointwise, nullptr);
  }
  const Tensor<Scalar>& product = call.saved[0].elements() == 0 ? again : call.saved[0];
  const detail::UnitPassView<Scalar> first_pass(product, call.saved[1], call.saved[2]);
  const Tensor<Scalar> between = detail::between_of(pair, first, first_pass);
  Tensor<Scalar> gradient = call.context.template tensor<Scalar>(between.shape());

  const auto middle = gradients.parameters.begin() + static_cast<std::ptrdiff_t>(pair.first.parameter_count());
  const OpGradients<Scalar> second_gradients{.output = gradients.output,
                                             .inputs = {{&gradient, false}, {}},
                                             .parameters = {middle, gradients.parameters.end()}};
  const detail::UnitPassView<Scalar> second_pass(call.saved[3], call.saved[4], call.saved[5]);
  detail::pass_back(pair.second, detail::second_of(pair, call, between), second_pass, second_gradients, set);

  const OpGradients<Scalar> first_gradients{
      .output = gradient, .inputs = {gradients.inputs[0]}, .parameters = {gradients.parameters.begin(), middle}};
  detail::pass_back(pair.first, first, first_pass, first_gradients, set);
  // Last: what is added may be what the first unit reads.
  if (pair.second.adds) detail::copy_gradient(call.context, gradients.inputs[1], gradients.output);
}

}  // namespace nasnet::inline NASNET_ABI
