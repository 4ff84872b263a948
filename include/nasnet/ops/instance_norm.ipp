#pragma once

#include "nasnet/ops/instance_norm.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/sample_norm.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const InstanceNorm& norm, OpCall<Scalar>& call) {
  detail::check_sample_norm(InstanceNorm::name, call);
  const detail::ChannelGroups layout = detail::sample_layout(call.input().shape());
  detail::normalise_samples(call, detail::channel_moments(call.context, layout, call.input().data()), norm.epsilon);
}

template <class Scalar>
void backward(const InstanceNorm&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const detail::ChannelGroups layout = detail::sample_layout(call.input().shape());
  const detail::GradientSums<Scalar> sums = detail::sample_norm_sums(call, layout, gradients);
  detail::sample_norm_parameter_gradients(call, layout, sums, gradients);
  if (!gradients.inputs[0]) return;
  detail::GradientLine<Scalar> line(call.context, layout);
  const auto n = static_cast<Scalar>(layout.rows);
  for (std::int64_t i = 0; i < layout.sums(); ++i) {
    const Scalar r = call.saved[1][i];
    const Scalar scale = call.parameter(0)[i % layout.channels] * r;
    line.scale[i] = scale;
    line.slope[i] = -scale * r * r * sums.product[i] / n;
    line.shift[i] = -scale * sums.sum[i] / n;
  }
  detail::normalise_gradient<Scalar>(call.context, layout, gradients.output.data(), call.input().data(),
                                     call.saved[0].data(), line, gradients.inputs[0]);
}

}  // namespace nasnet::inline NASNET_ABI
