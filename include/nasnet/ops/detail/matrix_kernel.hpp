/// The inner part of matrix products: blocks of C that stay in registers while the sum runs.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A block of C = A B, or of C = A^T B, all row-major. Each element of C is one sum in the order of the terms,
/// whichever block and tile it falls into, so that products may be split freely over rows and columns.
template <class T>
struct ProductBlock {
  const T* a = nullptr;
  std::int64_t a_stride = 0;
  const T* b = nullptr;
  std::int64_t b_stride = 0;
  const T* b_last = nullptr;  ///< last row of B, readable up to a whole vector past its end
  T* c = nullptr;
  std::int64_t c_stride = 0;
  std::int64_t rows = 0;     ///< of C
  std::int64_t columns = 0;  ///< of C
  std::int64_t terms = 0;    ///< of each sum, at least 1
  bool accumulate = false;   ///< adds to C
};

/// Vectors side by side in a tile of C.
inline constexpr int tile_vectors = 3;

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

template <class L>
NASNET_ALWAYS_INLINE void write_vector(typename L::Scalar* c, typename L::Vector& sum, bool accumulate) {
  if (accumulate) {
    typename L::Vector old;
    load<L>(old, c);
    sum += old;
  }
  store<L>(c, sum);
}

template <class L>
NASNET_ALWAYS_INLINE void write_part(typename L::Scalar* c, typename L::Vector& sum, std::int64_t count,
                                     bool accumulate) {
  if (accumulate) {
    typename L::Vector old;
    load_part<L>(old, c, count);
    sum += old;
  }
  store_part<L>(c, sum, count);
}

/// Writes a tile of whole vectors.
template <class L, int rows, int vectors>
NASNET_ALWAYS_INLINE void write_whole_tile(typename L::Vector (&sum)[rows][vectors], typename L::Scalar* c,
                                           std::int64_t c_stride, bool accumulate) {
  int adds = accumulate ? 1 : 0;
  hide(adds);
  if (adds != 0) {
    NASNET_UNROLL
    for (int r = 0; r < rows; ++r) {
      NASNET_UNROLL
      for (int v = 0; v < vectors; ++v) write_vector<L>(c + r * c_stride + v * L::width, sum[r][v], true);
    }
    return;
  }
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) {
    NASNET_UNROLL
    for (int v = 0; v < vectors; ++v) store<L>(c + r * c_stride + v * L::width, sum[r][v]);
  }
}

/// Writes the first `count` rows of a tile of which the last vector has `tail` columns.
template <class L, int rows, int vectors>
NASNET_ALWAYS_INLINE void write_tile(typename L::Vector (&sum)[rows][vectors], typename L::Scalar* c,
                                     std::int64_t c_stride, std::int64_t count, std::int64_t tail, bool accumulate) {
  int whole = count == rows && tail == L::width ? 1 : 0;
  hide(whole);
  if (whole != 0) return write_whole_tile<L, rows, vectors>(sum, c, c_stride, accumulate);
  alignas(sizeof(typename L::Vector)) typename L::Scalar last[rows * L::width];
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) {
    store<L>(last + r * L::width, sum[r][vectors - 1]);
    if (r >= count) continue;
    NASNET_UNROLL
    for (int v = 0; v + 1 < vectors; ++v) write_vector<L>(c + r * c_stride + v * L::width, sum[r][v], accumulate);
  }
  c += (vectors - 1) * L::width;
  for (std::int64_t r = 0; r < count; ++r) {
    typename L::Vector vector;
    load<L>(vector, last + r * L::width);
    write_part<L>(c + r * c_stride, vector, tail, accumulate);
  }
}

/// The tile at a row and a column; `count` of its rows are rows of C.
template <class L, int rows, int vectors, class Rows>
NASNET_ALWAYS_INLINE void multiply_tile(const ProductBlock<typename L::Scalar>& block, const Rows& a,
                                        std::int64_t term_step, std::int64_t row, std::int64_t column,
                                        std::int64_t count) {
  typename L::Vector sum[rows][vectors];
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) {
    NASNET_UNROLL
    for (int v = 0; v < vectors; ++v) sum[r][v] = typename L::Vector{};
  }
  const auto* b = block.b + column;
  const std::int64_t last_term = (block.terms - 1) * term_step;
  for (std::int64_t offset = 0; offset < last_term; offset += term_step, b += block.b_stride) {
    add_term<L, rows, vectors>(sum, a, offset, b);
  }
  add_term<L, rows, vectors>(sum, a, last_term, block.b_last + column);
  const std::int64_t tail = block.columns - column - (vectors - 1) * L::width;
  write_tile<L, rows, vectors>(sum, block.c + row * block.c_stride + column, block.c_stride, count,
                               tail < L::width ? tail : L::width, block.accumulate);
}

/// Which row stands for row r of a tile of which only the first `count` are there: the last one for those that are not.
NASNET_ALWAYS_INLINE std::int64_t row_there(std::int64_t r, std::int64_t count) { return r < count ? r : count - 1; }

/// A tile of which `count` rows are rows of C; the others repeat the last one and are not written.
template <class L, bool transposed, int rows, int vectors>
NASNET_ALWAYS_INLINE void multiply_part_tile(const ProductBlock<typename L::Scalar>& block, std::int64_t row,
                                             std::int64_t column, std::int64_t count) {
  const std::int64_t row_step = transposed ? 1 : block.a_stride;
  PointedRows<typename L::Scalar, rows> a;
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) a.first[r] = block.a + (row + row_there(r, count)) * row_step;
  multiply_tile<L, rows, vectors>(block, a, transposed ? block.a_stride : 1, row, column, count);
}

/// A tile of which all rows are rows of C.
template <class L, bool transposed, int rows, int vectors>
NASNET_ALWAYS_INLINE void multiply_whole_tile(const ProductBlock<typename L::Scalar>& block, std::int64_t row,
                                              std::int64_t column) {
  using T = typename L::Scalar;
  if constexpr (transposed) {
    multiply_tile<L, rows, vectors>(block, NeighbouringRows<T>{block.a + row}, block.a_stride, row, column, rows);
  } else if constexpr (vectors == 1) {
    EvenRows<T, rows> a;
    a.stride = block.a_stride;
    NASNET_UNROLL
    for (int r = 0; r < rows; r += a.sharing) a.first[r / a.sharing] = block.a + (row + r) * block.a_stride;
    multiply_tile<L, rows, vectors>(block, a, 1, row, column, rows);
  } else {
    multiply_part_tile<L, transposed, rows, vectors>(block, row, column, rows);
  }
}

/// All rows of a strip of columns.
template <class Target, class L, bool transposed, int vectors>
NASNET_ALWAYS_INLINE void multiply_strip(const ProductBlock<typename L::Scalar>& block, std::int64_t column) {
  constexpr std::int64_t most = tile_rows<Target>(vectors);
  std::int64_t row = 0;
  for (; row + most <= block.rows; row += most) {
    multiply_whole_tile<L, transposed, most, vectors>(block, row, column);
  }
  for (; row < block.rows; row += 4) {
    const std::int64_t left = block.rows - row;
    multiply_part_tile<L, transposed, 4, vectors>(block, row, column, left < 4 ? left : 4);
  }
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
    multiply_block<Target, typename Target::Full, transposed>(block);
  }
};

}  // namespace nasnet::inline NASNET_ABI::detail
