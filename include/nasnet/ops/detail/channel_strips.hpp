/// Channels of a map in strips as wide as a vector: what the kernels for windows work on.
///
/// A row of a map, narrowed to one strip, is copied into a padded row, [pixels + padding][lanes]. Then every window of
/// the row reads whole, aligned, neighbouring vectors, and the padding needs no branches.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/detail/quotient.hpp"
#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// How channels are cut into strips: as wide as a vector, the last one perhaps as a narrower vector.
struct ChannelStrips {
  std::int64_t channels = 0;
  std::int64_t width = 1;  ///< lanes of a full strip
  InstructionSet full_set = InstructionSet::baseline;
  InstructionSet last_set = InstructionSet::baseline;

  template <class T>
  [[nodiscard]] static ChannelStrips of(std::int64_t channels, InstructionSet set) {
    const std::int64_t width = full_width<T>(set);
    return {channels, width, set, set_for<T>((channels - 1) % width + 1, set)};
  }

  NASNET_LAZY [[nodiscard]] std::int64_t count() const { return quotient_up(channels, width); }
  [[nodiscard]] std::int64_t first_channel(std::int64_t strip) const { return strip * width; }
  /// Channels in a strip.
  NASNET_LAZY [[nodiscard]] std::int64_t used(std::int64_t strip) const {
    const std::int64_t left = channels - strip * width;
    return left < width ? left : width;
  }
  /// The instruction set that a strip is computed with.
  NASNET_LAZY [[nodiscard]] InstructionSet set(std::int64_t strip) const {
    return strip + 1 < count() ? full_set : last_set;
  }
};

/// One row of a map, narrowed to a strip.
template <class T>
struct StripRow {
  const T* first = nullptr;  ///< the strip's first channel in the first pixel
  const T* end = nullptr;    ///< where the map's memory ends
  std::int64_t pixels = 0;
  std::int64_t channels = 0;  ///< of the map: from one pixel to the next
  std::int64_t used = 0;      ///< channels in the strip
};

/// The first row of a map [N,H,W,C].
template <class T>
[[nodiscard]] StripRow<T> strip_row(const Tensor<T>& maps, std::int64_t n, const ChannelStrips& strips,
                                    std::int64_t strip) {
  const Shape& shape = maps.shape();
  return {.first = maps.data() + n * shape[1] * shape[2] * shape[3] + strips.first_channel(strip),
          .end = maps.data() + maps.elements(),
          .pixels = shape[2],
          .channels = shape[3],
          .used = strips.used(strip)};
}

template <class L>
NASNET_ALWAYS_INLINE void fill_pixels(typename L::Scalar* to, std::int64_t pixels, typename L::Scalar value) {
  typename L::Vector vector;
  fill<L>(vector, value);
  for (std::int64_t i = 0; i < pixels; ++i) store<L>(to + i * L::width, vector);
}

/// Pixels of which a whole vector can be read: lanes past the strip are other channels, which nobody uses.
template <class L, class T>
NASNET_ALWAYS_INLINE std::int64_t readable_pixels(const StripRow<T>& row) {
  if (row.used == L::width) return row.pixels;
  const std::int64_t available = row.end - row.first - L::width;
  const std::int64_t pixels = available < 0 ? 0 : available / row.channels + 1;
  return pixels < row.pixels ? pixels : row.pixels;
}

/// to [pixels][lanes] = the row, of max(x, 0) where `rectify`.
template <class L, bool rectify>
NASNET_ALWAYS_INLINE void copy_pixels(const StripRow<typename L::Scalar>& row, typename L::Scalar* to) {
  const std::int64_t whole = readable_pixels<L>(row);
  const std::int64_t channels = row.channels;
  const auto* from = row.first;
  for (std::int64_t i = 0; i < row.pixels; ++i, from += channels, to += L::width) {
    typename L::Vector x;
    if (i < whole) {
      load<L>(x, from);
    } else {
      load_part<L>(x, from, row.used);
    }
    if constexpr (rectify) x = x < typename L::Vector{} ? typename L::Vector{} : x;
    store<L>(to, x);
  }
}

/// to [before + pixels + after][lanes] = the row, of max(x, 0) where `rectify`, between paddings of value `outside`.
template <class L>
NASNET_ALWAYS_INLINE void copy_strip_row(const StripRow<typename L::Scalar>& row, std::int64_t before,
                                         std::int64_t after, typename L::Scalar outside, typename L::Scalar* to,
                                         bool rectify = false) {
  fill_pixels<L>(to, before, outside);
  to += before * L::width;
  if (rectify) {
    copy_pixels<L, true>(row, to);
  } else {
    copy_pixels<L, false>(row, to);
  }
  fill_pixels<L>(to + row.pixels * L::width, after, outside);
}

/// The source rows that windows cover at a time, each narrowed to a strip, in a ring of padded rows.
template <class T>
struct RowRing {
  StripRow<T> source{};           ///< first row of the image
  std::int64_t source_pitch = 0;  ///< scalars from one source row to the next
  T* memory = nullptr;            ///< [rows][width][lanes]
  std::int64_t rows = 0;
  std::int64_t width = 0;   ///< pixels, padding included
  std::int64_t before = 0;  ///< pixels of padding on the left
  T outside = 0;            ///< value of the padding
  bool rectify = false;     ///< whether cells below 0 count as 0
};

/// The row in a slot of the ring. Source row i is in slot i % rows.
template <class L>
NASNET_ALWAYS_INLINE typename L::Scalar* ring_row(const RowRing<typename L::Scalar>& ring, std::int64_t slot) {
  return ring.memory + slot * ring.width * L::width;
}

/// The source row that is fetched next, and its slot.
struct RingCursor {
  std::int64_t source = 0;
  std::int64_t slot = 0;

  /// Goes on to the next row of a ring of so many.
  NASNET_ALWAYS_INLINE void advance(std::int64_t ring_rows) {
    ++source;
    if (++slot == ring_rows) slot = 0;
  }
};

template <class T>
NASNET_ALWAYS_INLINE RingCursor ring_cursor(const RowRing<T>& ring, std::int64_t source) {
  return {source, source % ring.rows};
}

/// Copies a source row into its slot of the ring, over the oldest one.
template <class L>
NASNET_ALWAYS_INLINE void fetch_row(const RowRing<typename L::Scalar>& ring, const RingCursor& at) {
  StripRow<typename L::Scalar> row = ring.source;
  row.first += at.source * ring.source_pitch;
  copy_strip_row<L>(row, ring.before, ring.width - ring.before - row.pixels, ring.outside, ring_row<L>(ring, at.slot),
                    ring.rectify);
}

/// Asks for the source rows that will be fetched next: pixels far apart are not foreseen by the processor.
template <class L>
NASNET_ALWAYS_INLINE void expect_rows(const RowRing<typename L::Scalar>& ring, std::int64_t begin, std::int64_t end) {
  if (ring.source.channels <= L::width) return;
  for (std::int64_t source = begin; source < end; ++source) {
    const auto* pixel = ring.source.first + source * ring.source_pitch;
    for (std::int64_t i = 0; i < ring.source.pixels; ++i, pixel += ring.source.channels) prefetch(pixel);
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail
