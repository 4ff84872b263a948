#pragma once

#include "nasnet/ops/detail/sliding_sum_run.hpp"

#include <cstdint>  // int64_t

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/channel_strips.hpp"
#include "nasnet/ops/detail/scratch.hpp"
#include "nasnet/ops/detail/sliding_sum.hpp"
#include "nasnet/ops/detail/strip_tasks.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// @param weight [kh,kw,C] of a sum, null for a mean @param cells of a mean
/// @param kernel of one task
template <class T>
void run_sliding_pass(Context& context, const SlidingPass<T>& pass, const T* weight, const WindowCells<T>& cells,
                      InstructionSet set, void (*kernel)(InstructionSet, const SlidingTask<T>&)) {
  const Tensor<T>& source = *pass.source;
  Tensor<T>& destination = *pass.destination;
  const Tensor<T>& behind = pass.slide == Slide::forward ? destination : source;
  const auto strips = ChannelStrips::of<T>(destination.extent(3), set);
  const StripSlide<T> slide(context, pass.window, pass.slide, pass.map, {behind.extent(1), behind.extent(2)}, weight,
                            strips);
  const StripTasks tasks(strips, destination.shape());
  Scratch<T> rings(context, slide.ring_size(strips));
  Scratch<const T*> pointers(context, 2 * pass.window.kernel_height);
  context.parallel_for(tasks.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    const auto ring = rings.lease();
    const auto pointer = pointers.lease();
    for (std::int64_t index = begin; index < end; ++index) {
      const StripTask at = tasks[index];
      SlidingTask<T> task = slide.task(at.strip, ring.data(), pointer.data());
      task.ring.source = strip_row(source, at.n, strips, at.strip);
      task.ring.source_pitch = source.extent(2) * source.extent(3);
      task.destination_pitch = destination.extent(2) * destination.extent(3);
      task.destination_pixel = destination.extent(3);
      task.destination = destination.data() + at.offset + at.row_begin * task.destination_pitch;
      if (pass.accumulate) task.epilogue = add_to_destination(task);
      task.averaging = pass.slide == Slide::forward ? Averaging::destination : Averaging::source;
      task.cells = cells.view();
      task.row_begin = at.row_begin;
      task.row_end = at.row_end;
      kernel(strips.set(at.strip), task);
    }
  });
}

template <class T>
void run_sliding_sum(Context& context, const SlidingPass<T>& pass, const T* weight, InstructionSet set) {
  run_sliding_pass<T>(context, pass, weight, {}, set, slide_sum<T>);
}

template <class T>
void run_sliding_mean(Context& context, const SlidingPass<T>& pass, InstructionSet set) {
  run_sliding_pass<T>(context, pass, nullptr, WindowCells<T>(pass.window, pass.map), set, slide_mean<T>);
}

}  // namespace nasnet::inline NASNET_ABI::detail
