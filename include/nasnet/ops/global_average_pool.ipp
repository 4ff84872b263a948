#pragma once

#include "nasnet/ops/global_average_pool.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/rows.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const GlobalAveragePool&, OpCall<Scalar>& call) {
  const Shape& in = call.input().shape();
  detail::check_map(GlobalAveragePool::name, in);
  const detail::ChannelGroups layout{in[0], in[1] * in[2], in[3]};
  const Tensor<Scalar> sums = detail::channel_sums(call.context, layout, call.input().data());
  const auto pixels = static_cast<Scalar>(layout.rows);
  Tensor<Scalar>& y = call.allocate_output({in[0], 1, 1, in[3]});
  detail::map_values(
      call.context, y, [pixels](Scalar sum) { return sum / pixels; }, sums.data());
}

template <class Scalar>
void backward(const GlobalAveragePool&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (!slot) return;
  const Shape& in = slot.tensor->shape();
  const std::int64_t channels = in[3];
  const std::int64_t pixels = in[1] * in[2];
  Tensor<Scalar> share = call.context.template tensor<Scalar>({in[0], channels});
  detail::map_values(
      call.context, share, [n = static_cast<Scalar>(pixels)](Scalar g) { return g / n; }, gradients.output.data());
  call.context.parallel_for(in[0], detail::row_grain(pixels * channels), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
      detail::run_rows<Scalar>({.from = share.data() + n * channels,
                                .from_pitch = 0,
                                .to = slot.tensor->data() + n * pixels * channels,
                                .to_pitch = channels,
                                .rows = pixels,
                                .count = channels,
                                .accumulate = slot.accumulate});
    }
  });
}

}  // namespace nasnet::inline NASNET_ABI
