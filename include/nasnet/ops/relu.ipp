#pragma once

#include "nasnet/ops/relu.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/lane_functions.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

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

template <class Scalar>
void rectify(const Scalar* from, std::int64_t count, Scalar* to) {
  run_lanes(count, to, false, ReluLanes{}, from);
}

template <class Scalar>
void rectify_gradient(const Scalar* x, const Scalar* g, std::int64_t count, Scalar* to, bool accumulate) {
  run_lanes(count, to, accumulate, ReluGradientLanes{}, x, g);
}

}  // namespace nasnet::inline NASNET_ABI::detail

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
