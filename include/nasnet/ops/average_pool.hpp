/// Average pooling on the CPU: means over windows, of the cells inside the map.
#pragma once

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/pool_checks.hpp"
#include "nasnet/ops/detail/sliding_sum_run.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y [N,Ho,Wo,C]: the mean of the cells of each window that lie inside the map x [N,H,W,C].
/// @throws ShapeError where no window fits.
template <class Scalar>
void forward(const AveragePool& pool, OpCall<Scalar>& call, InstructionSet set = instruction_set()) {
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

/// dx: each cell takes its share of the gradients of its windows.
template <class Scalar>
void backward(const AveragePool& pool, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set()) {
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
