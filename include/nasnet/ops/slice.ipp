#pragma once

#include "nasnet/ops/slice.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/rows.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Slice& slice, OpCall<Scalar>& call) {
  const Tensor<Scalar>& x = call.input();
  const std::int64_t columns = detail::last_extent(x.shape());
  if (x.shape().rank() == 0 || slice.begin < 0 || slice.begin >= slice.end || slice.end > columns) {
    fail<ShapeError>(Slice::name, ": columns ", slice.begin, " to ", slice.end, " of ", x.shape().to_string());
  }
  const std::int64_t count = slice.end - slice.begin;
  Tensor<Scalar>& y = call.allocate_output(detail::with_last_extent(x.shape(), count));
  const std::int64_t rows = detail::row_count(x.shape());
  detail::move_rows<Scalar>(call.context, {x.data() + slice.begin, columns, y.data(), count, rows, count});
}

template <class Scalar>
void backward(const Slice& slice, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (!slot) return;
  detail::zero_gradient(call.context, slot);
  const std::int64_t count = slice.end - slice.begin;
  const std::int64_t columns = detail::last_extent(slot.tensor->shape());
  const std::int64_t rows = detail::row_count(slot.tensor->shape());
  Scalar* to = slot.tensor->data() + slice.begin;
  detail::move_rows<Scalar>(call.context, {gradients.output.data(), count, to, columns, rows, count, slot.accumulate});
}

}  // namespace nasnet::inline NASNET_ABI
