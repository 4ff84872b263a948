/// Maps and weights as matrices.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/matrix_product.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Maps or a weight as a matrix: one row for each pixel or input channel.
template <class Scalar>
[[nodiscard]] MatrixSpan<Scalar> channel_matrix(Tensor<Scalar>& tensor) {
  const std::int64_t columns = tensor.shape()[tensor.shape().rank() - 1];
  return {tensor.data(), columns == 0 ? 0 : tensor.elements() / columns, columns};
}

template <class Scalar>
[[nodiscard]] MatrixSpan<const Scalar> channel_matrix(const Tensor<Scalar>& tensor) {
  const std::int64_t columns = tensor.shape()[tensor.shape().rank() - 1];
  return {tensor.data(), columns == 0 ? 0 : tensor.elements() / columns, columns};
}

}  // namespace nasnet::inline NASNET_ABI::detail
