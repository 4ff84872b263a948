/// Every stride-th pixel on the CPU: the paths of a factorised reduction.
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y[n,i,j,c] = x[n, i*step+offset, j*step+offset, c], 0 past the edge: [N,H,W,C] to [N,ceil(H/step),ceil(W/step),C].
/// @throws ShapeError for a step below 1 or a negative offset.
template <class Scalar>
void forward(const Subsample& subsample, OpCall<Scalar>& call);

/// dx[n, i*step+offset, j*step+offset, c] = dy[n,i,j,c], 0 for pixels that nothing reads.
template <class Scalar>
void backward(const Subsample& subsample, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/subsample.ipp"
#endif
