/// ReLU on the CPU.
#pragma once

#include "nasnet/ops/detail/map.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

struct ReluLanes {
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out, const Value& x) const {
    out = x < Value{} ? Value{} : x;
  }
};

struct ReluGradientLanes {
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out, const Value& y, const Value& g) const {
    out = y > Value{} ? g : Value{};
  }
};

}  // namespace detail

/// y = max(x, 0), any shape. A NaN stays NaN.
template <class Scalar>
void forward(const Relu&, OpCall<Scalar>& call) {
  Tensor<Scalar>& y = call.allocate_output(call.input().shape());
  detail::map_lanes(call.context, y, detail::ReluLanes{}, call.input().data());
}

/// dx = dy where y > 0, else 0.
template <class Scalar>
void backward(const Relu&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::map_lanes_gradient(call.context, gradients.inputs[0], detail::ReluGradientLanes{}, call.kept_output->data(),
                             gradients.output.data());
}

}  // namespace nasnet::inline NASNET_ABI
