/// A convolution chain forward and backward, as one chain or as one of two: see convolution_chain.hpp.
#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <utility>  // move

#include "nasnet/ops/detail/batch_norm_parts.hpp"
#include "nasnet/ops/detail/chain_gradient.hpp"
#include "nasnet/ops/detail/chain_parameters.hpp"
#include "nasnet/ops/detail/chain_product.hpp"
#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/map.hpp"
#include "nasnet/primitive/convolution_chain.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A chain up to its batch norm. In training the running statistics move.
template <class T>
[[nodiscard]] NormInputs<T> begin_chain(const ConvolutionChain& chain, OpCall<T>& call, InstructionSet set) {
  check_chain(chain, call);
  const ChainParameters<T> parameters(chain, call);
  const bool trains = call.run.mode == Mode::train;
  Moments<T> moments;
  Tensor<T> product = ChainProduct<T>(chain, call, set).run(parameters.pointwise, trains ? &moments : nullptr);
  if (trains) {
    move_running_statistics(chain.norm, moments, batch_norm_layout(product.shape()).rows, parameters.running_mean,
                            parameters.running_variance);
  } else {
    moments = {parameters.running_mean.clone(call.context.allocator()),
               parameters.running_variance.clone(call.context.allocator())};
  }
  Tensor<T> inverse = inverse_deviation(call.context, moments.variance, chain.norm.epsilon);
  return {std::move(product), std::move(moments.mean), std::move(inverse)};
}

/// y = what the batch norm makes of the product, and the sum.
template <class T>
void end_chain(const ConvolutionChain& chain, const OpCall<T>& call, const NormInputsView<T>& norm, Tensor<T>& y) {
  const ChainParameters<T> parameters(chain, call);
  if (chain.adds && call.input(1).shape() != y.shape()) {
    fail<ShapeError>(ConvolutionChain::name, ": what is added is ", call.input(1).shape().to_string(), ", wanted ",
                     y.shape().to_string());
  }
  Tensor<T> scale = call.context.template tensor<T>(norm.inverse.shape());
  for (std::int64_t c = 0; c < chain.filters; ++c) scale[c] = parameters.weight[c] * norm.inverse[c];
  normalise_channels<T>(call.context, batch_norm_layout(y.shape()), norm.product.data(), norm.mean.data(), scale.data(),
                        parameters.bias.data(), y.data(), chain.adds ? call.input(1).data() : nullptr);
}

/// The gradients of a chain. @param norm what its batch norm read
template <class T>
void chain_gradients(const ConvolutionChain& chain, const OpCall<T>& call, const NormInputsView<T>& norm,
                     const OpGradients<T>& gradients, InstructionSet set) {
  const ChainParameters<T> parameters(chain, call);
  const std::size_t first = chain.depthwise ? 2 : 1;  // of the batch norm's parameters
  const ChannelGroups layout = batch_norm_layout(norm.product.shape());
  const GradientSums<T> sums =
      channel_gradient_sums<T>(call.context, layout, gradients.output.data(), norm.product.data(), norm.mean.data());
  multiply_gradient<T>(call.context, gradients.parameters[first], sums.product.data(), norm.inverse.data());
  copy_gradient(call.context, gradients.parameters[first + 1], sums.sum);
  const GradientLine<T> line =
      batch_norm_line(call.context, call.run.mode, layout, parameters.weight, norm.inverse, sums);
  ChainGradient<T>(chain, call, gradients, norm, line, set).run();
  if (chain.adds) copy_gradient(call.context, gradients.inputs[1], gradients.output);
}

}  // namespace nasnet::inline NASNET_ABI::detail
