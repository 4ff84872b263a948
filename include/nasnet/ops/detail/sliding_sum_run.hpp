/// Cuts a sliding sum into tasks and runs them.
#pragma once

#include <cstdint>  // int64_t
#include <vector>   // vector

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
  Size map{};  ///< the side that the window slides over: source of a forward sum
  const Tensor<T>* source = nullptr;
  Tensor<T>* destination = nullptr;
  bool accumulate = false;
  const T* weight = nullptr;  ///< [kh,kw,C]; null: ones
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
        const T* from = weight == nullptr
                            ? nullptr
                            : weight + (ky * window.kernel_width + kx) * strips.channels + strips.first_channel(strip);
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

/// What all tasks of a sliding sum read.
template <class T>
struct SlidingTables {
  RowTaps rows;
  ColumnTaps columns;
  ChannelStrips strips;
  Tensor<T> weights;
  std::vector<T> row_cells;
  std::vector<T> column_cells;

  SlidingTables(Context& context, const SlidingSum<T>& sum, InstructionSet set)
      : rows(sum.window.vertical(), sum.slide, sum.source->extent(1), sum.destination->extent(1),
             sum.window.vertical().before(sum.map.height)),
        columns(sum.window.horizontal(), sum.slide, sum.source->extent(2), sum.destination->extent(2),
                sum.window.horizontal().before(sum.map.width), sliding_block),
        strips(ChannelStrips::of<T>(sum.destination->extent(3), set)),
        weights(strip_weights(context, sum.window, sum.weight, columns.order, strips)),
        row_cells(cells_inside<T>(sum.window.vertical(), sum.map.height)),
        column_cells(cells_inside<T>(sum.window.horizontal(), sum.map.width)) {}

  /// Scalars of a ring.
  [[nodiscard]] std::int64_t ring_size() const { return rows.span() * columns.width * strips.width; }

  /// A task without what is its own.
  [[nodiscard]] SlidingTask<T> task(const SlidingSum<T>& sum) const {
    SlidingTask<T> task;
    task.ring = {.source_pitch = sum.source->extent(2) * sum.source->extent(3),
                 .rows = rows.span(),
                 .width = columns.width,
                 .before = columns.before};
    task.destination_pitch = sum.destination->extent(2) * sum.destination->extent(3);
    task.destination_pixel = sum.destination->extent(3);
    task.addend_pitch = task.destination_pitch;
    task.addend_pixel = task.destination_pixel;
    task.weight_pitch = static_cast<std::int64_t>(columns.order.size());
    task.averaging = sum.averaging;
    task.row_cells = row_cells.data();
    task.column_cells = column_cells.data();
    task.rows = rows.view();
    task.columns = columns.view();
    return task;
  }
};

template <class T>
void run_sliding_sum(Context& context, const SlidingSum<T>& sum, InstructionSet set) {
  const SlidingTables<T> tables(context, sum, set);
  const StripTasks tasks(tables.strips, sum.destination->shape());
  const SlidingTask<T> common = tables.task(sum);
  Scratch<T> rings(context, tables.ring_size());
  Scratch<const T*> pointers(context, 2 * sum.window.kernel_height);
  context.parallel_for(tasks.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    const auto ring = rings.lease();
    const auto pointer = pointers.lease();
    for (std::int64_t index = begin; index < end; ++index) {
      const StripTask at = tasks[index];
      SlidingTask<T> task = common;
      task.ring.source = strip_row(*sum.source, at.n, tables.strips, at.strip);
      task.ring.memory = ring.data();
      task.row_pointers = pointer.data();
      task.destination = sum.destination->data() + at.offset + at.row_begin * task.destination_pitch;
      task.addend = sum.accumulate ? task.destination : nullptr;
      task.row_begin = at.row_begin;
      task.row_end = at.row_end;
      task.weights = tables.weights.data() + at.strip * sum.window.taps() * tables.strips.width;
      run_kernel<SlidingSumKernel, T>(tables.strips.set(at.strip), task);
    }
  });
}

}  // namespace nasnet::inline v0::detail
