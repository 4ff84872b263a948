#pragma once

#include "nasnet/ops/double_convolution_chain.hpp"

#include <cstddef>  // ptrdiff_t, size_t
#include <cstdint>  // int64_t
#include <utility>  // move

#include "nasnet/ops/detail/chain_passes.hpp"
#include "nasnet/ops/detail/map.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A call of one of the two chains.
template <class T>
[[nodiscard]] OpCall<T> part_of(const OpCall<T>& call, const Tensor<T>& input, std::size_t first_parameter,
                                std::size_t parameters) {
  const auto begin = call.parameters.begin() + static_cast<std::ptrdiff_t>(first_parameter);
  return {.context = call.context,
          .run = call.run,
          .inputs = {&input},
          .parameters = {begin, begin + static_cast<std::ptrdiff_t>(parameters)},
          .keep = call.keep};
}

template <class T>
[[nodiscard]] OpCall<T> first_of(const DoubleConvolutionChain& chains, const OpCall<T>& call) {
  return part_of(call, call.input(), 0, chains.first.parameter_count());
}

/// @param between what the first chain makes
template <class T>
[[nodiscard]] OpCall<T> second_of(const DoubleConvolutionChain& chains, const OpCall<T>& call,
                                  const Tensor<T>& between) {
  OpCall<T> second = part_of(call, between, chains.first.parameter_count(), chains.second.parameter_count());
  if (chains.second.adds) second.inputs.push_back(&call.input(1));
  return second;
}

// A multiply-add takes a core about as long as memory takes for a twentieth of a scalar, which goes there once and
// comes back twice.
NASNET_BODY bool multiplies_again(const DoubleConvolutionChain& chains, std::int64_t channels) {
  constexpr std::int64_t most_multiply_adds = 50;  // for each scalar of the product
  return (chains.first.depthwise ? chains.first.depthwise->taps() : 0) + channels <= most_multiply_adds;
}

/// What the first chain makes.
template <class T>
[[nodiscard]] Tensor<T> between_of(const DoubleConvolutionChain& chains, const OpCall<T>& first,
                                   const NormInputsView<T>& norm) {
  Tensor<T> between = first.context.template tensor<T>(norm.product.shape());
  end_chain(chains.first, first, norm, between);
  return between;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const DoubleConvolutionChain& chains, OpCall<Scalar>& call, InstructionSet set) {
  OpCall<Scalar> first = detail::first_of(chains, call);
  detail::NormInputs<Scalar> first_norm = detail::begin_chain(chains.first, first, set);
  const Tensor<Scalar> between = detail::between_of(chains, first, detail::NormInputsView(first_norm));
  if (detail::multiplies_again(chains, call.input().extent(3))) first_norm.product = {};
  OpCall<Scalar> second = detail::second_of(chains, call, between);
  detail::NormInputs<Scalar> second_norm = detail::begin_chain(chains.second, second, set);
  Tensor<Scalar>& y = call.allocate_output(second_norm.product.shape());
  detail::end_chain(chains.second, second, detail::NormInputsView(second_norm), y);
  if (!call.keep) return;
  std::move(first_norm).save(call);
  std::move(second_norm).save(call);
}

template <class Scalar>
void backward(const DoubleConvolutionChain& chains, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set) {
  OpCall<Scalar> first = detail::first_of(chains, call);
  Tensor<Scalar> again;
  if (call.saved[0].elements() == 0) {
    const detail::ChainParameters<Scalar> parameters(chains.first, first);
    again = detail::ChainProduct<Scalar>(chains.first, first, set).run(parameters.pointwise, nullptr);
  }
  const Tensor<Scalar>& product = call.saved[0].elements() == 0 ? again : call.saved[0];
  const detail::NormInputsView<Scalar> first_norm(product, call.saved[1], call.saved[2]);
  const Tensor<Scalar> between = detail::between_of(chains, first, first_norm);
  Tensor<Scalar> gradient = call.context.template tensor<Scalar>(between.shape());

  const auto middle = gradients.parameters.begin() + static_cast<std::ptrdiff_t>(chains.first.parameter_count());
  const OpGradients<Scalar> second_gradients{.output = gradients.output,
                                             .inputs = {{&gradient, false}, {}},
                                             .parameters = {middle, gradients.parameters.end()}};
  const detail::NormInputsView<Scalar> second_norm(call.saved[3], call.saved[4], call.saved[5]);
  detail::chain_gradients(chains.second, detail::second_of(chains, call, between), second_norm, second_gradients, set);

  const OpGradients<Scalar> first_gradients{
      .output = gradient, .inputs = {gradients.inputs[0]}, .parameters = {gradients.parameters.begin(), middle}};
  detail::chain_gradients(chains.first, first, first_norm, first_gradients, set);
  // Last: what is added may be what the first chain reads.
  if (chains.second.adds) detail::copy_gradient(call.context, gradients.inputs[1], gradients.output);
}

}  // namespace nasnet::inline NASNET_ABI
