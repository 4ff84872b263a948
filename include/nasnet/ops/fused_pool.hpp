/// Pools as the steps of an inference plan compute them: a sum after the pool costs no pass of its own, and the output
/// may be a slice of a concatenation.
#pragma once

#include <algorithm>  // max, min
#include <cstdint>    // int64_t
#include <limits>     // numeric_limits
#include <vector>     // vector

#include "nasnet/ops/detail/sliding_sum_run.hpp"
#include "nasnet/ops/fused_convolution.hpp"
#include "nasnet/ops/map_view.hpp"
#include "nasnet/ops/max_pool.hpp"

namespace nasnet::inline NASNET_ABI {

/// A pool without sizes: what a plan keeps of it.
struct FusedPool {
  bool maximum = false;  ///< or average
  Window window{};
};

/// A fused pool for one size of input.
template <class T>
class PoolTiling {
 public:
  PoolTiling(const FusedPool& pool, const MapView<const T>& input, InstructionSet set)
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

  [[nodiscard]] std::int64_t scratch_size() const { return rows_.span * columns_.width * width_; }

  /// How many tasks it is cut into; each writes a part of the output of its own.
  [[nodiscard]] std::int64_t tasks() const { return images_ * strips_ * row_parts_; }

  /// Runs one of them. @param addend same size as the output; may be the output, or nothing
  void run_task(std::int64_t index, const FusedPool& pool, const MapView<const T>& input,
                const MapView<const T>& addend, const MapView<T>& output, const TileMemory<T>& memory) const {
    const Task task{index / (strips_ * row_parts_), index / row_parts_ % strips_, index % row_parts_ * task_rows_,
                    (std::min)((index % row_parts_ + 1) * task_rows_, output_.height)};
    if (pool.maximum) {
      run_maximum(pool, input, addend, output, task, memory.scalars.data());
    } else {
      run_average(input, addend, output, task, memory.scalars.data(), memory.pointers.data());
    }
  }

 private:
  struct Task {
    std::int64_t image, strip, row_begin, row_end;
  };

  [[nodiscard]] detail::RowRing<T> ring(const MapView<const T>& input, const Task& at, T outside, T* memory) const {
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

  void run_maximum(const FusedPool& pool, const MapView<const T>& input, const MapView<const T>& addend,
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
    detail::run_kernel<detail::MaxPoolKernel, T>(set_, task);
  }

  void run_average(const MapView<const T>& input, const MapView<const T>& addend, const MapView<T>& output,
                   const Task& at, T* memory, const T** pointers) const {
    detail::SlidingTask<T> task;
    task.ring = ring(input, at, T{0}, memory);
    task.destination = output.row(at.image, at.row_begin) + at.strip * width_;
    task.destination_pitch = output_.width * output.pitch;
    task.destination_pixel = output.pitch;
    if (addend) task.addend = addend.row(at.image, at.row_begin) + at.strip * width_;
    task.addend_pitch = output_.width * addend.pitch;
    task.addend_pixel = addend.pitch;
    task.row_begin = at.row_begin;
    task.row_end = at.row_end;
    task.cells = cells_.view();
    task.row_pointers = pointers;
    task.rows = rows_.view();
    task.columns = columns_.view();
    detail::run_kernel<detail::SlidingMeanKernel, T>(set_, task);
  }

  InstructionSet set_;
  std::int64_t width_;
  std::int64_t images_;
  Size output_;
  detail::RowTaps rows_;
  detail::ColumnTaps columns_;
  std::vector<std::int64_t> first_column_taps_;
  detail::WindowCells<T> cells_;
  std::int64_t strips_ = 0;
  std::int64_t task_rows_ = 1;
  std::int64_t row_parts_ = 1;
};

}  // namespace nasnet::inline NASNET_ABI
