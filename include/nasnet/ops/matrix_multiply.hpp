/// Product of two matrices that both have gradients.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = a b: [M,K] times [K,N] to [M,N].
struct MatrixMultiply {
  static constexpr std::string_view name = "matrix_multiply";
  [[nodiscard]] static constexpr std::int64_t input_count() { return 2; }
};

/// @throws ShapeError unless the shapes are [M,K] and [K,N].
template <class Scalar>
void forward(const MatrixMultiply&, OpCall<Scalar>& call);

/// da = dy b', db = a' dy, where ' transposes.
template <class Scalar>
void backward(const MatrixMultiply&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/matrix_multiply.ipp"
#endif
