#pragma once

#include "nasnet/ops/softmax_cross_entropy.hpp"

#include <algorithm>  // max_element
#include <cstddef>    // size_t
#include <cstdint>    // int32_t, int64_t
#include <span>       // span
#include <utility>    // move

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/lane_functions.hpp"
#include "nasnet/ops/detail/softmax_row.hpp"

namespace nasnet::inline NASNET_ABI::detail {

template <class Scalar>
void check_cross_entropy(const SoftmaxCrossEntropy& loss, const Tensor<Scalar>& logits) {
  const Shape& shape = logits.shape();
  if (shape.rank() < 2 || logits.empty() || row_count(shape) != shape[0]) {
    fail<ShapeError>(SoftmaxCrossEntropy::name, ": logits are ", shape.to_string(), ", wanted [N,K] or [N,1,1,K]");
  }
  check_indices(SoftmaxCrossEntropy::name, "label", loss.labels, shape[0], last_extent(shape));
  if (!(loss.label_smoothing >= 0 && loss.label_smoothing <= 1)) {
    fail<ArgumentError>(SoftmaxCrossEntropy::name, ": label smoothing is ", loss.label_smoothing, ", wanted 0 to 1");
  }
}

// -sum(t_k log p_k) of one row.
template <class Scalar>
[[nodiscard]] Scalar cross_entropy_row(const Scalar* x, std::int64_t classes, std::int64_t label, Scalar smoothing,
                                       const SoftmaxRow<Scalar>& row) {
  const Scalar right = -row.log_probability(x[label]);
  if (smoothing == Scalar{0}) return right;  // another class may be so unlikely that its logarithm is infinite
  Scalar all = 0;
  for (std::int64_t k = 0; k < classes; ++k) all -= row.log_probability(x[k]);
  return (Scalar{1} - smoothing) * right + smoothing * all / static_cast<Scalar>(classes);
}

// (p - t) / N of one row.
template <class Scalar>
void cross_entropy_gradient_row(const Scalar* x, std::int64_t classes, std::int64_t label, Scalar smoothing,
                                const SoftmaxRow<Scalar>& row, Scalar share, Scalar* gradient) {
  const Scalar base = smoothing / static_cast<Scalar>(classes);
  for (std::int64_t k = 0; k < classes; ++k) gradient[k] = (row.probability(x[k]) - base) * share;
  gradient[label] -= (Scalar{1} - smoothing) * share;
}

// The losses of the rows, and their gradients if there is room for them.
template <class Scalar>
void cross_entropy_rows(const SoftmaxCrossEntropy& loss, Context& context, const Tensor<Scalar>& logits,
                        Tensor<Scalar>& losses, Tensor<Scalar>& gradient) {
  const std::int64_t classes = last_extent(logits.shape());
  const auto smoothing = static_cast<Scalar>(loss.label_smoothing);
  const Scalar share = Scalar{1} / static_cast<Scalar>(losses.elements());
  context.parallel_for(losses.elements(), softmax_grain(classes), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const Scalar* x = logits.data() + row * classes;
      const std::int64_t label = loss.labels[static_cast<std::size_t>(row)];
      const SoftmaxRow<Scalar> probabilities(x, classes);
      losses[row] = cross_entropy_row(x, classes, label, smoothing, probabilities);
      if (gradient.empty()) continue;
      cross_entropy_gradient_row(x, classes, label, smoothing, probabilities, share, gradient.data() + row * classes);
    }
  });
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const SoftmaxCrossEntropy& loss, OpCall<Scalar>& call) {
  const Tensor<Scalar>& logits = call.input();
  detail::check_cross_entropy(loss, logits);
  Tensor<Scalar> losses = call.context.template tensor<Scalar>({logits.extent(0)});
  Tensor<Scalar> gradient;
  if (call.keep) gradient = call.context.template tensor<Scalar>(logits.shape());
  detail::cross_entropy_rows(loss, call.context, logits, losses, gradient);
  double sum = 0;
  for (const Scalar value : losses.values()) sum += static_cast<double>(value);
  call.allocate_output({1})[0] = static_cast<Scalar>(sum / static_cast<double>(losses.elements()));
  if (call.keep) call.saved.push_back(std::move(gradient));
}

template <class Scalar>
void backward(const SoftmaxCrossEntropy&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::map_lanes_gradient(call.context, gradients.inputs[0], detail::ScaleLanes<Scalar>{gradients.output[0]},
                             call.saved[0].data());
}

template <class Scalar>
std::int64_t count_correct(const Tensor<Scalar>& logits, std::span<const std::int32_t> labels) {
  const std::int64_t classes = detail::last_extent(logits.shape());
  const std::int64_t rows = detail::row_count(logits.shape());
  detail::check_indices("accuracy", "label", labels, rows, classes);
  std::int64_t correct = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    const Scalar* x = logits.data() + row * classes;
    const auto largest = std::max_element(x, x + classes) - x;
    if (largest == labels[static_cast<std::size_t>(row)]) ++correct;
  }
  return correct;
}

}  // namespace nasnet::inline NASNET_ABI
