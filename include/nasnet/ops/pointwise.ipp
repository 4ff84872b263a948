#pragma once

#include "nasnet/ops/pointwise.hpp"

#include "nasnet/ops/detail/channel_matrix.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/kernel_checks.hpp"
#include "nasnet/ops/matrix_product.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Pointwise& pointwise, OpCall<Scalar>& call, InstructionSet set) {
  const Shape& shape = call.input().shape();
  const Tensor<Scalar>& weight = call.parameter(0);
  detail::check_map(Pointwise::name, shape);
  if (weight.shape().rank() == 4) detail::check_channels(Pointwise::name, weight.extent(2), shape);
  detail::check_parameter(Pointwise::name, "weight", weight.shape(), {1, 1, shape[3], pointwise.filters});
  Tensor<Scalar>& output = call.allocate_output({shape[0], shape[1], shape[2], pointwise.filters});
  multiply<Scalar>(call.context, detail::channel_matrix(call.input()), detail::channel_matrix(weight),
                   detail::channel_matrix(output), false, set);
}

template <class Scalar>
void backward(const Pointwise&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients, InstructionSet set) {
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
}

}  // namespace nasnet::inline NASNET_ABI
