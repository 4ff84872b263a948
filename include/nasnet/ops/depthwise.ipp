#pragma once

#include "nasnet/ops/depthwise.hpp"

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/depthwise_weight_gradient.hpp"
#include "nasnet/ops/detail/kernel_checks.hpp"
#include "nasnet/ops/detail/sliding_sum_run.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Depthwise& depthwise, OpCall<Scalar>& call, InstructionSet set) {
  const Shape& shape = call.input().shape();
  const Window& window = depthwise.window;
  const Tensor<Scalar>& weight = call.parameter(0);
  detail::check_map(Depthwise::name, shape);
  detail::check_window(Depthwise::name, window, shape);
  if (weight.shape().rank() == 3) detail::check_channels(Depthwise::name, weight.extent(2), shape);
  detail::check_parameter(Depthwise::name, "weight", weight.shape(),
                          {window.kernel_height, window.kernel_width, shape[3]});
  const Size map{shape[1], shape[2]};
  const Size size = window.output(map);
  Tensor<Scalar>& output = call.allocate_output({shape[0], size.height, size.width, shape[3]});
  detail::run_sliding_sum(
      call.context,
      detail::SlidingPass<Scalar>{.window = window, .map = map, .source = &call.input(), .destination = &output},
      weight.data(), set);
}

template <class Scalar>
void backward(const Depthwise& depthwise, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set) {
  const Shape& shape = call.input().shape();
  if (const GradientSlot<Scalar>& slot = gradients.inputs[0]) {
    detail::run_sliding_sum(call.context,
                            detail::SlidingPass<Scalar>{.window = depthwise.window,
                                                        .slide = detail::Slide::transposed,
                                                        .map = {shape[1], shape[2]},
                                                        .source = &gradients.output,
                                                        .destination = slot.tensor,
                                                        .accumulate = slot.accumulate},
                            call.parameter(0).data(), set);
  }
  if (gradients.parameters.empty()) return;
  if (const GradientSlot<Scalar>& slot = gradients.parameters[0]) {
    detail::depthwise_weight_gradient(call.context, depthwise.window, call.input(), gradients.output, slot, set);
  }
}

}  // namespace nasnet::inline NASNET_ABI
