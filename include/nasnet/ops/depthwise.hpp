/// Depthwise convolution on the CPU.
#pragma once

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y [N,Ho,Wo,C]: each window of x [N,H,W,C] weighed by w [kh,kw,C], channel by channel.
/// @throws ShapeError where the weight does not fit the input, or no window does.
template <class Scalar>
void forward(const Depthwise& depthwise, OpCall<Scalar>& call, InstructionSet set = instruction_set());

/// dx: each cell takes what its windows give it; dw: see detail/depthwise_weight_gradient.hpp.
template <class Scalar>
void backward(const Depthwise& depthwise, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/depthwise.ipp"
#endif
