/// What layer and instance norm have in common: statistics of each sample by itself.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view
#include <utility>      // move

#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/map.hpp"

namespace nasnet::inline NASNET_ABI::detail {

[[nodiscard]] inline ChannelGroups sample_layout(const Shape& shape) {
  return {shape[0], shape[1] * shape[2], shape[3]};
}

template <class Scalar>
void check_sample_norm(std::string_view who, const OpCall<Scalar>& call) {
  check_map(who, call.input().shape());
  check_per_channel(who, "weight", call.parameter(0).shape(), call.input().extent(3));
  check_per_channel(who, "bias", call.parameter(1).shape(), call.input().extent(3));
}

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias; the statistics are [N*C]. Keeps mean and inverse
/// deviation.
template <class Scalar>
void normalise_samples(OpCall<Scalar>& call, Moments<Scalar> statistics, double epsilon) {
  const Tensor<Scalar>& x = call.input();
  const ChannelGroups layout = sample_layout(x.shape());
  Tensor<Scalar> inverse = inverse_deviation(call.context, statistics.variance, epsilon);
  Tensor<Scalar> scale = call.context.template tensor<Scalar>({layout.sums()});
  Tensor<Scalar> shift = call.context.template tensor<Scalar>({layout.sums()});
  for (std::int64_t i = 0; i < layout.sums(); ++i) {
    scale[i] = call.parameter(0)[i % layout.channels] * inverse[i];
    shift[i] = call.parameter(1)[i % layout.channels];
  }
  Tensor<Scalar>& y = call.allocate_output(x.shape());
  normalise_channels<Scalar>(call.context, layout, x.data(), statistics.mean.data(), scale.data(), shift.data(),
                             y.data());
  if (!call.keep) return;
  call.saved.push_back(std::move(statistics.mean));
  call.saved.push_back(std::move(inverse));
}

template <class Scalar>
[[nodiscard]] GradientSums<Scalar> sample_norm_sums(const OpCall<Scalar>& call, const ChannelGroups& layout,
                                                    const OpGradients<Scalar>& gradients) {
  return channel_gradient_sums<Scalar>(call.context, layout, gradients.output.data(), call.input().data(),
                                       call.saved[0].data());
}

/// dweight_c = sum over n of product r, dbias_c = sum over n of sum.
template <class Scalar>
void sample_norm_parameter_gradients(const OpCall<Scalar>& call, const ChannelGroups& layout,
                                     const GradientSums<Scalar>& sums, const OpGradients<Scalar>& gradients) {
  Tensor<Scalar> weight = call.context.template zeros<Scalar>({layout.channels});
  Tensor<Scalar> bias = call.context.template zeros<Scalar>({layout.channels});
  for (std::int64_t i = 0; i < layout.sums(); ++i) {
    weight[i % layout.channels] += sums.product[i] * call.saved[1][i];
    bias[i % layout.channels] += sums.sum[i];
  }
  copy_gradient(call.context, gradients.parameters[0], weight);
  copy_gradient(call.context, gradients.parameters[1], bias);
}

}  // namespace nasnet::inline NASNET_ABI::detail
