/// Dropout on the CPU.
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y_i = x_i * floor(keep + u_i) / keep, any shape; y = x in evaluation and for keep = 1. Keeps the mask in `taps`.
/// @throws ArgumentError for a probability outside 0 to 1.
template <class Scalar>
void forward(const Dropout& dropout, OpCall<Scalar>& call);

/// dx_i = dy_i * floor(keep + u_i) / keep.
template <class Scalar>
void backward(const Dropout& dropout, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/dropout.ipp"
#endif
