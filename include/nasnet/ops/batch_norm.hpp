/// Batch normalisation on the CPU (Ioffe and Szegedy, ICML 2015).
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias by channel, [N,H,W,C].
///
/// In training mean and biased variance are those of the N*H*W pixels, and the running statistics take them in, the
/// variance unbiased (of a single pixel the biased one, 0). Else the running statistics are used and not written.
/// Keeps mean and inverse deviation, each [C].
/// @throws ShapeError where a parameter does not have one element per channel.
template <class Scalar>
void forward(const BatchNorm& norm, OpCall<Scalar>& call);

/// With r = 1 / sqrt(variance + epsilon), xhat = (x - mean) r, n = N*H*W, sums over the pixels of a channel:
///   dweight = sum(dy xhat),  dbias = sum(dy)
///   dx = weight r (dy - sum(dy) / n - xhat sum(dy xhat) / n)    with the batch's statistics
///   dx = weight r dy                                            with the running ones
template <class Scalar>
void backward(const BatchNorm&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/batch_norm.ipp"
#endif
