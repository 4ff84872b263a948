/// ReLU, depthwise convolution, pointwise convolution and batch norm, computed together for training.
///
/// Separable convolutions are two such chains, all other 1x1 convolutions of the networks are one without the depthwise
/// part. Together they take one pass over the maps where the primitives one by one take a pass each, and what is cheap
/// to compute again is not kept: ReLU and depthwise convolution are computed a second time in the backward pass. Models
/// find the chains themselves; the results are those of the primitives up to rounding.
#pragma once

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/primitive/convolution_chain.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

/// y [N,Ho,Wo,filters]. Keeps what the batch norm normalises, and its mean and inverse deviation.
/// @throws ShapeError where a parameter does not fit the input or the filters.
template <class Scalar>
void forward(const ConvolutionChain& chain, OpCall<Scalar>& call, InstructionSet set = instruction_set());

/// As those of the four primitives, one after another.
template <class Scalar>
void backward(const ConvolutionChain& chain, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/convolution_chain.ipp"
#endif
