/// The parameters of a convolution chain, and what it keeps: see convolution_chain.hpp.
#pragma once

#include <cstddef>  // size_t
#include <utility>  // move

#include "nasnet/ops/detail/chain_rows.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/kernel_checks.hpp"
#include "nasnet/primitive/convolution_chain.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The parameters of a chain by name.
template <class T>
struct ChainParameters {
  const Tensor<T>* depthwise = nullptr;  ///< null without one
  const Tensor<T>& pointwise;
  const Tensor<T>& weight;
  const Tensor<T>& bias;
  Tensor<T>& running_mean;
  Tensor<T>& running_variance;

  ChainParameters(const ConvolutionChain& chain, const OpCall<T>& call)
      : ChainParameters(chain.depthwise ? &call.parameter(0) : nullptr, call, chain.depthwise ? 1 : 0) {}

 private:
  ChainParameters(const Tensor<T>* depthwise_weight, const OpCall<T>& call, std::size_t first)
      : depthwise(depthwise_weight),
        pointwise(call.parameter(first)),
        weight(call.parameter(first + 1)),
        bias(call.parameter(first + 2)),
        running_mean(call.parameter(first + 3)),
        running_variance(call.parameter(first + 4)) {}
};

template <class T>
[[nodiscard]] ChainRows<T> chain_rows(const ConvolutionChain& chain, const OpCall<T>& call, InstructionSet set) {
  const Tensor<T>* weight = ChainParameters<T>(chain, call).depthwise;
  return {
      call.context, chain.depthwise, chain.rectify, call.input().shape(), weight == nullptr ? nullptr : weight->data(),
      set};
}

template <class T>
void check_chain(const ConvolutionChain& chain, const OpCall<T>& call) {
  const Shape& shape = call.input().shape();
  const ChainParameters<T> parameters(chain, call);
  check_map(ConvolutionChain::name, shape);
  if (chain.depthwise) {
    check_window(ConvolutionChain::name, *chain.depthwise, shape);
    check_parameter(ConvolutionChain::name, "depthwise weight", parameters.depthwise->shape(),
                    {chain.depthwise->kernel_height, chain.depthwise->kernel_width, shape[3]});
  }
  check_parameter(ConvolutionChain::name, "pointwise weight", parameters.pointwise.shape(),
                  {1, 1, shape[3], chain.filters});
  check_per_channel(ConvolutionChain::name, "weight", parameters.weight.shape(), chain.filters);
  check_per_channel(ConvolutionChain::name, "bias", parameters.bias.shape(), chain.filters);
  check_per_channel(ConvolutionChain::name, "running_mean", parameters.running_mean.shape(), chain.filters);
  check_per_channel(ConvolutionChain::name, "running_var", parameters.running_variance.shape(), chain.filters);
}

/// What a chain's batch norm normalises, and with which statistics.
template <class T>
struct NormInputs {
  Tensor<T> product;  ///< [N,Ho,Wo,filters]
  Tensor<T> mean;     ///< [filters]
  Tensor<T> inverse;  ///< of the deviation, [filters]

  void save(OpCall<T>& call) && {
    call.saved.push_back(std::move(product));
    call.saved.push_back(std::move(mean));
    call.saved.push_back(std::move(inverse));
  }
};

/// The same, of a chain's own or among what was saved.
template <class T>
struct NormInputsView {
  const Tensor<T>& product;
  const Tensor<T>& mean;
  const Tensor<T>& inverse;

  explicit NormInputsView(const NormInputs<T>& norm) : NormInputsView(norm.product, norm.mean, norm.inverse) {}
  NormInputsView(const Tensor<T>& product_, const Tensor<T>& mean_, const Tensor<T>& inverse_)
      : product(product_), mean(mean_), inverse(inverse_) {}
};

}  // namespace nasnet::inline NASNET_ABI::detail
