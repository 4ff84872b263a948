#pragma once

#include "nasnet/ops/max_pool.hpp"

#include <cstdint>  // int64_t, uint8_t
#include <limits>   // numeric_limits
#include <vector>   // vector

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/max_pool_kernel.hpp"
#include "nasnet/ops/detail/pool_checks.hpp"
#include "nasnet/ops/detail/scratch.hpp"
#include "nasnet/ops/detail/sliding_taps.hpp"
#include "nasnet/ops/detail/strip_tasks.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// @throws ShapeError where taps do not fit a byte.
NASNET_LAZY inline void check_max_pool(const Window& window, const Shape& input) {
  check_pool(MaximumPool::name, window, input);
  if (window.kernel_height > 15 || window.kernel_width > 15) {
    fail<ShapeError>(MaximumPool::name, ": kernel is ", window.kernel_height, 'x', window.kernel_width,
                     ", at most 15x15 is possible");
  }
}

/// y, and the taps where they are not empty.
template <class T>
void max_pool(Context& context, const Window& window, const Tensor<T>& x, Tensor<T>& y, Tensor<std::uint8_t>& taps,
              InstructionSet set) {
  const WindowAxis vertical = window.vertical();
  const WindowAxis horizontal = window.horizontal();
  const RowTaps rows(vertical, Slide::forward, x.extent(1), y.extent(1), vertical.before(x.extent(1)));
  const ColumnTaps columns(horizontal, Slide::forward, x.extent(2), y.extent(2), horizontal.before(x.extent(2)),
                           pool_block);
  const std::vector<std::int64_t> first_column_taps = first_taps(horizontal, x.extent(2));
  const StripTasks tasks(ChannelStrips::of<T>(y.extent(3), set), y.shape());
  const MaxPoolTask<T> common{.ring = {.source_pitch = x.extent(2) * x.extent(3),
                                       .rows = rows.span,
                                       .width = columns.width,
                                       .before = columns.before,
                                       .outside = -std::numeric_limits<T>::infinity()},
                              .width = y.extent(2),
                              .destination_pixel = y.extent(3),
                              .rows = rows.view(),
                              .first_column_taps = first_column_taps.data(),
                              .kernel_width = window.kernel_width,
                              .step = window.stride_width,
                              .spacing = window.dilation};
  Scratch<T> rings(context, rows.span * columns.width * tasks.strips.width);
  context.parallel_for(tasks.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    const auto memory = rings.lease();
    for (std::int64_t index = begin; index < end; ++index) {
      const StripTask at = tasks[index];
      MaxPoolTask<T> task = common;
      task.ring.source = strip_row(x, at.n, tasks.strips, at.strip);
      task.ring.memory = memory.data();
      task.destination = y.data() + at.offset;
      task.taps = taps.empty() ? nullptr : taps.data() + at.offset;
      task.row_begin = at.row_begin;
      task.row_end = at.row_end;
      pool_maxima(tasks.strips.set(at.strip), task);
    }
  });
}

/// dx: each cell takes the gradients of the windows that it won, in the order of the taps.
template <class T>
void max_pool_gradient(Context& context, const Window& window, const Tensor<T>& dy, const Tensor<std::uint8_t>& taps,
                       const GradientSlot<T>& slot, InstructionSet set) {
  Tensor<T>& dx = *slot.tensor;
  const WindowAxis vertical = window.vertical();
  const WindowAxis horizontal = window.horizontal();
  const RowTaps rows(vertical, Slide::transposed, dy.extent(1), dx.extent(1), vertical.before(dx.extent(1)));
  const ColumnTaps columns(horizontal, Slide::transposed, dy.extent(2), dx.extent(2), horizontal.before(dx.extent(2)),
                           pool_block);
  const StripTasks tasks(ChannelStrips::of<T>(dx.extent(3), set), dx.shape());
  const MaxPoolGradientTask<T> common{.ring = {.source_pitch = dy.extent(2) * dy.extent(3),
                                               .rows = rows.span,
                                               .width = columns.width,
                                               .before = columns.before},
                                      .width = dx.extent(2),
                                      .accumulate = slot.accumulate,
                                      .rows = rows.view(),
                                      .columns = columns.view(),
                                      .order = columns.order.data(),
                                      .kernel_width = window.kernel_width};
  const std::int64_t ring_size = rows.span * columns.width * tasks.strips.width;
  Scratch<T> rings(context, 2 * ring_size);
  context.parallel_for(tasks.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    const auto memory = rings.lease();
    for (std::int64_t index = begin; index < end; ++index) {
      const StripTask at = tasks[index];
      MaxPoolGradientTask<T> task = common;
      task.ring.source = strip_row(dy, at.n, tasks.strips, at.strip);
      task.ring.memory = memory.data();
      task.taps = strip_row(taps, at.n, tasks.strips, at.strip);
      task.tap_ring = memory.data() + ring_size;
      task.destination = dx.data() + at.offset;
      task.row_begin = at.row_begin;
      task.row_end = at.row_end;
      pool_maxima_gradient(tasks.strips.set(at.strip), task);
    }
  });
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const MaximumPool& pool, OpCall<Scalar>& call, InstructionSet set) {
  const Shape& shape = call.input().shape();
  detail::check_map(MaximumPool::name, shape);
  detail::check_max_pool(pool.window, shape);
  const Size size = pool.window.output({shape[1], shape[2]});
  Tensor<Scalar>& output = call.allocate_output({shape[0], size.height, size.width, shape[3]});
  if (call.keep) call.taps = call.context.template tensor<std::uint8_t>(output.shape());
  detail::max_pool(call.context, pool.window, call.input(), output, call.taps, set);
}

template <class Scalar>
void backward(const MaximumPool& pool, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (slot) detail::max_pool_gradient(call.context, pool.window, gradients.output, call.taps, slot, set);
}

}  // namespace nasnet::inline NASNET_ABI
