/// Tiles of matrix products: sums in registers, to which each term adds the outer product of a column of A and a row of
/// B.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Rows of a tile that is `vectors` wide: accumulators, the vectors of B and one of A fit the registers.
template <class Target>
[[nodiscard]] constexpr int tile_rows(int vectors) {
  const bool wide = Target::registers >= 32 || vectors == 1;
  return wide && sizeof(typename Target::Scalar) == 4 ? 8 : 4;
}

/// Where the factors of a tile's rows are: anywhere, a pointer each.
template <class T, int rows>
struct PointedRows {
  const T* first[rows];

  NASNET_ALWAYS_INLINE T factor(int row, std::int64_t offset) const { return first[row][offset]; }
};

/// The same for rows as far apart as `stride`. Three rows share a pointer, since the processor adds the stride or twice
/// the stride for nothing: pointers for eight rows would not fit the registers beside the others.
template <class T, int rows>
struct EvenRows {
  static constexpr int sharing = 3;
  const T* first[(rows + sharing - 1) / sharing];
  std::int64_t stride;

  NASNET_ALWAYS_INLINE T factor(int row, std::int64_t offset) const {
    return first[row / sharing][offset + row % sharing * stride];
  }
};

/// The same for neighbours in memory.
template <class T>
struct NeighbouringRows {
  const T* first;

  NASNET_ALWAYS_INLINE T factor(int row, std::int64_t offset) const { return first[offset + row]; }
};

/// Adds one term to a tile: the outer product of a column of A and a row of B.
template <class L, int rows, int vectors, class Rows>
NASNET_ALWAYS_INLINE void add_term(typename L::Vector (&sum)[rows][vectors], const Rows& a, std::int64_t offset,
                                   const typename L::Scalar* b) {
  typename L::Vector row[vectors];
  NASNET_UNROLL
  for (int v = 0; v < vectors; ++v) load<L>(row[v], b + v * L::width);
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) {
    const typename L::Scalar factor = a.factor(r, offset);
    NASNET_UNROLL
    for (int v = 0; v < vectors; ++v) sum[r][v] += factor * row[v];
  }
}

/// Which row stands for row r of a tile of which only the first `count` are there: the last one for those that are not.
NASNET_ALWAYS_INLINE std::int64_t row_there(std::int64_t r, std::int64_t count) { return r < count ? r : count - 1; }

}  // namespace nasnet::inline NASNET_ABI::detail
