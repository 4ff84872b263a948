/// Cuts a sliding sum into tasks and runs them.
#pragma once

#include <cstdint>    // int64_t
#include <vector>     // vector

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/scratch.hpp"
#include "nasnet/ops/detail/sliding_sum.hpp"
#include "nasnet/ops/detail/strip_tasks.hpp"

namespace nasnet::inline v0::detail {

/// A sliding sum over whole batches, [N,H,W,C] each.
template <class T>
struct SlidingSum {
  Window window{};
  Slide slide = Slide::forward;
  Size map{};                         ///< the side that the window slides over: source of a forward sum
  const Tensor<T>* source = nullptr;
  Tensor<T>* destination = nullptr;
  bool accumulate = false;
  const T* weight = nullptr;          ///< [kh,kw,C]; null: ones
  Averaging averaging = Averaging::none;
};

/// The weights of all strips, [strips][kh][kw in the order of the phases][lanes], zeros past the channels.
template <class T>
[[nodiscard]] Tensor<T> strip_weights(Context& context, const Window& window, const T* weight,
                                      const std::vector<std::int64_t>& order, const ChannelStrips& strips) {
  Tensor<T> packed = context.tensor<T>({strips.count(), window.taps() * strips.width});
  for (std::int64_t strip = 0; strip < strips.count(); ++strip) {
    T* to = packed.data() + strip * window.taps() * strips.width;
    for (std::int64_t ky = 0; ky < window.kernel_height; ++ky) {
      for (const std::int64_t kx : order) {
        const T* from = weight == nullptr ? nullptr
                                          : weight + (ky * window.kernel_width + kx) * strips.channels +
                                                strips.first_channel(strip);
        for (std::int64_t lane = 0; lane < full_width<T>(strips.set(strip)); ++lane) {
          const bool inside = lane < strips.used(strip);
          *to++ = !inside ? T{0} : from == nullptr ? T{1} : from[lane];
        }
      }
    }
  }
  return packed;
}

/// Cells inside an axis of n cells, for each window.
template <class T>
[[nodiscard]] std::vector<T> cells_inside(const WindowAxis& axis, std::int64_t n) {
  std::vector<T> cells;
  for (std::int64_t o = 0; o < axis.output(n); ++o) {
    std::int64_t inside = 0;
    for (std::int64_t tap = 0; tap < axis.kernel; ++tap) {
      const std::int64_t cell = o * axis.stride + tap * axis.dilation - axis.before(n);
      inside += cell >= 0 && cell < n ? 1 : 0;
    }
    cells.push_back(static_cast<T>(inside));
  }
  return cells;
}

template <class T>
void run_sliding_sum(Context& context, const SlidingSum<T>& sum, InstructionSet set) {
  const Shape& from = sum.source->shape();
  const Shape& to = sum.destination->shape();
  const WindowAxis vertical = sum.window.vertical();
  const WindowAxis horizontal = sum.window.horizontal();
  const RowTaps rows(vertical, sum.slide, from[1], to[1], vertical.before(sum.map.height));
  const ColumnTaps columns(horizontal, sum.slide, from[2], to[2], horizontal.before(sum.map.width), sliding_block);
  const auto strips = ChannelStrips::of<T>(to[3], set);
  const Tensor<T> weights = strip_weights(context, sum.window, sum.weight, columns.order, strips);
  const std::vector<T> row_cells = cells_inside<T>(vertical, sum.map.height);
  const std::vector<T> column_cells = cells_inside<T>(horizontal, sum.map.width);
  const std::int64_t ring_rows = rows.span();
  const StripTasks tasks(strips, to);
  Scratch<T> rings(context, ring_rows * columns.width * strips.width);
  Scratch<const T*> pointers(context, 2 * sum.window.kernel_height);
  context.parallel_for(tasks.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    const auto ring = rings.lease();
    const auto pointer = pointers.lease();
    for (std::int64_t index = begin; index < end; ++index) {
      const StripTask at = tasks[index];
      SlidingTask<T> task;
      task.ring = {.source = strip_row(*sum.source, at.n, strips, at.strip),
                   .source_pitch = from[2] * from[3],
                   .memory = ring.data(),
                   .rows = ring_rows,
                   .width = columns.width,
                   .before = columns.before};
      task.destination = sum.destination->data() + at.offset;
      task.destination_pitch = to[2] * to[3];
      task.row_begin = at.row_begin;
      task.row_end = at.row_end;
      task.accumulate = sum.accumulate;
      task.weights = weights.data() + at.strip * sum.window.taps() * strips.width;
      task.weight_pitch = static_cast<std::int64_t>(columns.order.size());
      task.averaging = sum.averaging;
      task.row_cells = row_cells.data();
      task.column_cells = column_cells.data();
      task.row_pointers = pointer.data();
      task.taps = rows.taps.data();
      task.taps_begin = rows.begin.data();
      task.oldest = rows.oldest.data();
      task.needed = rows.needed.data();
      task.phases = columns.phases.data();
      task.phase_count = static_cast<std::int64_t>(columns.phases.size());
      task.destination_step = columns.destination_step;
      task.source_step = columns.source_step;
      task.spacing = columns.spacing;
      run_kernel<SlidingSumKernel, T>(strips.set(at.strip), task);
    }
  });
}

}  // namespace nasnet::inline v0::detail
