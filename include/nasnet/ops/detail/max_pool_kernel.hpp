/// Maxima over sliding windows, channel by channel, and which tap each came from.
///
/// Tasks, rings and padded rows are those of sliding_sum.hpp. Taps are numbered row by row, and kept in vectors of
/// scalars, which hold such small numbers exactly.
#pragma once

#include <cstdint>  // int64_t, uint8_t

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/ops/detail/channel_strips.hpp"
#include "nasnet/ops/detail/sliding_taps.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Neighbouring outputs that are computed together.
inline constexpr int pool_block = 4;

/// One task of the forward pass: a strip of some rows of an image.
template <class T>
struct MaxPoolTask {
  RowRing<T> ring{};
  T* destination = nullptr;            ///< the strip in the first row of the image
  std::uint8_t* taps = nullptr;        ///< likewise; null where nobody asks for the taps
  std::int64_t width = 0;              ///< of the destination
  std::int64_t destination_pixel = 0;  ///< scalars from one destination pixel to the next
  const T* addend = nullptr;           ///< what is added, by pixels of its own; null: nothing. May be the destination
  std::int64_t addend_pixel = 0;
  std::int64_t row_begin = 0;
  std::int64_t row_end = 0;
  RowTapView rows{};
  const std::int64_t* first_column_taps = nullptr;  ///< of each destination column: its first tap inside the map
  std::int64_t kernel_width = 1;
  std::int64_t step = 1;     ///< source columns from window to window
  std::int64_t spacing = 1;  ///< and from tap to tap
};

/// One task of the backward pass: a strip of some rows of the input's gradient.
template <class T>
struct MaxPoolGradientTask {
  RowRing<T> ring{};              ///< gradients of the output
  StripRow<std::uint8_t> taps{};  ///< first row of the image
  T* tap_ring = nullptr;          ///< taps as scalars, beside the gradients
  T* destination = nullptr;
  std::int64_t width = 0;
  std::int64_t row_begin = 0;
  std::int64_t row_end = 0;
  bool accumulate = false;
  RowTapView rows{};
  ColumnTapView columns{};
  const std::int64_t* order = nullptr;
  std::int64_t kernel_width = 1;
};

/// The maxima of a task, with the kernel for an instruction set.
template <class T>
void pool_maxima(InstructionSet set, const MaxPoolTask<T>& task);

/// Their gradients.
template <class T>
void pool_maxima_gradient(InstructionSet set, const MaxPoolGradientTask<T>& task);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/ops/detail/max_pool_kernel.ipp"
#endif
