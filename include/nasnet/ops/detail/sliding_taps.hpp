/// Which source cells the windows of an axis read, for a convolution and for its transpose.
#pragma once

#include <algorithm>  // max, min
#include <cstdint>    // int64_t
#include <numeric>    // gcd
#include <vector>     // vector

#include "nasnet/ops/detail/quotient.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Direction of a sliding sum: out[o] = sum of w[t] in[o * stride + t * dilation - before], or its transpose, which
/// takes gradients of `out` to gradients of `in`.
enum class Slide { forward, transposed };

/// Where a ring of rows has a source row, and the kernel row that weighs it.
struct RowTap {
  std::int64_t slot = 0;
  std::int64_t tap = 0;
};

/// What a kernel reads of RowTaps.
struct RowTapView {
  const RowTap* taps = nullptr;
  const std::int64_t* begin = nullptr;
  const std::int64_t* oldest = nullptr;
  const std::int64_t* needed = nullptr;
};

/// The source rows of each destination row, in the order of the taps.
struct RowTaps {
  std::vector<RowTap> taps;
  std::vector<std::int64_t> begin;   ///< of each destination row in `taps`, and the end of the last one
  std::vector<std::int64_t> oldest;  ///< no destination row from here on reads a source row before it
  std::vector<std::int64_t> needed;  ///< source rows that must be there: the last one read so far, plus 1
  std::int64_t span = 1;             ///< rows that a ring holds

  NASNET_LAZY RowTaps(const WindowAxis& axis, Slide slide, std::int64_t source, std::int64_t destination,
                      std::int64_t before) {
    begin.push_back(0);
    std::int64_t last = 0;
    for (std::int64_t row = 0; row < destination; ++row) {
      for (std::int64_t tap = 0; tap < axis.kernel; ++tap) {
        const std::int64_t from = slide == Slide::forward ? row * axis.stride + tap * axis.dilation - before
                                                          : row + before - tap * axis.dilation;
        const std::int64_t cell = slide == Slide::forward ? from : quotient_down(from, axis.stride);
        const bool exact = slide == Slide::forward || cell * axis.stride == from;
        if (!exact || cell < 0 || cell >= source) continue;
        taps.push_back({cell, tap});  // its slot, when the ring's size is known
        last = (std::max)(last, cell + 1);
      }
      begin.push_back(static_cast<std::int64_t>(taps.size()));
      needed.push_back(last);
      const std::int64_t first = slide == Slide::forward
                                     ? row * axis.stride - before
                                     : quotient_down(row + before - (axis.kernel - 1) * axis.dilation, axis.stride);
      oldest.push_back((std::min)((std::max)(first, std::int64_t{0}), source));
      span = (std::max)(span, needed.back() - oldest.back());
    }
    for (RowTap& tap : taps) tap.slot %= span;
  }

  [[nodiscard]] RowTapView view() const { return {taps.data(), begin.data(), oldest.data(), needed.data()}; }
};

/// Destination columns first, first + step, ..., which all read taps at the same distances from their source column.
struct ColumnPhase {
  std::int64_t first = 0;         ///< first destination column
  std::int64_t count = 0;         ///< destination columns
  std::int64_t start = 0;         ///< source column of the first tap for the first destination column; may be negative
  std::int64_t weight_start = 0;  ///< where its taps are in the order of all phases' taps
  std::int64_t taps = 0;
};

/// What a kernel reads of ColumnTaps.
struct ColumnTapView {
  const ColumnPhase* phases = nullptr;
  std::int64_t phase_count = 0;
  std::int64_t destination_step = 1;
  std::int64_t source_step = 1;
  std::int64_t spacing = 1;
};

/// The columns of a sliding sum: one phase, or one for each remainder by the stride where it is transposed.
struct ColumnTaps {
  std::vector<ColumnPhase> phases;
  std::vector<std::int64_t> order;    ///< taps of all phases, each phase's from left to right in the source
  std::int64_t destination_step = 1;  ///< from one destination column of a phase to the next
  std::int64_t source_step = 1;       ///< from one window to the next
  std::int64_t spacing = 1;           ///< source columns from one tap to the next
  std::int64_t before = 0;            ///< padding that is read on the left
  std::int64_t width = 0;             ///< columns that are read, padding included

  /// @param block destination columns that are computed together, so that reads go past the last one
  NASNET_LAZY ColumnTaps(const WindowAxis& axis, Slide slide, std::int64_t source, std::int64_t destination,
                         std::int64_t axis_before, std::int64_t block) {
    if (slide == Slide::forward) {
      source_step = axis.stride;
      spacing = axis.dilation;
      for (std::int64_t tap = 0; tap < axis.kernel; ++tap) order.push_back(tap);
      phases.push_back({.first = 0, .count = destination, .start = -axis_before, .taps = axis.kernel});
    } else {
      destination_step = axis.stride;
      spacing = axis.dilation / std::gcd(axis.dilation, axis.stride);
      for (std::int64_t first = 0; first < axis.stride && first < destination; ++first) {
        add_transposed_phase(axis, destination, axis_before, first);
      }
    }
    std::int64_t end = source;
    for (const ColumnPhase& phase : phases) {
      if (phase.taps == 0) continue;
      before = (std::max)(before, -phase.start);
      end = (std::max)(
          end, phase.start + (rounded_up(phase.count, block) - 1) * source_step + (phase.taps - 1) * spacing + 1);
    }
    width = before + end;
  }

  [[nodiscard]] ColumnTapView view() const {
    return {phases.data(), static_cast<std::int64_t>(phases.size()), destination_step, source_step, spacing};
  }

 private:
  NASNET_LAZY void add_transposed_phase(const WindowAxis& axis, std::int64_t destination, std::int64_t axis_before,
                                        std::int64_t first) {
    ColumnPhase phase{.first = first, .count = quotient_up(destination - first, axis.stride)};
    phase.weight_start = static_cast<std::int64_t>(order.size());
    for (std::int64_t tap = axis.kernel - 1; tap >= 0; --tap) {
      const std::int64_t distance = first + axis_before - tap * axis.dilation;
      if (quotient_down(distance, axis.stride) * axis.stride != distance) continue;
      if (phase.taps == 0) phase.start = quotient_down(distance, axis.stride);
      order.push_back(tap);
      ++phase.taps;
    }
    phases.push_back(phase);
  }
};

/// The first tap inside an axis of n cells, for each window.
NASNET_LAZY [[nodiscard]] inline std::vector<std::int64_t> first_taps(const WindowAxis& axis, std::int64_t n) {
  std::vector<std::int64_t> taps;
  for (std::int64_t o = 0; o < axis.output(n); ++o) {
    const std::int64_t start = o * axis.stride - axis.before(n);
    taps.push_back(start >= 0 ? 0 : quotient_up(-start, axis.dilation));
  }
  return taps;
}

}  // namespace nasnet::inline NASNET_ABI::detail
