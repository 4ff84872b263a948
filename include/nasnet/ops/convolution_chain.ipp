#pragma once

#include "nasnet/ops/convolution_chain.hpp"

#include <utility>  // move

#include "nasnet/ops/detail/chain_passes.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const ConvolutionChain& chain, OpCall<Scalar>& call, InstructionSet set) {
  detail::NormInputs<Scalar> norm = detail::begin_chain(chain, call, set);
  Tensor<Scalar>& y = call.allocate_output(norm.product.shape());
  detail::end_chain(chain, call, detail::NormInputsView(norm), y);
  if (call.keep) std::move(norm).save(call);
}

template <class Scalar>
void backward(const ConvolutionChain& chain, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set) {
  const detail::NormInputsView<Scalar> norm(call.saved[0], call.saved[1], call.saved[2]);
  detail::chain_gradients(chain, call, norm, gradients, set);
}

}  // namespace nasnet::inline NASNET_ABI
