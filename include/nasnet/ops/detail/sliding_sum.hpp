/// Weighted sums over sliding windows, channel by channel: depthwise convolution, average pooling, and their
/// transposes.
///
/// One task is a strip of channels of one image, or of some rows of it. It keeps the source rows that its windows cover
/// in a ring of padded rows, which fits the first cache, and computes `block` neighbouring outputs in registers, so
/// that each padded cell is loaded once for all taps of a kernel row.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/channel_strips.hpp"
#include "nasnet/ops/detail/sliding_taps.hpp"

namespace nasnet::inline v0::detail {

/// Neighbouring outputs that are computed together; half as many where no more are left of a row.
inline constexpr int sliding_block = 8;

/// What is divided by the number of cells of each window that lie inside the map.
enum class Averaging { none, destination, source };

/// One task of a sliding sum.
template <class T>
struct SlidingTask {
  RowRing<T> ring{};                   ///< source rows
  T* destination = nullptr;            ///< the strip in row `row_begin`
  std::int64_t destination_pitch = 0;  ///< scalars from one destination row to the next
  std::int64_t destination_pixel = 0;  ///< and from one pixel to the next
  std::int64_t row_begin = 0;          ///< destination rows of the task
  std::int64_t row_end = 0;
  std::int64_t stored = 0;    ///< lanes that are written; 0: those that the source has
  const T* gate = nullptr;    ///< lies as the destination: sums count only where it is above 0; null: everywhere
  const T* addend = nullptr;  ///< what is added, with pitches of its own; null: nothing. May be the destination
  std::int64_t addend_pitch = 0;
  std::int64_t addend_pixel = 0;
  const T* weights = nullptr;     ///< [kernel rows][taps in the order of ColumnTaps][lanes]
  std::int64_t weight_pitch = 0;  ///< taps of a kernel row
  Averaging averaging = Averaging::none;
  const T* row_cells = nullptr;      ///< cells inside the map of each window row
  const T* column_cells = nullptr;   ///< and of each window column
  const T** row_pointers = nullptr;  ///< room for two pointers per kernel row
  RowTapView rows{};
  ColumnTapView columns{};
};

/// The outputs of one phase of one destination row.
template <class T>
struct SlidingRow {
  const T* const* sources = nullptr;  ///< padded source rows, at the first tap of the first output
  const T* const* weights = nullptr;  ///< and their weights
  std::int64_t rows = 0;
  std::int64_t taps = 0;
  std::int64_t spacing = 0;  ///< scalars from tap to tap
  std::int64_t step = 0;     ///< scalars from window to window
  T* to = nullptr;
  std::int64_t to_step = 0;  ///< scalars from output to output
  std::int64_t count = 0;
  std::int64_t used = 0;      ///< lanes that are written
  const T* gate = nullptr;    ///< of the first output
  const T* addend = nullptr;  ///< likewise
  std::int64_t addend_step = 0;
  T row_cells = 0;  ///< 0: no averaging
  const T* column_cells = nullptr;
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

template <class L, int block>
NASNET_ALWAYS_INLINE void store_block(typename L::Scalar* to, std::int64_t step,
                                      const typename L::Vector (&sum)[block]) {
  NASNET_UNROLL
  for (int output = 0; output < block; ++output) store<L>(to + output * step, sum[output]);
}

/// sum / cells, at the cost of three products: a quotient that is nearly right, and its correction.
template <class L>
NASNET_ALWAYS_INLINE void divide_by_cells(typename L::Vector& sum, typename L::Scalar cells) {
  const typename L::Scalar share = 1 / cells;
  typename L::Vector quotient = sum * share;
  sum -= quotient * cells;
  quotient += sum * share;
  sum = quotient;
}

/// A whole block of whole vectors that are averages, gated or added to something.
template <class L, int block>
NASNET_ALWAYS_INLINE void write_block(const SlidingRow<typename L::Scalar>& row, std::int64_t first,
                                      typename L::Vector (&sum)[block]) {
  int averages = row.row_cells != 0 ? 1 : 0;
  int gated = row.gate != nullptr ? 1 : 0;
  int adds = row.addend != nullptr ? 1 : 0;
  hide(averages);
  hide(gated);
  hide(adds);
  if (averages != 0) {
    NASNET_UNROLL
    for (int output = 0; output < block; ++output) {
      divide_by_cells<L>(sum[output], row.row_cells * row.column_cells[first + output]);
    }
  }
  if (gated != 0) {
    NASNET_UNROLL
    for (int output = 0; output < block; ++output) {
      typename L::Vector gate;
      load<L>(gate, row.gate + (first + output) * row.to_step);
      sum[output] = gate > typename L::Vector{} ? sum[output] : typename L::Vector{};
    }
  }
  if (adds != 0) {
    NASNET_UNROLL
    for (int output = 0; output < block; ++output) {
      typename L::Vector addend;
      load<L>(addend, row.addend + (first + output) * row.addend_step);
      sum[output] += addend;
    }
  }
  store_block<L, block>(row.to + first * row.to_step, row.to_step, sum);
}

/// What an output becomes after its sum: a mean, nothing, more.
template <class L>
NASNET_ALWAYS_INLINE void write_output(const SlidingRow<typename L::Scalar>& row, std::int64_t output,
                                       typename L::Vector& sum) {
  int averages = row.row_cells != 0 ? 1 : 0;
  int gated = row.gate != nullptr ? 1 : 0;
  int adds = row.addend != nullptr ? 1 : 0;
  hide(averages);
  hide(gated);
  hide(adds);
  if (averages != 0) divide_by_cells<L>(sum, row.row_cells * row.column_cells[output]);
  if (gated != 0) {
    typename L::Vector gate;
    load_part<L>(gate, row.gate + output * row.to_step, row.used);
    sum = gate > typename L::Vector{} ? sum : typename L::Vector{};
  }
  if (adds != 0) {
    typename L::Vector addend;
    load_part<L>(addend, row.addend + output * row.addend_step, row.used);
    sum += addend;
  }
  store_part<L>(row.to + output * row.to_step, sum, row.used);
}

/// Writes a block of outputs; whole blocks of whole vectors straight from the registers.
template <class L, int block>
NASNET_ALWAYS_INLINE void write_outputs(const SlidingRow<typename L::Scalar>& row, std::int64_t first,
                                        typename L::Vector (&sum)[block]) {
  const std::int64_t left = row.count - first;
  int whole = left >= block && row.used == L::width ? 1 : 0;
  hide(whole);
  if (whole != 0) {
    int plain = row.row_cells == 0 && row.gate == nullptr && row.addend == nullptr ? 1 : 0;
    hide(plain);
    if (plain != 0) return store_block<L, block>(row.to + first * row.to_step, row.to_step, sum);
    return write_block<L, block>(row, first, sum);
  }
  alignas(sizeof(typename L::Vector)) typename L::Scalar lanes[block * L::width];
  store_block<L, block>(lanes, L::width, sum);
  for (std::int64_t output = 0; output < left && output < block; ++output) {
    typename L::Vector one;
    load<L>(one, lanes + output * L::width);
    write_output<L>(row, first + output, one);
  }
}

/// Some neighbouring outputs of a row; taps 0 stands for any number and distance.
template <class L, int taps, int step, int block>
NASNET_ALWAYS_INLINE void slide_block(const SlidingRow<typename L::Scalar>& row, std::int64_t first) {
  typename L::Vector sum[block];
  NASNET_UNROLL
  for (int output = 0; output < block; ++output) sum[output] = typename L::Vector{};
  for (std::int64_t r = 0; r < row.rows; ++r) {
    const auto* source = row.sources[r] + first * row.step;
    if constexpr (taps > 0) {
      hide(source);  // else the distance of each cell from the row's begin takes a register
      slide_kernel_row<L, taps, step, block>(sum, source, row.weights[r]);
    } else {
      slide_any_kernel_row<L, block>(sum, source, row.weights[r], row.taps, row.spacing, row.step);
    }
  }
  write_outputs<L, block>(row, first, sum);
}

/// All outputs of a row.
template <class L, int taps, int step>
NASNET_ALWAYS_INLINE void slide_row(const SlidingRow<typename L::Scalar>& job) {
  constexpr int half = sliding_block / 2;
  const SlidingRow<typename L::Scalar> row = job;
  std::int64_t first = 0;
  for (; row.count - first > half; first += sliding_block) slide_block<L, taps, step, sliding_block>(row, first);
  if (first < row.count) slide_block<L, taps, step, half>(row, first);
}

/// Picks the code for the row's taps: 3, 5 and 7 of the search spaces' kernels, and 1 to 4 of their transposes.
template <class L>
NASNET_ALWAYS_INLINE void slide_any_row(const SlidingRow<typename L::Scalar>& row) {
  if constexpr (sizeof(typename L::Scalar) == 4) {
    if (row.spacing == L::width && row.step == L::width) {
      switch (row.taps) {
        case 2: return slide_row<L, 2, 1>(row);
        case 3: return slide_row<L, 3, 1>(row);
        case 4: return slide_row<L, 4, 1>(row);
        case 5: return slide_row<L, 5, 1>(row);
        case 7: return slide_row<L, 7, 1>(row);
        default: break;
      }
    } else if (row.spacing == L::width && row.step == 2 * L::width) {
      switch (row.taps) {
        case 3: return slide_row<L, 3, 2>(row);
        case 5: return slide_row<L, 5, 2>(row);
        case 7: return slide_row<L, 7, 2>(row);
        default: break;
      }
    }
  }
  slide_row<L, 0, 0>(row);
}

struct SlidingSumKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const SlidingTask<typename Target::Scalar>& task) {
    run_lanes<typename Target::Full>(task);
  }

 private:
  template <class L>
  static NASNET_ALWAYS_INLINE void run_lanes(const SlidingTask<typename L::Scalar>& task) {
    std::int64_t ready = task.rows.oldest[task.row_begin];
    for (std::int64_t row = task.row_begin; row < task.row_end; ++row) {
      for (; ready < task.rows.needed[row]; ++ready) {
        fetch_row<L>(task.ring, ready);
        if (task.averaging == Averaging::source) divide_row<L>(task, ready);
      }
      if (row + 1 < task.row_end) expect_rows<L>(task.ring, ready, task.rows.needed[row + 1]);
      compute_row<L>(task, row);
    }
  }

  template <class L>
  static NASNET_ALWAYS_INLINE void divide_row(const SlidingTask<typename L::Scalar>& task, std::int64_t source) {
    auto* row = ring_row<L>(task.ring, source) + task.ring.before * L::width;
    for (std::int64_t pixel = 0; pixel < task.ring.source.pixels; ++pixel) {
      typename L::Vector x;
      load<L>(x, row + pixel * L::width);
      x /= task.row_cells[source] * task.column_cells[pixel];
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
        sources[r] = ring_row<L>(task.ring, taps[r].source) + (task.ring.before + phase.start) * L::width;
        weights[r] = task.weights + (taps[r].tap * task.weight_pitch + phase.weight_start) * L::width;
      }
      SlidingRow<T> job;
      job.sources = sources;
      job.weights = weights;
      job.rows = phase.taps == 0 ? 0 : rows;
      job.taps = phase.taps;
      job.spacing = task.columns.spacing * L::width;
      job.step = task.columns.source_step * L::width;
      job.to =
          task.destination + (row - task.row_begin) * task.destination_pitch + phase.first * task.destination_pixel;
      job.to_step = task.columns.destination_step * task.destination_pixel;
      job.count = phase.count;
      job.used = task.stored > 0 ? task.stored : task.ring.source.used;
      if (task.gate != nullptr) {
        job.gate = task.gate + (row - task.row_begin) * task.destination_pitch + phase.first * task.destination_pixel;
      }
      if (task.addend != nullptr) {
        job.addend = task.addend + (row - task.row_begin) * task.addend_pitch + phase.first * task.addend_pixel;
        job.addend_step = task.columns.destination_step * task.addend_pixel;
      }
      if (task.averaging == Averaging::destination) job.row_cells = task.row_cells[row];
      job.column_cells = task.column_cells;
      slide_any_row<L>(job);
    }
  }
};

}  // namespace nasnet::inline v0::detail
