#pragma once

#include "nasnet/ops/concat.hpp"

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <vector>   // vector

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/rows.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

template <class Scalar>
[[nodiscard]] Shape concat_shape(const OpCall<Scalar>& call) {
  if (call.inputs.empty() || call.input().shape().rank() == 0) fail<ShapeError>(Concat::name, ": no inputs");
  std::int64_t channels = 0;
  for (const Tensor<Scalar>* input : call.inputs) {
    const std::int64_t own = last_extent(input->shape());
    channels += own;
    if (with_last_extent(call.input().shape(), own) != input->shape()) {
      fail<ShapeError>(Concat::name, ": input is ", input->shape().to_string(), ", the first one is ",
                       call.input().shape().to_string(), "; only the last extent may differ");
    }
  }
  return with_last_extent(call.input().shape(), channels);
}

// Backward must know the width of inputs whose gradient nobody wants: tensors [0,C_i] without memory keep it.
template <class Scalar>
void keep_channels(OpCall<Scalar>& call) {
  for (const Tensor<Scalar>* input : call.inputs) call.saved.emplace_back(Shape{0, last_extent(input->shape())});
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Concat&, OpCall<Scalar>& call) {
  Tensor<Scalar>& y = call.allocate_output(detail::concat_shape(call));
  if (call.keep) detail::keep_channels(call);
  const std::int64_t pitch = detail::last_extent(y.shape());
  const std::int64_t rows = detail::row_count(y.shape());
  std::vector<detail::RowsJob<Scalar>> jobs;
  Scalar* to = y.data();
  for (const Tensor<Scalar>* input : call.inputs) {
    const std::int64_t count = detail::last_extent(input->shape());
    jobs.push_back({input->data(), count, to, pitch, rows, count});
    to += count;
  }
  detail::move_side_by_side<Scalar>(call.context, jobs, rows, pitch);
}

template <class Scalar>
void backward(const Concat&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const Shape& shape = gradients.output.shape();
  const std::int64_t pitch = detail::last_extent(shape);
  const std::int64_t rows = detail::row_count(shape);
  std::vector<detail::RowsJob<Scalar>> jobs;
  const Scalar* from = gradients.output.data();
  for (std::size_t i = 0; i < gradients.inputs.size(); ++i) {
    const GradientSlot<Scalar>& slot = gradients.inputs[i];
    const std::int64_t count = call.saved[i].extent(1);
    if (slot) jobs.push_back({from, pitch, slot.tensor->data(), count, rows, count, slot.accumulate});
    from += count;
  }
  detail::move_side_by_side<Scalar>(call.context, jobs, rows, pitch);
}

}  // namespace nasnet::inline NASNET_ABI
