/// Batch normalisation on the CPU (Ioffe and Szegedy, ICML 2015).
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

NASNET_LAZY [[nodiscard]] inline ChannelGroups batch_norm_layout(const Shape& shape) {
  return {1, row_count(shape), shape[3]};
}

// running = decay * running + (1 - decay) * batch, with the unbiased variance.
template <class Scalar>
void move_running_statistics(const BatchNorm& norm, const Moments<Scalar>& batch, std::int64_t count,
                             Tensor<Scalar>& running_mean, Tensor<Scalar>& running_variance);

// Coefficients of dx. Batch statistics depend on x, running ones do not.
template <class Scalar>
[[nodiscard]] GradientLine<Scalar> batch_norm_line(Context& context, Mode mode, const ChannelGroups& layout,
                                                   const Tensor<Scalar>& weight, const Tensor<Scalar>& inverse,
                                                   const GradientSums<Scalar>& sums);

}  // namespace detail

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
