/// The loss of classification, and the count of right answers.
#pragma once

#include <cstdint>      // int32_t, int64_t
#include <span>         // span
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/core/tensor.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

/// Mean over the batch of the cross entropy between softmax(logits) and the labels: logits [N,K] or [N,1,1,K] to [1].
///
/// Label smoothing s (Szegedy et al., arXiv 1512.00567, section 7) makes the targets
/// t_k = (1 - s) [k = label] + s / K.
struct SoftmaxCrossEntropy {
  static constexpr std::string_view name = "softmax_cross_entropy";
  static constexpr bool backward_reads_inputs = false;
  std::vector<std::int32_t> labels;  ///< one per sample, 0 to K - 1
  double label_smoothing = 0.0;      ///< 0 to 1
};

/// loss = mean over n of -sum over k of t_k log p_k, p = softmax(x). Keeps (p - t) / N.
/// @throws ShapeError for other shapes, DataError for labels outside the classes.
template <class Scalar>
void forward(const SoftmaxCrossEntropy& loss, OpCall<Scalar>& call);

/// dx = dy (p - t) / N.
template <class Scalar>
void backward(const SoftmaxCrossEntropy&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

/// Number of rows of logits [N,K] or [N,1,1,K] whose largest entry, the first of equal ones, is at the label.
/// @throws DataError for another number of labels than rows, or labels outside the classes.
template <class Scalar>
[[nodiscard]] std::int64_t count_correct(const Tensor<Scalar>& logits, std::span<const std::int32_t> labels);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/softmax_cross_entropy.ipp"
#endif
