/// What goes into the kernels of matrix products, and what becomes of their partial sums.
#pragma once

#include <algorithm>  // copy_n, fill_n, max, min
#include <cstdint>    // int64_t

#include "nasnet/core/context.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/detail/quotient.hpp"
#include "nasnet/ops/matrix_product.hpp"

namespace nasnet::inline NASNET_ABI::detail {

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

}  // namespace nasnet::inline NASNET_ABI::detail
