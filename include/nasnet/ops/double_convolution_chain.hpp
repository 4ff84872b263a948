/// Two chains one after another, as a separable convolution is applied twice (appendix A.4).
#pragma once

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/primitive/convolution_chain.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// Whether the first chain's product is computed once more in the backward pass.
NASNET_LAZY [[nodiscard]] bool multiplies_again(const DoubleConvolutionChain& chains, std::int64_t channels);

}  // namespace detail

/// y [N,Ho,Wo,filters of the second]. Keeps of each chain what ConvolutionChain keeps, perhaps without the first
/// product.
/// @throws ShapeError where a parameter does not fit the input or the filters.
template <class Scalar>
void forward(const DoubleConvolutionChain& chains, OpCall<Scalar>& call, InstructionSet set = instruction_set());

/// As those of the two chains, one after the other.
template <class Scalar>
void backward(const DoubleConvolutionChain& chains, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/double_convolution_chain.ipp"
#endif
