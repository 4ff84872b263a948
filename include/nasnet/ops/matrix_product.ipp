#pragma once

#include "nasnet/ops/matrix_product.hpp"

#include <algorithm>    // fill_n, max, min
#include <cstdint>      // int64_t
#include <type_traits>  // type_identity_t

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/product_block.hpp"
#include "nasnet/ops/detail/product_operands.hpp"
#include "nasnet/ops/detail/quotient.hpp"
#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// How a product is cut into blocks of C: by its shape alone.
struct ProductGrid {
  std::int64_t block_rows = 1;
  std::int64_t block_columns = 1;
  std::int64_t row_blocks = 1;
  std::int64_t column_blocks = 1;

  [[nodiscard]] std::int64_t blocks() const { return row_blocks * column_blocks; }
};

/// Blocks as wide as a tile, so that their part of B stays in the cache, and tall enough to be worth a thread's while.
NASNET_LAZY [[nodiscard]] inline ProductGrid product_grid(std::int64_t rows, std::int64_t columns, std::int64_t terms,
                                                          std::int64_t vector_width) {
  constexpr std::int64_t least_work = 1 << 17;  // multiply-adds
  constexpr std::int64_t least_rows = 96;
  ProductGrid grid;
  grid.block_columns = (std::min)(columns, tile_vectors * vector_width);
  grid.column_blocks = quotient_up(columns, grid.block_columns);
  const std::int64_t enough = quotient_up(least_work, grid.block_columns * terms);
  grid.block_rows = rounded_up((std::max)(least_rows, enough), 8);
  grid.row_blocks = quotient_up(rows, grid.block_rows);
  return grid;
}

/// Terms of C = A^T B that one partial sum takes. Long enough that adding the partial sums up costs little.
NASNET_LAZY [[nodiscard]] inline std::int64_t terms_per_part(std::int64_t terms, std::int64_t elements) {
  const std::int64_t part = (std::max)(std::int64_t{512}, elements / 32);
  return terms < 2 * part ? terms : part;
}

template <class T>
void clear(Context& context, MatrixSpan<T> c, bool accumulate) {
  if (accumulate) return;
  context.parallel_for(c.rows, 4096, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) std::fill_n(c.data + row * c.stride, c.columns, T{0});
  });
}

/// C (+)= A B with a B that may be read past its rows.
template <class T>
void multiply_readable(Context& context, MatrixSpan<const T> a, const ReadableMatrix<T>& b, MatrixSpan<T> c,
                       bool accumulate, InstructionSet set) {
  const ProductGrid grid = product_grid(c.rows, c.columns, a.columns, full_width<T>(set));
  context.parallel_for(grid.blocks(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t index = begin; index < end; ++index) {
      const std::int64_t row = index / grid.column_blocks * grid.block_rows;
      const std::int64_t column = index % grid.column_blocks * grid.block_columns;
      multiply_block(set, ProductBlock<T>{.a = a.data + row * a.stride,
                                          .a_stride = a.stride,
                                          .b = b.view.data + column,
                                          .b_stride = b.view.stride,
                                          .b_last = b.last_row + column,
                                          .c = c.data + row * c.stride + column,
                                          .c_stride = c.stride,
                                          .rows = (std::min)(grid.block_rows, c.rows - row),
                                          .columns = (std::min)(grid.block_columns, c.columns - column),
                                          .terms = a.columns,
                                          .accumulate = accumulate});
    }
  });
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class T>
void multiply(Context& context, MatrixSpan<const T> a, std::type_identity_t<MatrixSpan<const T>> b,
              std::type_identity_t<MatrixSpan<T>> c, bool accumulate, InstructionSet set) {
  if (c.rows == 0 || c.columns == 0) return;
  if (a.columns == 0) return detail::clear(context, c, accumulate);
  set = detail::set_for<T>(c.columns, set);
  detail::multiply_readable<T>(context, a, detail::readable<T>(context, b, detail::full_width<T>(set)), c, accumulate,
                               set);
}

template <class T>
void multiply_right_transposed(Context& context, MatrixSpan<const T> a, std::type_identity_t<MatrixSpan<const T>> b,
                               std::type_identity_t<MatrixSpan<T>> c, bool accumulate, InstructionSet set) {
  if (c.rows == 0 || c.columns == 0) return;
  if (a.columns == 0) return detail::clear(context, c, accumulate);
  set = detail::set_for<T>(c.columns, set);
  const auto transposed = detail::transposed_copy<T>(context, b, detail::full_width<T>(set));
  detail::multiply_readable<T>(context, a, transposed, c, accumulate, set);
}

template <class T>
void multiply_left_transposed(Context& context, MatrixSpan<const T> a, std::type_identity_t<MatrixSpan<const T>> b,
                              std::type_identity_t<MatrixSpan<T>> c, bool accumulate, InstructionSet set) {
  using namespace detail;
  if (c.rows == 0 || c.columns == 0) return;
  if (a.rows == 0) return clear(context, c, accumulate);
  set = set_for<T>(c.columns, set);
  const ReadableMatrix<T> right = readable<T>(context, b, full_width<T>(set));
  const std::int64_t part_terms = terms_per_part(a.rows, c.rows * c.columns);
  const std::int64_t parts = quotient_up(a.rows, part_terms);
  Tensor<T> sums = parts > 1 ? context.tensor<T>({parts, c.rows, c.columns}) : Tensor<T>{};
  const ProductGrid grid = product_grid(c.rows, c.columns, part_terms, full_width<T>(set));
  context.parallel_for(parts * grid.blocks(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t index = begin; index < end; ++index) {
      const std::int64_t part = index / grid.blocks();
      const std::int64_t row = index % grid.blocks() / grid.column_blocks * grid.block_rows;
      const std::int64_t column = index % grid.column_blocks * grid.block_columns;
      const std::int64_t term = part * part_terms;
      const std::int64_t terms = (std::min)(part_terms, a.rows - term);
      const T* b_first = right.view.data + term * right.view.stride;
      const T* b_last = part + 1 == parts ? right.last_row : b_first + (terms - 1) * right.view.stride;
      const MatrixSpan<T> to =
          parts > 1 ? MatrixSpan<T>(sums.data() + part * c.rows * c.columns, c.rows, c.columns) : c;
      multiply_transposed_block(set, ProductBlock<T>{.a = a.data + term * a.stride + row,
                                                     .a_stride = a.stride,
                                                     .b = b_first + column,
                                                     .b_stride = right.view.stride,
                                                     .b_last = b_last + column,
                                                     .c = to.data + row * to.stride + column,
                                                     .c_stride = to.stride,
                                                     .rows = (std::min)(grid.block_rows, c.rows - row),
                                                     .columns = (std::min)(grid.block_columns, c.columns - column),
                                                     .terms = terms,
                                                     .accumulate = parts == 1 && accumulate});
    }
  });
  if (parts > 1) add_parts<T>(context, sums.data(), parts, c, accumulate);
}

}  // namespace nasnet::inline NASNET_ABI
