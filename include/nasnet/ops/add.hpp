/// Sum of tensors on the CPU.
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = x0 + x1 + ..., any one shape; summed from left to right.
/// @throws ShapeError where the shapes differ.
template <class Scalar>
void forward(const Add&, OpCall<Scalar>& call);

/// dx_i = dy.
template <class Scalar>
void backward(const Add&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/add.ipp"
#endif
