/// Product of two matrices that both have gradients.
#pragma once

#include <algorithm>    // fill_n
#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/rows.hpp"

namespace nasnet::inline v0 {

/// y = a b: [M,K] times [K,N] to [M,N].
struct MatrixMultiply {
  static constexpr std::string_view name = "matrix_multiply";
  [[nodiscard]] static constexpr std::int64_t input_count() { return 2; }
};

namespace detail {

// Element (row, column) of a matrix at first + row * row_step + column * column_step: a transposed one swaps the steps.
template <class Scalar>
struct MatrixView {
  const Scalar* first;
  std::int64_t row_step;
  std::int64_t column_step;
  [[nodiscard]] const Scalar& operator()(std::int64_t row, std::int64_t column) const {
    return first[row * row_step + column * column_step];
  }
};

// out [rows, columns] = a b, or += a b; a [rows, inner], b [inner, columns].
template <class Scalar>
void multiply_matrices(Context& context, MatrixView<Scalar> a, MatrixView<Scalar> b, std::int64_t rows,
                       std::int64_t inner, std::int64_t columns, Scalar* out, bool accumulate) {
  context.parallel_for(rows, row_grain(inner * columns), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      Scalar* to = out + row * columns;
      if (!accumulate) std::fill_n(to, columns, Scalar{0});
      for (std::int64_t k = 0; k < inner; ++k) {
        const Scalar factor = a(row, k);
        for (std::int64_t column = 0; column < columns; ++column) to[column] += factor * b(k, column);
      }
    }
  });
}

}  // namespace detail

/// @throws ShapeError unless the shapes are [M,K] and [K,N].
template <class Scalar>
void forward(const MatrixMultiply&, OpCall<Scalar>& call) {
  const Shape& a = call.input(0).shape();
  const Shape& b = call.input(1).shape();
  if (a.rank() != 2 || b.rank() != 2 || a[1] != b[0]) {
    fail<ShapeError>(MatrixMultiply::name, ": ", a.to_string(), " times ", b.to_string(), ", wanted [M,K] times [K,N]");
  }
  Tensor<Scalar>& y = call.allocate_output({a[0], b[1]});
  detail::multiply_matrices<Scalar>(call.context, {call.input(0).data(), a[1], 1}, {call.input(1).data(), b[1], 1},
                                    a[0], a[1], b[1], y.data(), false);
}

/// da = dy b', db = a' dy, where ' transposes.
template <class Scalar>
void backward(const MatrixMultiply&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const Scalar* dy = gradients.output.data();
  const std::int64_t m = call.input(0).extent(0);
  const std::int64_t k = call.input(0).extent(1);
  const std::int64_t n = call.input(1).extent(1);
  if (const GradientSlot<Scalar>& slot = gradients.inputs[0]) {
    detail::multiply_matrices<Scalar>(call.context, {dy, n, 1}, {call.input(1).data(), 1, n}, m, n, k,
                                      slot.tensor->data(), slot.accumulate);
  }
  if (const GradientSlot<Scalar>& slot = gradients.inputs[1]) {
    detail::multiply_matrices<Scalar>(call.context, {call.input(0).data(), 1, k}, {dy, n, 1}, k, m, n,
                                      slot.tensor->data(), slot.accumulate);
  }
}

}  // namespace nasnet::inline v0
