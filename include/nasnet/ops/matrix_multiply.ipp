#pragma once

#include "nasnet/ops/matrix_multiply.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/matrix_product.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const MatrixMultiply&, OpCall<Scalar>& call) {
  const Shape& a = call.input(0).shape();
  const Shape& b = call.input(1).shape();
  if (a.rank() != 2 || b.rank() != 2 || a[1] != b[0]) {
    fail<ShapeError>(MatrixMultiply::name, ": ", a.to_string(), " times ", b.to_string(), ", wanted [M,K] times [K,N]");
  }
  Tensor<Scalar>& y = call.allocate_output({a[0], b[1]});
  multiply<Scalar>(call.context, {call.input(0).data(), a[0], a[1]}, {call.input(1).data(), b[0], b[1]},
                   {y.data(), a[0], b[1]});
}

template <class Scalar>
void backward(const MatrixMultiply&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const std::int64_t m = call.input(0).extent(0);
  const std::int64_t k = call.input(0).extent(1);
  const std::int64_t n = call.input(1).extent(1);
  const MatrixSpan<const Scalar> a(call.input(0).data(), m, k);
  const MatrixSpan<const Scalar> b(call.input(1).data(), k, n);
  const MatrixSpan<const Scalar> dy(gradients.output.data(), m, n);
  if (const GradientSlot<Scalar>& slot = gradients.inputs[0]) {
    multiply_right_transposed<Scalar>(call.context, dy, b, {slot.tensor->data(), m, k}, slot.accumulate);
  }
  if (const GradientSlot<Scalar>& slot = gradients.inputs[1]) {
    multiply_left_transposed<Scalar>(call.context, a, dy, {slot.tensor->data(), k, n}, slot.accumulate);
  }
}

}  // namespace nasnet::inline NASNET_ABI
