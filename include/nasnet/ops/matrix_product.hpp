/// Matrix products on row-major views.
#pragma once

#include <cstdint>      // int64_t
#include <type_traits>  // remove_const_t, type_identity_t

#include "nasnet/core/context.hpp"
#include "nasnet/core/instruction_set.hpp"

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

/// C = A B, or C += A B where `accumulate`. A [M,K], B [K,N], C [M,N]. Same bits for any number of threads.
template <class T>
void multiply(Context& context, MatrixSpan<const T> a, std::type_identity_t<MatrixSpan<const T>> b,
              std::type_identity_t<MatrixSpan<T>> c, bool accumulate = false, InstructionSet set = instruction_set());

/// C = A B^T, or C += A B^T where `accumulate`. A [M,K], B [N,K], C [M,N]. Same bits for any number of threads.
template <class T>
void multiply_right_transposed(Context& context, MatrixSpan<const T> a, std::type_identity_t<MatrixSpan<const T>> b,
                               std::type_identity_t<MatrixSpan<T>> c, bool accumulate = false,
                               InstructionSet set = instruction_set());

/// C = A^T B, or C += A^T B where `accumulate`. A [K,M], B [K,N], C [M,N]. Same bits for any number of threads: long
/// sums are cut into parts that depend on the shape alone, and the parts are added in order.
template <class T>
void multiply_left_transposed(Context& context, MatrixSpan<const T> a, std::type_identity_t<MatrixSpan<const T>> b,
                              std::type_identity_t<MatrixSpan<T>> c, bool accumulate = false,
                              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/matrix_product.ipp"
#endif
