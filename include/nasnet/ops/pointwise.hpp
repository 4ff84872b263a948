/// Pointwise convolution on the CPU: a matrix product over the channels of each pixel.
#pragma once

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y [N,H,W,O] = x [N,H,W,I] w [1,1,I,O].
/// @throws ShapeError where the weight does not fit the input or the filters.
template <class Scalar>
void forward(const Pointwise& pointwise, OpCall<Scalar>& call, InstructionSet set = instruction_set());

/// dx = dy w^T, dw = x^T dy.
template <class Scalar>
void backward(const Pointwise&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/pointwise.ipp"
#endif
