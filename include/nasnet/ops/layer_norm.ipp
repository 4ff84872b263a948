#pragma once

#include "nasnet/ops/layer_norm.hpp"

#include <algorithm>  // fill_n
#include <cstdint>    // int64_t
#include <utility>    // move

#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/sample_norm.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

// Turns the moments of each sample and channel into those of the sample, repeated for each channel.
template <class Scalar>
void merge_channels(const ChannelGroups& layout, Moments<Scalar>& moments) {
  for (std::int64_t n = 0; n < layout.groups; ++n) {
    Scalar* means = moments.mean.data() + n * layout.channels;
    Scalar* variances = moments.variance.data() + n * layout.channels;
    double mean = 0;
    double variance = 0;
    for (std::int64_t c = 0; c < layout.channels; ++c) mean += static_cast<double>(means[c]);
    mean /= static_cast<double>(layout.channels);
    for (std::int64_t c = 0; c < layout.channels; ++c) {
      const double distance = static_cast<double>(means[c]) - mean;
      variance += static_cast<double>(variances[c]) + distance * distance;
    }
    variance /= static_cast<double>(layout.channels);
    std::fill_n(means, layout.channels, static_cast<Scalar>(mean));
    std::fill_n(variances, layout.channels, static_cast<Scalar>(variance));
  }
}

// Coefficients of dx for the channels of sample n.
template <class Scalar>
void layer_norm_line(const OpCall<Scalar>& call, const ChannelGroups& layout, const GradientSums<Scalar>& sums,
                     std::int64_t n, GradientLine<Scalar>& line) {
  const Tensor<Scalar>& weight = call.parameter(0);
  const std::int64_t first = n * layout.channels;
  const Scalar r = call.saved[1][first];
  double sum = 0;
  double product = 0;
  for (std::int64_t c = 0; c < layout.channels; ++c) {
    sum += static_cast<double>(weight[c] * sums.sum[first + c]);
    product += static_cast<double>(weight[c] * sums.product[first + c]);
  }
  const auto count = static_cast<double>(layout.rows * layout.channels);
  for (std::int64_t c = 0; c < layout.channels; ++c) {
    line.scale[first + c] = weight[c] * r;
    line.slope[first + c] = -r * r * r * static_cast<Scalar>(product / count);
    line.shift[first + c] = -r * static_cast<Scalar>(sum / count);
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const LayerNorm& norm, OpCall<Scalar>& call) {
  detail::check_sample_norm(LayerNorm::name, call);
  const detail::ChannelGroups layout = detail::sample_layout(call.input().shape());
  detail::Moments<Scalar> moments = detail::channel_moments(call.context, layout, call.input().data());
  detail::merge_channels(layout, moments);
  detail::normalise_samples(call, std::move(moments), norm.epsilon);
}

template <class Scalar>
void backward(const LayerNorm&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const detail::ChannelGroups layout = detail::sample_layout(call.input().shape());
  const detail::GradientSums<Scalar> sums = detail::sample_norm_sums(call, layout, gradients);
  detail::sample_norm_parameter_gradients(call, layout, sums, gradients);
  if (!gradients.inputs[0]) return;
  detail::GradientLine<Scalar> line(call.context, layout);
  for (std::int64_t n = 0; n < layout.groups; ++n) detail::layer_norm_line(call, layout, sums, n, line);
  detail::normalise_gradient<Scalar>(call.context, layout, gradients.output.data(), call.input().data(),
                                     call.saved[0].data(), line, gradients.inputs[0]);
}

}  // namespace nasnet::inline NASNET_ABI
