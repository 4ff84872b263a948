/// Layer normalisation on the CPU (Ba, Kiros, Hinton, arXiv 1607.06450).
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias with mean and biased variance over H, W and C of each
/// sample, weight and bias by channel, [N,H,W,C], whatever the mode. Keeps mean and inverse deviation, repeated [N*C].
/// @throws ShapeError where a parameter does not have one element per channel.
template <class Scalar>
void forward(const LayerNorm& norm, OpCall<Scalar>& call);

/// With r = 1 / sqrt(variance + epsilon), xhat = (x - mean) r, g = dy weight, n = H*W*C, sums over a sample:
///   dweight = sum over pixels of all samples of dy xhat,  dbias likewise of dy
///   dx = r (g - sum(g) / n - xhat sum(g xhat) / n)
template <class Scalar>
void backward(const LayerNorm&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/layer_norm.ipp"
#endif
