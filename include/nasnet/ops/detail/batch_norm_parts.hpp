/// What batch norm does beside the normalising itself, by itself and at the end of a chain of convolutions.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline ChannelGroups batch_norm_layout(const Shape& shape) {
  return {1, row_count(shape), shape[3]};
}

/// running = decay * running + (1 - decay) * batch, with the unbiased variance.
template <class Scalar>
void move_running_statistics(const BatchNorm& norm, const Moments<Scalar>& batch, std::int64_t count,
                             Tensor<Scalar>& running_mean, Tensor<Scalar>& running_variance) {
  const auto decay = static_cast<Scalar>(norm.decay);
  const auto share = static_cast<Scalar>(1.0 - norm.decay);
  const double unbiased = count > 1 ? static_cast<double>(count) / static_cast<double>(count - 1) : 1.0;
  for (std::int64_t c = 0; c < running_mean.elements(); ++c) {
    const auto variance = static_cast<Scalar>(static_cast<double>(batch.variance[c]) * unbiased);
    running_mean[c] = decay * running_mean[c] + share * batch.mean[c];
    running_variance[c] = decay * running_variance[c] + share * variance;
  }
}

/// Coefficients of dx. Batch statistics depend on x, running ones do not.
template <class Scalar>
[[nodiscard]] GradientLine<Scalar> batch_norm_line(Context& context, Mode mode, const ChannelGroups& layout,
                                                   const Tensor<Scalar>& weight, const Tensor<Scalar>& inverse,
                                                   const GradientSums<Scalar>& sums) {
  const Scalar share = mode == Mode::train ? Scalar{1} / static_cast<Scalar>(layout.rows) : Scalar{0};
  GradientLine<Scalar> line(context, layout);
  for (std::int64_t c = 0; c < layout.channels; ++c) {
    const Scalar scale = weight[c] * inverse[c];
    line.scale[c] = scale;
    line.slope[c] = -scale * inverse[c] * inverse[c] * sums.product[c] * share;
    line.shift[c] = -scale * sums.sum[c] * share;
  }
  return line;
}

}  // namespace nasnet::inline NASNET_ABI::detail
