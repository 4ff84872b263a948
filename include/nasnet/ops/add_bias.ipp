#pragma once

#include "nasnet/ops/add_bias.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/lane_functions.hpp"
#include "nasnet/ops/detail/rows.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const AddBias&, OpCall<Scalar>& call) {
  const Tensor<Scalar>& x = call.input(0);
  const Tensor<Scalar>& bias = call.input(1);
  const std::int64_t columns = detail::last_extent(x.shape());
  detail::check_per_channel(AddBias::name, "bias", bias.shape(), columns);
  Tensor<Scalar>& y = call.allocate_output(x.shape());
  const std::int64_t rows = detail::row_count(x.shape());
  call.context.parallel_for(rows, detail::row_grain(columns), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t first = row * columns;
      detail::run_lanes(columns, y.data() + first, false, detail::AddLanes{}, x.data() + first, bias.data());
    }
  });
}

template <class Scalar>
void backward(const AddBias&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const Tensor<Scalar>& dy = gradients.output;
  detail::copy_gradient(call.context, gradients.inputs[0], dy);
  if (!gradients.inputs[1]) return;
  const detail::ChannelGroups layout{1, detail::row_count(dy.shape()), detail::last_extent(dy.shape())};
  detail::copy_gradient(call.context, gradients.inputs[1], detail::channel_sums(call.context, layout, dy.data()));
}

}  // namespace nasnet::inline NASNET_ABI
