/// Max pooling on the CPU.
#pragma once

#include <algorithm>  // max, min
#include <cstdint>    // int64_t, uint8_t
#include <limits>     // numeric_limits
#include <vector>     // vector

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/max_pool_kernel.hpp"
#include "nasnet/ops/detail/pool_checks.hpp"
#include "nasnet/ops/detail/scratch.hpp"
#include "nasnet/ops/detail/strip_tasks.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline v0 {

namespace detail {

/// @throws ShapeError where taps do not fit a byte.
inline void check_max_pool(const Window& window, const Shape& input) {
  check_pool(MaximumPool::name, window, input);
  if (window.kernel_height > 15 || window.kernel_width > 15) {
    fail<ShapeError>(MaximumPool::name, ": kernel is ", window.kernel_height, 'x', window.kernel_width,
                     ", at most 15x15 is possible");
  }
}

/// The first tap inside an axis of n cells, for each window.
[[nodiscard]] inline std::vector<std::int64_t> first_taps(const WindowAxis& axis, std::int64_t n) {
  std::vector<std::int64_t> taps;
  for (std::int64_t o = 0; o < axis.output(n); ++o) {
    const std::int64_t start = o * axis.stride - axis.before(n);
    taps.push_back(start >= 0 ? 0 : quotient_up(-start, axis.dilation));
  }
  return taps;
}

/// y, and the taps where they are not empty.
template <class T>
void max_pool(Context& context, const Window& window, const Tensor<T>& x, Tensor<T>& y, Tensor<std::uint8_t>& taps,
              InstructionSet set) {
  const Shape& from = x.shape();
  const Shape& to = y.shape();
  const WindowAxis vertical = window.vertical();
  const WindowAxis horizontal = window.horizontal();
  const RowTaps rows(vertical, Slide::forward, from[1], to[1], vertical.before(from[1]));
  const ColumnTaps columns(horizontal, Slide::forward, from[2], to[2], horizontal.before(from[2]), pool_block);
  const std::vector<std::int64_t> first_column_taps = first_taps(horizontal, from[2]);
  const StripTasks tasks(ChannelStrips::of<T>(to[3], set), to);
  const std::int64_t ring_rows = rows.span();
  Scratch<T> rings(context, ring_rows * columns.width * tasks.strips.width);
  context.parallel_for(tasks.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    const auto memory = rings.lease();
    for (std::int64_t index = begin; index < end; ++index) {
      const StripTask at = tasks[index];
      MaxPoolTask<T> task;
      task.ring = {.source = strip_row(x, at.n, tasks.strips, at.strip),
                   .source_pitch = from[2] * from[3],
                   .memory = memory.data(),
                   .rows = ring_rows,
                   .width = columns.width,
                   .before = columns.before,
                   .outside = -std::numeric_limits<T>::infinity()};
      task.destination = y.data() + at.offset;
      task.taps = taps.empty() ? nullptr : taps.data() + at.offset;
      task.width = to[2];
      task.row_begin = at.row_begin;
      task.row_end = at.row_end;
      task.row_taps = rows.taps.data();
      task.taps_begin = rows.begin.data();
      task.oldest = rows.oldest.data();
      task.needed = rows.needed.data();
      task.first_column_taps = first_column_taps.data();
      task.kernel_width = window.kernel_width;
      task.step = window.stride_width;
      task.spacing = window.dilation;
      run_kernel<MaxPoolKernel, T>(tasks.strips.set(at.strip), task);
    }
  });
}

/// dx: each cell takes the gradients of the windows that it won, in the order of the taps.
template <class T>
void max_pool_gradient(Context& context, const Window& window, const Tensor<T>& dy, const Tensor<std::uint8_t>& taps,
                       const GradientSlot<T>& slot, InstructionSet set) {
  const Shape& from = dy.shape();
  const Shape& to = slot.tensor->shape();
  const WindowAxis vertical = window.vertical();
  const WindowAxis horizontal = window.horizontal();
  const RowTaps rows(vertical, Slide::transposed, from[1], to[1], vertical.before(to[1]));
  const ColumnTaps columns(horizontal, Slide::transposed, from[2], to[2], horizontal.before(to[2]), pool_block);
  const StripTasks tasks(ChannelStrips::of<T>(to[3], set), to);
  const std::int64_t ring_rows = rows.span();
  const std::int64_t ring_size = ring_rows * columns.width * tasks.strips.width;
  Scratch<T> rings(context, 2 * ring_size);
  context.parallel_for(tasks.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    const auto memory = rings.lease();
    for (std::int64_t index = begin; index < end; ++index) {
      const StripTask at = tasks[index];
      MaxPoolGradientTask<T> task;
      task.ring = {.source = strip_row(dy, at.n, tasks.strips, at.strip),
                   .source_pitch = from[2] * from[3],
                   .memory = memory.data(),
                   .rows = ring_rows,
                   .width = columns.width,
                   .before = columns.before};
      task.taps = strip_row(taps, at.n, tasks.strips, at.strip);
      task.tap_ring = memory.data() + ring_size;
      task.destination = slot.tensor->data() + at.offset;
      task.width = to[2];
      task.row_begin = at.row_begin;
      task.row_end = at.row_end;
      task.accumulate = slot.accumulate;
      task.row_taps = rows.taps.data();
      task.taps_begin = rows.begin.data();
      task.oldest = rows.oldest.data();
      task.needed = rows.needed.data();
      task.phases = columns.phases.data();
      task.phase_count = static_cast<std::int64_t>(columns.phases.size());
      task.order = columns.order.data();
      task.destination_step = columns.destination_step;
      task.spacing = columns.spacing;
      task.kernel_width = window.kernel_width;
      run_kernel<MaxPoolGradientKernel, T>(tasks.strips.set(at.strip), task);
    }
  });
}

}  // namespace detail

/// y [N,Ho,Wo,C]: the largest cell of each window of x [N,H,W,C]; the first of equal ones, NaN before all. Keeps the
/// number of the tap that won for the backward pass.
/// @throws ShapeError for a kernel beyond 15x15, or where no window fits.
template <class Scalar>
void forward(const MaximumPool& pool, OpCall<Scalar>& call, InstructionSet set = instruction_set()) {
  const Shape& shape = call.input().shape();
  detail::check_map(MaximumPool::name, shape);
  detail::check_max_pool(pool.window, shape);
  const Size size = pool.window.output({shape[1], shape[2]});
  Tensor<Scalar>& output = call.allocate_output({shape[0], size.height, size.width, shape[3]});
  if (call.keep) call.taps = call.context.template tensor<std::uint8_t>(output.shape());
  detail::max_pool(call.context, pool.window, call.input(), output, call.taps, set);
}

/// dx: each cell takes the gradients of the windows that it won.
template <class Scalar>
void backward(const MaximumPool& pool, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set()) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (slot) detail::max_pool_gradient(call.context, pool.window, gradients.output, call.taps, slot, set);
}

}  // namespace nasnet::inline v0
