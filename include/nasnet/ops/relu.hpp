/// ReLU on the CPU.
#pragma once

#include "nasnet/ops/detail/map.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline v0 {

/// y = max(x, 0), any shape. A NaN stays NaN.
template <class Scalar>
void forward(const Relu&, OpCall<Scalar>& call) {
  Tensor<Scalar>& y = call.allocate_output(call.input().shape());
  detail::map_values(call.context, y, [](Scalar x) { return x < Scalar{0} ? Scalar{0} : x; }, call.input().data());
}

/// dx = dy where y > 0, else 0.
template <class Scalar>
void backward(const Relu&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::map_gradient(call.context, gradients.inputs[0],
                       [](Scalar y, Scalar g) { return y > Scalar{0} ? g : Scalar{0}; }, call.kept_output->data(),
                       gradients.output.data());
}

}  // namespace nasnet::inline v0
