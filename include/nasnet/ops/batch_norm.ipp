#pragma once

#include "nasnet/ops/batch_norm.hpp"

#include <cstdint>  // int64_t
#include <utility>  // move

#include "nasnet/ops/detail/batch_norm_parts.hpp"
#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/map.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

template <class Scalar>
void check_batch_norm(const OpCall<Scalar>& call) {
  check_map(BatchNorm::name, call.input().shape());
  const std::int64_t channels = call.input().extent(3);
  check_per_channel(BatchNorm::name, "weight", call.parameter(0).shape(), channels);
  check_per_channel(BatchNorm::name, "bias", call.parameter(1).shape(), channels);
  check_per_channel(BatchNorm::name, "running_mean", call.parameter(2).shape(), channels);
  check_per_channel(BatchNorm::name, "running_var", call.parameter(3).shape(), channels);
}

// The statistics that a call normalises with; in training those of the batch, which also move the running ones.
template <class Scalar>
[[nodiscard]] Moments<Scalar> batch_norm_statistics(const BatchNorm& norm, OpCall<Scalar>& call) {
  if (call.run.mode != Mode::train) {
    return {call.parameter(2).clone(call.context.allocator()), call.parameter(3).clone(call.context.allocator())};
  }
  const ChannelGroups layout = batch_norm_layout(call.input().shape());
  Moments<Scalar> batch = channel_moments(call.context, layout, call.input().data());
  move_running_statistics(norm, batch, layout.rows, call.parameter(2), call.parameter(3));
  return batch;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const BatchNorm& norm, OpCall<Scalar>& call) {
  detail::check_batch_norm(call);
  const Tensor<Scalar>& x = call.input();
  const detail::ChannelGroups layout = detail::batch_norm_layout(x.shape());
  detail::Moments<Scalar> statistics = detail::batch_norm_statistics(norm, call);
  Tensor<Scalar> inverse = detail::inverse_deviation(call.context, statistics.variance, norm.epsilon);
  Tensor<Scalar>& scale = statistics.variance;  // no longer needed as the variance
  for (std::int64_t c = 0; c < layout.channels; ++c) scale[c] = call.parameter(0)[c] * inverse[c];
  Tensor<Scalar>& y = call.allocate_output(x.shape());
  detail::normalise_channels<Scalar>(call.context, layout, x.data(), statistics.mean.data(), scale.data(),
                                     call.parameter(1).data(), y.data());
  if (!call.keep) return;
  call.saved.push_back(std::move(statistics.mean));
  call.saved.push_back(std::move(inverse));
}

template <class Scalar>
void backward(const BatchNorm&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const Tensor<Scalar>& x = call.input();
  const Tensor<Scalar>& dy = gradients.output;
  const Tensor<Scalar>& mean = call.saved[0];
  const detail::ChannelGroups layout = detail::batch_norm_layout(x.shape());
  const detail::GradientSums<Scalar> sums =
      detail::channel_gradient_sums<Scalar>(call.context, layout, dy.data(), x.data(), mean.data());
  detail::multiply_gradient<Scalar>(call.context, gradients.parameters[0], sums.product.data(), call.saved[1].data());
  detail::copy_gradient(call.context, gradients.parameters[1], sums.sum);
  if (!gradients.inputs[0]) return;
  const detail::GradientLine<Scalar> line =
      detail::batch_norm_line(call.context, call.run.mode, layout, call.parameter(0), call.saved[1], sums);
  detail::normalise_gradient<Scalar>(call.context, layout, dy.data(), x.data(), mean.data(), line, gradients.inputs[0]);
}

}  // namespace nasnet::inline NASNET_ABI
