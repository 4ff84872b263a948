#pragma once

#include "nasnet/ops/log_softmax.hpp"

#include <cmath>        // exp
#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/softmax_row.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY inline void check_logits(std::string_view who, const Shape& shape) {
  if (shape.rank() == 0 || last_extent(shape) == 0) {
    fail<ShapeError>(who, ": input is ", shape.to_string(), ", wanted rows of logits");
  }
}

// dx = dy - exp(y) sum(dy) for one row; added to dx or written.
template <class Scalar>
void log_softmax_gradient_row(const Scalar* y, const Scalar* dy, std::int64_t count, Scalar* dx, bool accumulate) {
  Scalar sum = 0;
  for (std::int64_t k = 0; k < count; ++k) sum += dy[k];
  for (std::int64_t k = 0; k < count; ++k) {
    const Scalar value = dy[k] - std::exp(y[k]) * sum;
    dx[k] = accumulate ? dx[k] + value : value;
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const LogSoftmax&, OpCall<Scalar>& call) {
  const Tensor<Scalar>& x = call.input();
  detail::check_logits(LogSoftmax::name, x.shape());
  const std::int64_t columns = detail::last_extent(x.shape());
  Tensor<Scalar>& y = call.allocate_output(x.shape());
  call.context.parallel_for(detail::row_count(x.shape()), detail::softmax_grain(columns),
                            [&](std::int64_t begin, std::int64_t end) {
                              for (std::int64_t row = begin; row < end; ++row) {
                                const Scalar* from = x.data() + row * columns;
                                const detail::SoftmaxRow<Scalar> softmax_row(from, columns);
                                for (std::int64_t k = 0; k < columns; ++k)
                                  y[row * columns + k] = softmax_row.log_probability(from[k]);
                              }
                            });
}

template <class Scalar>
void backward(const LogSoftmax&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (!slot) return;
  const Tensor<Scalar>& y = *call.kept_output;
  const std::int64_t columns = detail::last_extent(y.shape());
  call.context.parallel_for(detail::row_count(y.shape()), detail::softmax_grain(columns),
                            [&](std::int64_t begin, std::int64_t end) {
                              for (std::int64_t row = begin; row < end; ++row) {
                                const std::int64_t at = row * columns;
                                detail::log_softmax_gradient_row(y.data() + at, gradients.output.data() + at, columns,
                                                                 slot.tensor->data() + at, slot.accumulate);
                              }
                            });
}

template <class Scalar>
Tensor<Scalar> softmax(Context& context, const Tensor<Scalar>& logits) {
  detail::check_logits("softmax", logits.shape());
  const std::int64_t columns = detail::last_extent(logits.shape());
  Tensor<Scalar> result = context.tensor<Scalar>(logits.shape());
  context.parallel_for(detail::row_count(logits.shape()), detail::softmax_grain(columns),
                       [&](std::int64_t begin, std::int64_t end) {
                         for (std::int64_t row = begin; row < end; ++row) {
                           const Scalar* x = logits.data() + row * columns;
                           const detail::SoftmaxRow<Scalar> softmax_row(x, columns);
                           for (std::int64_t k = 0; k < columns; ++k)
                             result[row * columns + k] = softmax_row.probability(x[k]);
                         }
                       });
  return result;
}

}  // namespace nasnet::inline NASNET_ABI
