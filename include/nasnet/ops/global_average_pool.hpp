/// Global average pooling on the CPU.
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y[n,0,0,c] = mean over the map of x[n,:,:,c]: [N,H,W,C] to [N,1,1,C].
template <class Scalar>
void forward(const GlobalAveragePool&, OpCall<Scalar>& call);

/// dx[n,h,w,c] = dy[n,0,0,c] / (H W).
template <class Scalar>
void backward(const GlobalAveragePool&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/global_average_pool.ipp"
#endif
