#pragma once

#include "nasnet/ops/relu.hpp"

#include "nasnet/ops/detail/map.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Relu&, OpCall<Scalar>& call) {
  Tensor<Scalar>& y = call.allocate_output(call.input().shape());
  detail::map_lanes(call.context, y, detail::ReluLanes{}, call.input().data());
}

template <class Scalar>
void backward(const Relu&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::map_lanes_gradient(call.context, gradients.inputs[0], detail::ReluGradientLanes{}, call.kept_output->data(),
                             gradients.output.data());
}

}  // namespace nasnet::inline NASNET_ABI
