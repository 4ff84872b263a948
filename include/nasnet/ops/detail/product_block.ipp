#pragma once

#include "nasnet/ops/detail/product_block.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/product_tile.hpp"
#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline NASNET_ABI::detail {

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
NASNET_ALWAYS_INLINE void multiply_tiles(const ProductBlock<typename L::Scalar>& block) {
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
    multiply_tiles<Target, typename Target::Full, transposed>(block);
  }
};

template <class T>
void multiply_block(InstructionSet set, const ProductBlock<T>& block) {
  run_kernel<ProductKernel<false>, T>(set, block);
}

template <class T>
void multiply_transposed_block(InstructionSet set, const ProductBlock<T>& block) {
  run_kernel<ProductKernel<true>, T>(set, block);
}

}  // namespace nasnet::inline NASNET_ABI::detail
