/// The inner part of matrix products: blocks of C that stay in registers while the sum runs.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline v0::detail {

/// A block of C = A B, or of C = A^T B, all row-major. Each element of C is one sum in the order of the terms, whichever
/// block and tile it falls into, so that products may be split freely over rows and columns.
template <class T>
struct ProductBlock {
  const T* a = nullptr;
  std::int64_t a_stride = 0;
  const T* b = nullptr;
  std::int64_t b_stride = 0;
  const T* b_last = nullptr;  ///< last row of B, readable up to a whole vector past its end
  T* c = nullptr;
  std::int64_t c_stride = 0;
  std::int64_t rows = 0;      ///< of C
  std::int64_t columns = 0;   ///< of C
  std::int64_t terms = 0;     ///< of each sum, at least 1
  bool accumulate = false;    ///< adds to C
  bool narrow = false;        ///< half vectors: for few columns
};

/// Vectors side by side in a tile of C.
inline constexpr int tile_vectors = 3;

/// Rows of a tile that is `vectors` wide: accumulators, the vectors of B and one of A fit the registers.
template <class Target>
[[nodiscard]] constexpr int tile_rows(int vectors) {
  if (Target::registers >= 32) return 8;
  return vectors == 1 ? 8 : 4;
}

/// Adds one term to a tile: the outer product of a column of A and a row of B.
template <class L, bool transposed, int rows, int vectors>
NASNET_ALWAYS_INLINE void add_term(typename L::Vector (&sum)[rows][vectors], const typename L::Scalar* a,
                                   std::int64_t a_stride, const typename L::Scalar* b) {
  typename L::Vector row[vectors];
  NASNET_UNROLL
  for (int v = 0; v < vectors; ++v) load<L>(row[v], b + v * L::width);
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) {
    const typename L::Scalar factor = transposed ? a[r] : a[r * a_stride];
    NASNET_UNROLL
    for (int v = 0; v < vectors; ++v) sum[r][v] += factor * row[v];
  }
}

/// Writes a tile of which the last vector has `tail` columns.
template <class L, int rows, int vectors>
NASNET_ALWAYS_INLINE void write_tile(typename L::Vector (&sum)[rows][vectors], typename L::Scalar* c,
                                     std::int64_t c_stride, std::int64_t tail, bool accumulate) {
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) {
    NASNET_UNROLL
    for (int v = 0; v < vectors; ++v) {
      typename L::Scalar* to = c + r * c_stride + v * L::width;
      const std::int64_t count = v + 1 < vectors ? L::width : tail;
      if (accumulate) {
        typename L::Vector old;
        load_part<L>(old, to, count);
        sum[r][v] += old;
      }
      store_part<L>(to, sum[r][v], count);
    }
  }
}

template <class L, bool transposed, int rows, int vectors>
NASNET_ALWAYS_INLINE void multiply_tile(const ProductBlock<typename L::Scalar>& block, std::int64_t row,
                                        std::int64_t column) {
  const auto a_stride = block.a_stride;
  const auto b_stride = block.b_stride;
  const auto* a = transposed ? block.a + row : block.a + row * a_stride;
  const auto* b = block.b + column;
  const std::int64_t a_step = transposed ? a_stride : 1;
  typename L::Vector sum[rows][vectors];
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) {
    NASNET_UNROLL
    for (int v = 0; v < vectors; ++v) sum[r][v] = typename L::Vector{};
  }
  for (std::int64_t term = 1; term < block.terms; ++term) {
    add_term<L, transposed, rows, vectors>(sum, a, a_stride, b);
    a += a_step;
    b += b_stride;
  }
  add_term<L, transposed, rows, vectors>(sum, a, a_stride, block.b_last + column);
  const std::int64_t tail = block.columns - column - (vectors - 1) * L::width;
  write_tile<L, rows, vectors>(sum, block.c + row * block.c_stride + column, block.c_stride, tail, block.accumulate);
}

/// All rows of a strip of columns.
template <class Target, class L, bool transposed, int vectors>
NASNET_ALWAYS_INLINE void multiply_strip(const ProductBlock<typename L::Scalar>& block, std::int64_t column) {
  constexpr int most = tile_rows<Target>(vectors);
  std::int64_t row = 0;
  for (; row + most <= block.rows; row += most) multiply_tile<L, transposed, most, vectors>(block, row, column);
  if constexpr (most > 4) {
    for (; row + 4 <= block.rows; row += 4) multiply_tile<L, transposed, 4, vectors>(block, row, column);
  }
  for (; row + 2 <= block.rows; row += 2) multiply_tile<L, transposed, 2, vectors>(block, row, column);
  if (row < block.rows) multiply_tile<L, transposed, 1, vectors>(block, row, column);
}

template <class Target, class L, bool transposed>
NASNET_ALWAYS_INLINE void multiply_block(const ProductBlock<typename L::Scalar>& block) {
  std::int64_t column = 0;
  for (; column + (tile_vectors - 1) * L::width < block.columns; column += tile_vectors * L::width) {
    multiply_strip<Target, L, transposed, tile_vectors>(block, column);
  }
  if (column + L::width < block.columns) {
    multiply_strip<Target, L, transposed, 2>(block, column);
  } else if (column < block.columns) {
    multiply_strip<Target, L, transposed, 1>(block, column);
  }
}

template <bool transposed>
struct ProductKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const ProductBlock<typename Target::Scalar>& job) {
    const ProductBlock<typename Target::Scalar> block = job;
    if (Target::half_width < Target::width && block.narrow) {
      multiply_strip<Target, typename Target::Half, transposed, 1>(block, 0);
    } else {
      multiply_block<Target, typename Target::Full, transposed>(block);
    }
  }
};

}  // namespace nasnet::inline v0::detail
