/// Weighted sums and means over sliding windows, channel by channel: depthwise convolution, average pooling, and their
/// transposes.
///
/// One task is a strip of channels of one image, or of some rows of it. It keeps the source rows that its windows cover
/// in a ring of padded rows, which fits the first cache, and computes `block` neighbouring outputs in registers, so
/// that each padded cell is loaded once for all taps of a kernel row.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/ops/detail/channel_strips.hpp"
#include "nasnet/ops/detail/epilogue.hpp"
#include "nasnet/ops/detail/sliding_taps.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Neighbouring outputs that are computed together; half as many where no more are left of a row.
inline constexpr int sliding_block = 8;

/// What a mean divides by the number of cells of each window that lie inside the map: its sums, or as its transpose
/// what it adds up.
enum class Averaging { destination, source };

/// How many cells of each window lie inside the map, as a kernel reads it.
template <class T>
struct WindowCellView {
  const std::int64_t* rows = nullptr;  ///< cells of each window along its column, at least 1
  const T* cells = nullptr;            ///< [cells along the column - 1][windows of a row]
  const T* shares = nullptr;           ///< one divided by them
  std::int64_t width = 0;

  NASNET_ALWAYS_INLINE const T* row(std::int64_t window) const { return cells + (rows[window] - 1) * width; }
  NASNET_ALWAYS_INLINE const T* row_shares(std::int64_t window) const { return shares + (rows[window] - 1) * width; }
};

/// One task of a sliding sum.
template <class T>
struct SlidingTask {
  RowRing<T> ring{};                   ///< source rows
  T* destination = nullptr;            ///< the strip in row `row_begin`
  std::int64_t destination_pitch = 0;  ///< scalars from one destination row to the next
  std::int64_t destination_pixel = 0;  ///< and from one pixel to the next
  std::int64_t row_begin = 0;          ///< destination rows of the task
  std::int64_t row_end = 0;
  std::int64_t stored = 0;  ///< lanes that are written; 0: those that the source has
  Epilogue<T> epilogue{};
  const T* weights = nullptr;                    ///< of a sum: [kernel rows][taps in the order of ColumnTaps][lanes]
  std::int64_t weight_pitch = 0;                 ///< taps of a kernel row
  Averaging averaging = Averaging::destination;  ///< of a mean
  WindowCellView<T> cells{};                     ///< likewise
  const T** row_pointers = nullptr;              ///< room for two pointers per kernel row
  RowTapView rows{};
  ColumnTapView columns{};
};

/// The epilogue that adds to what the destination holds.
template <class T>
[[nodiscard]] Epilogue<T> add_to_destination(const SlidingTask<T>& task) {
  return {.addend = task.destination, .addend_pitch = task.destination_pitch, .addend_pixel = task.destination_pixel};
}

/// The weighted sums of a task, with the kernel for an instruction set.
template <class T>
void slide_sum(InstructionSet set, const SlidingTask<T>& task);

/// The means of a task.
template <class T>
void slide_mean(InstructionSet set, const SlidingTask<T>& task);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/ops/detail/sliding_sum.ipp"
#endif
