/// Instance normalisation on the CPU (Ulyanov, Vedaldi, Lempitsky, arXiv 1607.08022).
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias with mean and biased variance over H and W of each sample
/// and channel, [N,H,W,C], whatever the mode. Keeps mean and inverse deviation, each [N*C].
/// @throws ShapeError where a parameter does not have one element per channel.
template <class Scalar>
void forward(const InstanceNorm& norm, OpCall<Scalar>& call);

/// With r = 1 / sqrt(variance + epsilon), xhat = (x - mean) r, n = H*W, sums over the pixels of a sample and channel:
///   dweight = sum over samples of sum(dy xhat),  dbias likewise of sum(dy)
///   dx = weight r (dy - sum(dy) / n - xhat sum(dy xhat) / n)
template <class Scalar>
void backward(const InstanceNorm&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/instance_norm.ipp"
#endif
