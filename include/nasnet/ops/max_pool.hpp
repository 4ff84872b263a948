/// Max pooling on the CPU.
#pragma once

#include <cstdint>  // int64_t, uint8_t
#include <limits>   // numeric_limits
#include <vector>   // vector

#include "nasnet/ops/detail/max_pool_kernel.hpp"
#include "nasnet/ops/detail/scratch.hpp"
#include "nasnet/ops/detail/strip_tasks.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// The first tap inside an axis of n cells, for each window.
NASNET_LAZY [[nodiscard]] std::vector<std::int64_t> first_taps(const WindowAxis& axis, std::int64_t n);

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
      run_kernel<MaxPoolKernel, T>(tasks.strips.set(at.strip), task);
    }
  });
}

}  // namespace detail

/// y [N,Ho,Wo,C]: the largest cell of each window of x [N,H,W,C]; the first of equal ones, NaN before all. Keeps the
/// number of the tap that won for the backward pass.
/// @throws ShapeError for a kernel beyond 15x15, or where no window fits.
template <class Scalar>
void forward(const MaximumPool& pool, OpCall<Scalar>& call, InstructionSet set = instruction_set());

/// dx: each cell takes the gradients of the windows that it won.
template <class Scalar>
void backward(const MaximumPool& pool, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/max_pool.ipp"
#endif
