#pragma once

#include "nasnet/ops/dense.hpp"

#include <algorithm>  // copy_n
#include <cstdint>    // int64_t

#include "nasnet/ops/detail/channel_matrix.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/kernel_checks.hpp"
#include "nasnet/ops/matrix_product.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// to [C] (+)= the sum of the rows of `from`, in their order.
template <class Scalar>
void sum_rows(MatrixSpan<const Scalar> from, Scalar* to, bool accumulate) {
  if (!accumulate) std::fill_n(to, from.columns, Scalar{0});
  for (std::int64_t row = 0; row < from.rows; ++row) {
    const Scalar* summand = from.data + row * from.stride;
    for (std::int64_t column = 0; column < from.columns; ++column) to[column] += summand[column];
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Dense& dense, OpCall<Scalar>& call, InstructionSet set) {
  const Shape& shape = call.input().shape();
  const Tensor<Scalar>& weight = call.parameter(0);
  const Tensor<Scalar>& bias = call.parameter(1);
  detail::check_map(Dense::name, shape);
  if (weight.shape().rank() == 2) detail::check_channels(Dense::name, weight.extent(0), shape);
  detail::check_parameter(Dense::name, "weight", weight.shape(), {shape[3], dense.units});
  detail::check_parameter(Dense::name, "bias", bias.shape(), {dense.units});
  Tensor<Scalar>& output = call.allocate_output({shape[0], shape[1], shape[2], dense.units});
  const auto y = detail::channel_matrix(output);
  for (std::int64_t row = 0; row < y.rows; ++row) std::copy_n(bias.data(), y.columns, y.data + row * y.stride);
  multiply<Scalar>(call.context, detail::channel_matrix(call.input()), detail::channel_matrix(weight), y, true, set);
}

template <class Scalar>
void backward(const Dense&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients, InstructionSet set) {
  const auto dy = detail::channel_matrix(gradients.output);
  if (const GradientSlot<Scalar>& slot = gradients.inputs[0]) {
    const Tensor<Scalar>& weight = call.parameter(0);
    multiply_right_transposed<Scalar>(call.context, dy, detail::channel_matrix(weight),
                                      detail::channel_matrix(*slot.tensor), slot.accumulate, set);
  }
  if (const GradientSlot<Scalar>& slot = gradients.parameters[0]) {
    multiply_left_transposed<Scalar>(call.context, detail::channel_matrix(call.input()), dy,
                                     detail::channel_matrix(*slot.tensor), slot.accumulate, set);
  }
  if (const GradientSlot<Scalar>& slot = gradients.parameters[1]) {
    detail::sum_rows<Scalar>(dy, slot.tensor->data(), slot.accumulate);
  }
}

}  // namespace nasnet::inline NASNET_ABI
