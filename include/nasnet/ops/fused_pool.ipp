#pragma once

#include "nasnet/ops/fused_pool.hpp"

#include <algorithm>  // max, min
#include <cstdint>    // int64_t
#include <limits>     // numeric_limits

#include "nasnet/ops/detail/max_pool_kernel.hpp"
#include "nasnet/ops/detail/quotient.hpp"
#include "nasnet/ops/detail/sliding_sum.hpp"
#include "nasnet/ops/fused_convolution.hpp"
#include "nasnet/ops/map_view.hpp"

namespace nasnet::inline NASNET_ABI {

template <class T>
PoolTiling<T>::PoolTiling(const FusedPool& pool, const MapView<const T>& input, InstructionSet set)
    : set_(set),
      width_(detail::full_width<T>(set)),
      images_(input.images),
      output_(pool.window.output({input.height, input.width})),
      rows_(pool.window.vertical(), detail::Slide::forward, input.height, output_.height,
            pool.window.vertical().before(input.height)),
      columns_(pool.window.horizontal(), detail::Slide::forward, input.width, output_.width,
               pool.window.horizontal().before(input.width), detail::sliding_block) {
  static_assert(detail::sliding_block % detail::pool_block == 0);
  if (pool.maximum) {
    first_column_taps_ = detail::first_taps(pool.window.horizontal(), input.width);
  } else {
    cells_ = detail::WindowCells<T>(pool.window, {input.height, input.width});
  }
  strips_ = input.channels / width_;
  constexpr std::int64_t least_rows = 7;
  const std::int64_t parts = detail::quotient_up(std::int64_t{8}, input.images * strips_);
  task_rows_ = (std::max)(detail::quotient_up(output_.height, parts), least_rows);
  row_parts_ = detail::quotient_up(output_.height, task_rows_);
}

template <class T>
void PoolTiling<T>::run_task(std::int64_t index, const FusedPool& pool, const MapView<const T>& input,
                             const MapView<const T>& addend, const MapView<T>& output,
                             const TileMemory<T>& memory) const {
  const Task task{index / (strips_ * row_parts_), index / row_parts_ % strips_, index % row_parts_ * task_rows_,
                  (std::min)((index % row_parts_ + 1) * task_rows_, output_.height)};
  if (pool.maximum) {
    run_maximum(pool, input, addend, output, task, memory.scalars.data());
  } else {
    run_average(input, addend, output, task, memory.scalars.data(), memory.pointers.data());
  }
}

template <class T>
detail::RowRing<T> PoolTiling<T>::ring(const MapView<const T>& input, const Task& at, T outside, T* memory) const {
  const T* first = input.row(at.image, 0) + at.strip * width_;
  return {.source = {.first = first,
                     .end = first + input.height * input.width * input.pitch,
                     .pixels = input.width,
                     .channels = input.pitch,
                     .used = width_},
          .source_pitch = input.width * input.pitch,
          .memory = memory,
          .rows = rows_.span,
          .width = columns_.width,
          .before = columns_.before,
          .outside = outside};
}

template <class T>
void PoolTiling<T>::run_maximum(const FusedPool& pool, const MapView<const T>& input, const MapView<const T>& addend,
                                const MapView<T>& output, const Task& at, T* memory) const {
  detail::MaxPoolTask<T> task;
  task.ring = ring(input, at, -std::numeric_limits<T>::infinity(), memory);
  task.destination = output.row(at.image, 0) + at.strip * width_;
  task.width = output_.width;
  task.destination_pixel = output.pitch;
  if (addend) task.addend = addend.row(at.image, 0) + at.strip * width_;
  task.addend_pixel = addend.pitch;
  task.row_begin = at.row_begin;
  task.row_end = at.row_end;
  task.rows = rows_.view();
  task.first_column_taps = first_column_taps_.data();
  task.kernel_width = pool.window.kernel_width;
  task.step = pool.window.stride_width;
  task.spacing = pool.window.dilation;
  detail::pool_maxima(set_, task);
}

template <class T>
void PoolTiling<T>::run_average(const MapView<const T>& input, const MapView<const T>& addend, const MapView<T>& output,
                                const Task& at, T* memory, const T** pointers) const {
  detail::SlidingTask<T> task;
  task.ring = ring(input, at, T{0}, memory);
  task.destination = output.row(at.image, at.row_begin) + at.strip * width_;
  task.destination_pitch = output_.width * output.pitch;
  task.destination_pixel = output.pitch;
  if (addend) {
    task.epilogue = {.addend = addend.row(at.image, at.row_begin) + at.strip * width_,
                     .addend_pitch = output_.width * addend.pitch,
                     .addend_pixel = addend.pitch};
  }
  task.row_begin = at.row_begin;
  task.row_end = at.row_end;
  task.cells = cells_.view();
  task.row_pointers = pointers;
  task.rows = rows_.view();
  task.columns = columns_.view();
  detail::slide_mean(set_, task);
}

}  // namespace nasnet::inline NASNET_ABI
