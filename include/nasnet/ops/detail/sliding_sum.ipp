#pragma once

#include "nasnet/ops/detail/sliding_sum.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/channel_strips.hpp"
#include "nasnet/ops/detail/epilogue.hpp"
#include "nasnet/ops/detail/simd.hpp"
#include "nasnet/ops/detail/sliding_taps.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The outputs of one phase of one destination row.
template <class T>
struct SlidingRow {
  const T* const* sources = nullptr;  ///< padded source rows, at the first tap of the first output
  const T* const* weights = nullptr;  ///< and their weights
  std::int64_t rows = 0;
  std::int64_t taps = 0;
  std::int64_t spacing = 0;  ///< scalars from tap to tap
  std::int64_t step = 0;     ///< scalars from window to window
  OutputRow<T> outputs{};
  const T* cells = nullptr;   ///< of each output's window; null: nothing to divide by
  const T* shares = nullptr;  ///< one divided by them
};

/// Adds a kernel row to a block of sums; `taps` neighbouring source cells for each output, windows `step` cells apart.
template <class L, int taps, int step, int block>
NASNET_ALWAYS_INLINE void slide_kernel_row(typename L::Vector (&sum)[block], const typename L::Scalar* source,
                                           const typename L::Scalar* weights) {
  typename L::Vector weight[taps];
  NASNET_UNROLL
  for (int t = 0; t < taps; ++t) load<L>(weight[t], weights + t * L::width);
  NASNET_UNROLL
  for (int cell = 0; cell < (block - 1) * step + taps; ++cell) {
    typename L::Vector x;
    load<L>(x, source + cell * L::width);
    NASNET_UNROLL
    for (int t = 0; t < taps; ++t) {
      const int output = cell - t;
      if (output >= 0 && output % step == 0 && output / step < block) sum[output / step] += x * weight[t];
    }
  }
}

/// The same for any taps and distances.
template <class L, int block>
NASNET_ALWAYS_INLINE void slide_any_kernel_row(typename L::Vector (&sum)[block], const typename L::Scalar* source,
                                               const typename L::Scalar* weights, std::int64_t taps,
                                               std::int64_t spacing, std::int64_t step) {
  for (std::int64_t t = 0; t < taps; ++t, source += spacing) {
    typename L::Vector weight;
    load<L>(weight, weights + t * L::width);
    NASNET_UNROLL
    for (int output = 0; output < block; ++output) {
      typename L::Vector x;
      load<L>(x, source + output * step);
      sum[output] += x * weight;
    }
  }
}

/// sum / cells, at the cost of three products: a quotient that is nearly right, and its correction.
/// @param share 1 / cells
template <class L>
NASNET_ALWAYS_INLINE void divide_by_cells(typename L::Vector& sum, typename L::Scalar cells, typename L::Scalar share) {
  typename L::Vector quotient = sum * share;
  sum -= quotient * cells;
  quotient += sum * share;
  sum = quotient;
}

/// Adds all rows of some neighbouring windows; taps 0 stands for any number and distance.
template <class L, int taps, int step, int block>
NASNET_ALWAYS_INLINE void slide_rows(typename L::Vector (&sum)[block], const SlidingRow<typename L::Scalar>& row,
                                     std::int64_t first) {
  for (std::int64_t r = 0; r < row.rows; ++r) {
    const auto* source = row.sources[r] + first * row.step;
    if constexpr (taps > 0) {
      hide(source);  // else the distance of each cell from the row's begin takes a register
      slide_kernel_row<L, taps, step, block>(sum, source, row.weights[r]);
    } else {
      slide_any_kernel_row<L, block>(sum, source, row.weights[r], row.taps, row.spacing, row.step);
    }
  }
}

/// Which code computes a row's windows: 10 * step + taps, with the step in vectors; 0 for that of any windows.
template <class L>
NASNET_ALWAYS_INLINE std::int64_t window_code(const SlidingRow<typename L::Scalar>& row) {
  if (row.spacing != L::width || row.taps > 7) return 0;
  return row.step == L::width ? 10 + row.taps : row.step == 2 * L::width ? 20 + row.taps : 0;
}

/// Some neighbouring outputs of a row. There is code for 3, 5 and 7 taps of the search spaces' kernels, and for 1 to 4
/// of their transposes; it is picked for each block, so that what becomes of the sums stands in the kernel once.
template <class L, int block>
NASNET_ALWAYS_INLINE void slide_block(const SlidingRow<typename L::Scalar>& row, std::int64_t code,
                                      std::int64_t first) {
  typename L::Vector sum[block];
  NASNET_UNROLL
  for (int output = 0; output < block; ++output) sum[output] = typename L::Vector{};
  hide(code);
  if constexpr (sizeof(typename L::Scalar) == 4) {
    switch (code) {
      case 12: slide_rows<L, 2, 1, block>(sum, row, first); break;
      case 13: slide_rows<L, 3, 1, block>(sum, row, first); break;
      case 14: slide_rows<L, 4, 1, block>(sum, row, first); break;
      case 15: slide_rows<L, 5, 1, block>(sum, row, first); break;
      case 17: slide_rows<L, 7, 1, block>(sum, row, first); break;
      case 23: slide_rows<L, 3, 2, block>(sum, row, first); break;
      case 25: slide_rows<L, 5, 2, block>(sum, row, first); break;
      case 27: slide_rows<L, 7, 2, block>(sum, row, first); break;
      default: slide_rows<L, 0, 0, block>(sum, row, first); break;
    }
  } else {
    slide_rows<L, 0, 0, block>(sum, row, first);
  }
  write_outputs<L, block>(row.outputs, first, sum);
}

/// All outputs of a row.
template <class L>
NASNET_ALWAYS_INLINE void sum_row(const SlidingRow<typename L::Scalar>& job) {
  constexpr int half = sliding_block / 2;
  const SlidingRow<typename L::Scalar> row = job;
  const std::int64_t code = window_code<L>(row);
  std::int64_t first = 0;
  for (; row.outputs.count - first > half; first += sliding_block) slide_block<L, sliding_block>(row, code, first);
  if (first < row.outputs.count) slide_block<L, half>(row, code, first);
}

/// Adds up columns of the rows, then `taps` neighbouring ones for each output, windows `step` columns apart.
template <class L, int taps, int step, int block>
NASNET_ALWAYS_INLINE void add_up_columns(typename L::Vector (&sum)[block], const SlidingRow<typename L::Scalar>& row,
                                         std::int64_t first) {
  constexpr int columns = (block - 1) * step + taps;
  typename L::Vector column[columns];
  NASNET_UNROLL
  for (int i = 0; i < columns; ++i) column[i] = typename L::Vector{};
  for (std::int64_t r = 0; r < row.rows; ++r) {
    const auto* source = row.sources[r] + first * row.step;
    hide(source);
    NASNET_UNROLL
    for (int i = 0; i < columns; ++i) {
      typename L::Vector x;
      load<L>(x, source + i * L::width);
      column[i] += x;
    }
  }
  NASNET_UNROLL
  for (int output = 0; output < block; ++output) {
    sum[output] = column[output * step];
    NASNET_UNROLL
    for (int t = 1; t < taps; ++t) sum[output] += column[output * step + t];
  }
}

/// The same for any taps and distances.
template <class L, int block>
NASNET_ALWAYS_INLINE void add_up_cells(typename L::Vector (&sum)[block], const SlidingRow<typename L::Scalar>& row,
                                       std::int64_t first) {
  NASNET_UNROLL
  for (int output = 0; output < block; ++output) sum[output] = typename L::Vector{};
  for (std::int64_t r = 0; r < row.rows; ++r) {
    const auto* source = row.sources[r] + first * row.step;
    for (std::int64_t t = 0; t < row.taps; ++t, source += row.spacing) {
      NASNET_UNROLL
      for (int output = 0; output < block; ++output) {
        typename L::Vector x;
        load<L>(x, source + output * row.step);
        sum[output] += x;
      }
    }
  }
}

/// Adds up a block of windows. There is code for the pools of the search spaces; whole blocks are of those of step 1.
template <class L, int block>
NASNET_ALWAYS_INLINE void add_up_block(typename L::Vector (&sum)[block], const SlidingRow<typename L::Scalar>& row,
                                       std::int64_t code, std::int64_t first) {
  if constexpr (block == sliding_block) {
    add_up_columns<L, 3, 1, block>(sum, row, first);
  } else if (code == 13) {
    add_up_columns<L, 3, 1, block>(sum, row, first);
  } else if (code == 23) {
    add_up_columns<L, 3, 2, block>(sum, row, first);
  } else {
    add_up_cells<L, block>(sum, row, first);
  }
}

/// The means of a block of windows, or sums of shares.
template <class L, int block>
NASNET_ALWAYS_INLINE void mean_block(const SlidingRow<typename L::Scalar>& row, std::int64_t code, std::int64_t first) {
  typename L::Vector sum[block];
  hide(code);
  add_up_block<L, block>(sum, row, code, first);
  int divides = row.cells != nullptr ? 1 : 0;
  hide(divides);
  if (divides != 0) {
    const std::int64_t last = row.outputs.count - 1;
    NASNET_UNROLL
    for (int output = 0; output < block; ++output) {
      const std::int64_t window = first + output < last ? first + output : last;
      divide_by_cells<L>(sum[output], row.cells[window], row.shares[window]);
    }
  }
  write_outputs<L, block>(row.outputs, first, sum);
}

/// All means of a row.
template <class L>
NASNET_ALWAYS_INLINE void mean_row(const SlidingRow<typename L::Scalar>& job) {
  constexpr int half = sliding_block / 2;
  const SlidingRow<typename L::Scalar> row = job;
  const std::int64_t code = window_code<L>(row);
  std::int64_t first = 0;
  if (code == 13) {
    for (; row.outputs.count - first > half; first += sliding_block) mean_block<L, sliding_block>(row, code, first);
  }
  for (; first < row.outputs.count; first += half) mean_block<L, half>(row, code, first);
}

/// Sums or means: the tasks differ only in what a block of outputs is made of.
template <bool averages>
struct SlidingKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const SlidingTask<typename Target::Scalar>& task) {
    run_lanes<typename Target::Full>(task);
  }

 private:
  template <class L>
  static NASNET_ALWAYS_INLINE void run_lanes(const SlidingTask<typename L::Scalar>& task) {
    RingCursor next = ring_cursor(task.ring, task.rows.oldest[task.row_begin]);
    for (std::int64_t row = task.row_begin; row < task.row_end; ++row) {
      for (; next.source < task.rows.needed[row]; next.advance(task.ring.rows)) {
        fetch_row<L>(task.ring, next);
        if constexpr (averages) {
          if (task.averaging == Averaging::source) divide_row<L>(task, next);
        }
      }
      if (row + 1 < task.row_end) expect_rows<L>(task.ring, next.source, task.rows.needed[row + 1]);
      compute_row<L>(task, row);
    }
  }

  template <class L>
  static NASNET_ALWAYS_INLINE void divide_row(const SlidingTask<typename L::Scalar>& task, const RingCursor& at) {
    auto* row = ring_row<L>(task.ring, at.slot) + task.ring.before * L::width;
    const auto* cells = task.cells.row(at.source);
    const auto* shares = task.cells.row_shares(at.source);
    for (std::int64_t pixel = 0; pixel < task.ring.source.pixels; ++pixel) {
      typename L::Vector x;
      load<L>(x, row + pixel * L::width);
      divide_by_cells<L>(x, cells[pixel], shares[pixel]);
      store<L>(row + pixel * L::width, x);
    }
  }

  template <class L>
  static NASNET_ALWAYS_INLINE void compute_row(const SlidingTask<typename L::Scalar>& task, std::int64_t row) {
    using T = typename L::Scalar;
    const RowTap* taps = task.rows.taps + task.rows.begin[row];
    const std::int64_t rows = task.rows.begin[row + 1] - task.rows.begin[row];
    const T** sources = task.row_pointers;
    const T** weights = task.row_pointers + rows;
    for (std::int64_t p = 0; p < task.columns.phase_count; ++p) {
      const ColumnPhase& phase = task.columns.phases[p];
      for (std::int64_t r = 0; r < rows; ++r) {
        sources[r] = ring_row<L>(task.ring, taps[r].slot) + (task.ring.before + phase.start) * L::width;
        if constexpr (!averages) {
          weights[r] = task.weights + (taps[r].tap * task.weight_pitch + phase.weight_start) * L::width;
        }
      }
      SlidingRow<T> job;
      job.sources = sources;
      job.weights = weights;
      job.rows = phase.taps == 0 ? 0 : rows;
      job.taps = phase.taps;
      job.spacing = task.columns.spacing * L::width;
      job.step = task.columns.source_step * L::width;
      job.outputs = outputs_of(task, row - task.row_begin, phase);
      if constexpr (averages) {
        if (task.averaging == Averaging::destination) {
          job.cells = task.cells.row(row);
          job.shares = task.cells.row_shares(row);
        }
        mean_row<L>(job);
      } else {
        sum_row<L>(job);
      }
    }
  }

  template <class T>
  static NASNET_ALWAYS_INLINE OutputRow<T> outputs_of(const SlidingTask<T>& task, std::int64_t row,
                                                      const ColumnPhase& phase) {
    const Epilogue<T>& epilogue = task.epilogue;
    const std::int64_t first = row * task.destination_pitch + phase.first * task.destination_pixel;
    OutputRow<T> outputs;
    outputs.to = task.destination + first;
    outputs.step = task.columns.destination_step * task.destination_pixel;
    outputs.count = phase.count;
    outputs.used = task.stored > 0 ? task.stored : task.ring.source.used;
    if (epilogue.gate != nullptr) outputs.gate = epilogue.gate + first;
    if (epilogue.addend != nullptr) {
      outputs.addend = epilogue.addend + row * epilogue.addend_pitch + phase.first * epilogue.addend_pixel;
      outputs.addend_step = task.columns.destination_step * epilogue.addend_pixel;
    }
    return outputs;
  }
};

template <class T>
void slide_sum(InstructionSet set, const SlidingTask<T>& task) {
  run_kernel<SlidingKernel<false>, T>(set, task);
}

template <class T>
void slide_mean(InstructionSet set, const SlidingTask<T>& task) {
  run_kernel<SlidingKernel<true>, T>(set, task);
}

}  // namespace nasnet::inline NASNET_ABI::detail
