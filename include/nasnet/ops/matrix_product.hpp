/// Matrix products on row-major views.
#pragma once

#include <algorithm>    // copy, copy_n, fill_n, max, min
#include <cstdint>      // int64_t
#include <type_traits>  // remove_const_t, type_identity_t

#include "nasnet/core/context.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/ops/detail/matrix_kernel.hpp"
#include "nasnet/ops/detail/quotient.hpp"

namespace nasnet::inline NASNET_ABI {

/// A row-major matrix that something else owns. `Element` is const where it is only read.
template <class Element>
struct MatrixSpan {
  Element* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t stride = 0;  ///< elements from one row to the next, at least `columns`

  constexpr MatrixSpan() = default;
  constexpr MatrixSpan(Element* first, std::int64_t row_count, std::int64_t column_count)
      : MatrixSpan(first, row_count, column_count, column_count) {}
  constexpr MatrixSpan(Element* first, std::int64_t row_count, std::int64_t column_count, std::int64_t row_stride)
      : data(first), rows(row_count), columns(column_count), stride(row_stride) {}

  /// The same matrix, read only.
  constexpr operator MatrixSpan<const Element>() const requires(!std::is_const_v<Element>) {
    return {data, rows, columns, stride};
  }
};

namespace detail {

/// How a product is cut into blocks of C: by its shape alone.
struct ProductGrid {
  std::int64_t block_rows = 1;
  std::int64_t block_columns = 1;
  std::int64_t row_blocks = 1;
  std::int64_t column_blocks = 1;

  [[nodiscard]] std::int64_t blocks() const { return row_blocks * column_blocks; }
};

/// Blocks as wide as a tile, so that their part of B stays in the cache, and tall enough to be worth a thread's while.
NASNET_LAZY [[nodiscard]] ProductGrid product_grid(std::int64_t rows, std::int64_t columns, std::int64_t terms,
                                                   std::int64_t vector_width);

/// B of a product where it may be read a vector past the end of each row.
template <class T>
struct ReadableMatrix {
  MatrixSpan<const T> view;
  const T* last_row = nullptr;
  Tensor<T> copy = {};  ///< of the last row, or of all of them
};

template <class T>
void copy_padded(MatrixSpan<const T> from, T* to, std::int64_t to_stride) {
  for (std::int64_t row = 0; row < from.rows; ++row, to += to_stride) {
    std::copy_n(from.data + row * from.stride, from.columns, to);
    std::fill_n(to + from.columns, to_stride - from.columns, T{0});
  }
}

/// Rows of whole vectors are read where they are. Otherwise what is read past a row's end is the next row, and only the
/// last row has to be copied, unless rows are shorter than a vector.
template <class T>
[[nodiscard]] ReadableMatrix<T> readable(Context& context, MatrixSpan<const T> b, std::int64_t vector_width) {
  ReadableMatrix<T> result{.view = b, .last_row = b.data + (b.rows - 1) * b.stride};
  const std::int64_t padded = rounded_up(b.columns, vector_width);
  if (padded == b.columns) return result;
  const bool all = b.columns < vector_width;
  const MatrixSpan<const T> copied = all ? b : MatrixSpan<const T>(result.last_row, 1, b.columns);
  result.copy = context.tensor<T>({copied.rows, padded});
  copy_padded(copied, result.copy.data(), padded);
  if (all) result.view = {result.copy.data(), b.rows, b.columns, padded};
  result.last_row = result.copy.data() + (copied.rows - 1) * padded;
  return result;
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
      run_kernel<ProductKernel<false>, T>(set,
                                          ProductBlock<T>{.a = a.data + row * a.stride,
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

/// to [columns, rows of width `stride`] = from [rows, columns] transposed, its rows filled up with zeros.
template <class T>
void transpose_padded(Context& context, MatrixSpan<const T> from, T* to, std::int64_t stride) {
  constexpr std::int64_t tile = 16;
  context.parallel_for(from.columns, 4 * tile, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t first = begin; first < end; first += tile) {
      const std::int64_t last = (std::min)(first + tile, end);
      for (std::int64_t row = 0; row < from.rows; ++row) {
        for (std::int64_t column = first; column < last; ++column) {
          to[column * stride + row] = from.data[row * from.stride + column];
        }
      }
      for (std::int64_t column = first; column < last; ++column) {
        std::fill_n(to + column * stride + from.rows, stride - from.rows, T{0});
      }
    }
  });
}

/// A transposed copy of B, its rows filled up to whole vectors.
template <class T>
[[nodiscard]] ReadableMatrix<T> transposed_copy(Context& context, MatrixSpan<const T> b, std::int64_t vector_width) {
  const std::int64_t stride = rounded_up(b.rows, vector_width);
  ReadableMatrix<T> result{.view = {}, .copy = context.tensor<T>({b.columns, stride})};
  transpose_padded<T>(context, b, result.copy.data(), stride);
  result.view = {result.copy.data(), b.columns, b.rows, stride};
  result.last_row = result.copy.data() + (b.columns - 1) * stride;
  return result;
}

/// Terms of C = A^T B that one partial sum takes. Long enough that adding the partial sums up costs little.
NASNET_LAZY [[nodiscard]] std::int64_t terms_per_part(std::int64_t terms, std::int64_t elements);

/// c (+)= the sum of the parts, in their order.
template <class T>
void add_parts(Context& context, const T* parts, std::int64_t part_count, MatrixSpan<T> c, bool accumulate) {
  const std::int64_t elements = c.rows * c.columns;
  const std::int64_t grain = (std::max)(std::int64_t{1}, 8192 / (c.columns * part_count));
  context.parallel_for(c.rows, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      T* to = c.data + row * c.stride;
      const T* from = parts + row * c.columns;
      if (!accumulate) std::copy_n(from, c.columns, to);
      for (std::int64_t part = accumulate ? 0 : 1; part < part_count; ++part) {
        const T* summand = from + part * elements;
        for (std::int64_t column = 0; column < c.columns; ++column) to[column] += summand[column];
      }
    }
  });
}

}  // namespace detail

/// C = A B, or C += A B where `accumulate`. A [M,K], B [K,N], C [M,N]. Same bits for any number of threads.
template <class T>
void multiply(Context& context, MatrixSpan<const T> a, std::type_identity_t<MatrixSpan<const T>> b,
              std::type_identity_t<MatrixSpan<T>> c, bool accumulate = false, InstructionSet set = instruction_set()) {
  if (c.rows == 0 || c.columns == 0) return;
  if (a.columns == 0) return detail::clear(context, c, accumulate);
  set = detail::set_for<T>(c.columns, set);
  detail::multiply_readable<T>(context, a, detail::readable<T>(context, b, detail::full_width<T>(set)), c, accumulate,
                               set);
}

/// C = A B^T, or C += A B^T where `accumulate`. A [M,K], B [N,K], C [M,N]. Same bits for any number of threads.
template <class T>
void multiply_right_transposed(Context& context, MatrixSpan<const T> a, std::type_identity_t<MatrixSpan<const T>> b,
                               std::type_identity_t<MatrixSpan<T>> c, bool accumulate = false,
                               InstructionSet set = instruction_set()) {
  if (c.rows == 0 || c.columns == 0) return;
  if (a.columns == 0) return detail::clear(context, c, accumulate);
  set = detail::set_for<T>(c.columns, set);
  const auto transposed = detail::transposed_copy<T>(context, b, detail::full_width<T>(set));
  detail::multiply_readable<T>(context, a, transposed, c, accumulate, set);
}

/// C = A^T B, or C += A^T B where `accumulate`. A [K,M], B [K,N], C [M,N]. Same bits for any number of threads: long
/// sums are cut into parts that depend on the shape alone, and the parts are added in order.
template <class T>
void multiply_left_transposed(Context& context, MatrixSpan<const T> a, std::type_identity_t<MatrixSpan<const T>> b,
                              std::type_identity_t<MatrixSpan<T>> c, bool accumulate = false,
                              InstructionSet set = instruction_set()) {
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
      run_kernel<ProductKernel<true>, T>(set,
                                         ProductBlock<T>{.a = a.data + term * a.stride + row,
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

#if NASNET_HEADER_ONLY
#include "nasnet/ops/matrix_product.ipp"
#endif
