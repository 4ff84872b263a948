#pragma once

#include "nasnet/ops/average_pool.hpp"

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/pool_checks.hpp"
#include "nasnet/ops/detail/sliding_sum_run.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const AveragePool& pool, OpCall<Scalar>& call, InstructionSet set) {
  const Shape& shape = call.input().shape();
  detail::check_map(AveragePool::name, shape);
  detail::check_pool(AveragePool::name, pool.window, shape);
  const Size map{shape[1], shape[2]};
  const Size size = pool.window.output(map);
  Tensor<Scalar>& output = call.allocate_output({shape[0], size.height, size.width, shape[3]});
  detail::run_sliding_mean(
      call.context,
      detail::SlidingPass<Scalar>{.window = pool.window, .map = map, .source = &call.input(), .destination = &output},
      set);
}

template <class Scalar>
void backward(const AveragePool& pool, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (!slot) return;
  detail::run_sliding_mean(call.context,
                           detail::SlidingPass<Scalar>{.window = pool.window,
                                                       .slide = detail::Slide::transposed,
                                                       .map = {slot.tensor->extent(1), slot.tensor->extent(2)},
                                                       .source = &gradients.output,
                                                       .destination = slot.tensor,
                                                       .accumulate = slot.accumulate},
                           set);
}

}  // namespace nasnet::inline NASNET_ABI
