/// Computes any built-in primitive, or a user's, by what it is.
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitive.hpp"

namespace nasnet::inline NASNET_ABI {

/// Output and, where the call asks for them, the values that backward reads.
/// @throws ShapeError for inputs that the primitive cannot take.
template <class Scalar>
void forward(const Primitive& primitive, OpCall<Scalar>& call);

/// Adds the gradients of the inputs and parameters that are asked for to those given.
template <class Scalar>
void backward(const Primitive& primitive, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/run_primitive.ipp"
#endif
