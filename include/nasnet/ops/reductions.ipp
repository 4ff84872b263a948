#pragma once

#include "nasnet/ops/reductions.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/map.hpp"

namespace nasnet::inline NASNET_ABI::detail {

// Sum of all elements: chunks fixed by shape, put together in order in double.
template <class Scalar>
[[nodiscard]] double sum_of(Context& context, const Tensor<Scalar>& x) {
  const std::int64_t chunks = (x.elements() + map_grain - 1) / map_grain;
  Tensor<double> parts = context.tensor<double>({chunks});
  context.parallel_for(x.elements(), map_grain, [&](std::int64_t begin, std::int64_t end) {
    double sum = 0;
    for (std::int64_t i = begin; i < end; ++i) sum += static_cast<double>(x[i]);
    parts[begin / map_grain] = sum;
  });
  double sum = 0;
  for (const double part : parts.values()) sum += part;
  return sum;
}

template <class Scalar>
void broadcast_gradient(Context& context, GradientSlot<Scalar> slot, Scalar value) {
  map_gradient(context, slot, [value] { return value; });
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Sum&, OpCall<Scalar>& call) {
  const double sum = detail::sum_of(call.context, call.input());
  call.allocate_output({1})[0] = static_cast<Scalar>(sum);
}

template <class Scalar>
void backward(const Sum&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::broadcast_gradient(call.context, gradients.inputs[0], gradients.output[0]);
}

template <class Scalar>
void forward(const Mean&, OpCall<Scalar>& call) {
  if (call.input().empty()) fail<ShapeError>(Mean::name, ": input ", call.input().shape().to_string(), " is empty");
  const double sum = detail::sum_of(call.context, call.input());
  call.allocate_output({1})[0] = static_cast<Scalar>(sum / static_cast<double>(call.input().elements()));
}

template <class Scalar>
void backward(const Mean&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (!slot) return;
  detail::broadcast_gradient(call.context, slot, gradients.output[0] / static_cast<Scalar>(slot.tensor->elements()));
}

}  // namespace nasnet::inline NASNET_ABI
