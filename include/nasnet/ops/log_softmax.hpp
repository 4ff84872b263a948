/// Softmax and its logarithm, over the last axis.
#pragma once

#include <string_view>  // string_view

#include "nasnet/config.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = x - log(sum over the row of exp(x)): [...,K] to [...,K].
struct LogSoftmax {
  static constexpr std::string_view name = "log_softmax";
  static constexpr bool backward_reads_inputs = false;
  static constexpr bool backward_reads_output = true;
};

/// @throws ShapeError for rows without elements.
template <class Scalar>
void forward(const LogSoftmax&, OpCall<Scalar>& call);

/// dx_k = dy_k - exp(y_k) sum(dy), sum over the row.
template <class Scalar>
void backward(const LogSoftmax&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

/// Probabilities of rows of logits: [...,K] to [...,K], exp(x_k) / sum over the row of exp(x).
/// @throws ShapeError for rows without elements.
template <class Scalar>
[[nodiscard]] Tensor<Scalar> softmax(Context& context, const Tensor<Scalar>& logits);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/log_softmax.ipp"
#endif
