/// Channels of a map in strips as wide as a vector: what the kernels for windows work on.
///
/// A row of a map, narrowed to one strip, is copied into a padded row, [pixels + padding][lanes]. Then every window of
/// the row reads whole, aligned, neighbouring vectors, and the padding needs no branches.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/quotient.hpp"
#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline v0::detail {

/// How channels are cut into strips: full vectors, the last one a half if that holds the rest.
struct ChannelStrips {
  std::int64_t channels = 0;
  std::int64_t width = 1;       ///< lanes of a full strip
  std::int64_t half_width = 1;  ///< lanes of a narrow one

  template <class T>
  [[nodiscard]] static ChannelStrips of(std::int64_t channels, InstructionSet set) {
    return {channels, full_width<T>(set), detail::half_width<T>(set)};
  }

  [[nodiscard]] std::int64_t count() const { return quotient_up(channels, width); }
  [[nodiscard]] std::int64_t first_channel(std::int64_t strip) const { return strip * width; }
  /// Channels in a strip.
  [[nodiscard]] std::int64_t used(std::int64_t strip) const {
    const std::int64_t left = channels - strip * width;
    return left < width ? left : width;
  }
  [[nodiscard]] bool narrow(std::int64_t strip) const { return half_width < width && used(strip) <= half_width; }
  /// Lanes of the vectors that a strip is computed with.
  [[nodiscard]] std::int64_t lanes(std::int64_t strip) const { return narrow(strip) ? half_width : width; }
};

/// One row of a map, narrowed to a strip.
template <class T>
struct StripRow {
  const T* first = nullptr;      ///< the strip's first channel in the first pixel
  const T* end = nullptr;        ///< where the map's memory ends
  std::int64_t pixels = 0;
  std::int64_t channels = 0;     ///< of the map: from one pixel to the next
  std::int64_t used = 0;         ///< channels in the strip
};

template <class L>
NASNET_ALWAYS_INLINE void fill_pixels(typename L::Scalar* to, std::int64_t pixels, typename L::Scalar value) {
  typename L::Vector vector;
  fill<L>(vector, value);
  for (std::int64_t i = 0; i < pixels; ++i) store<L>(to + i * L::width, vector);
}

/// Pixels of which a whole vector can be read: lanes past the strip are other channels, which nobody uses.
template <class L>
NASNET_ALWAYS_INLINE std::int64_t readable_pixels(const StripRow<typename L::Scalar>& row) {
  if (row.used == L::width) return row.pixels;
  const std::int64_t available = row.end - row.first - L::width;
  const std::int64_t pixels = available < 0 ? 0 : available / row.channels + 1;
  return pixels < row.pixels ? pixels : row.pixels;
}

/// to [before + pixels + after][lanes] = the row between paddings of value `outside`.
template <class L>
NASNET_ALWAYS_INLINE void copy_strip_row(const StripRow<typename L::Scalar>& row, std::int64_t before,
                                         std::int64_t after, typename L::Scalar outside, typename L::Scalar* to) {
  fill_pixels<L>(to, before, outside);
  to += before * L::width;
  const std::int64_t whole = readable_pixels<L>(row);
  const std::int64_t channels = row.channels;
  const auto* from = row.first;
  typename L::Vector vector;
  std::int64_t i = 0;
  for (; i < whole; ++i, from += channels, to += L::width) {
    load<L>(vector, from);
    store<L>(to, vector);
  }
  for (; i < row.pixels; ++i, from += channels, to += L::width) {
    load_part<L>(vector, from, row.used);
    store<L>(to, vector);
  }
  fill_pixels<L>(to, after, outside);
}

}  // namespace nasnet::inline v0::detail
