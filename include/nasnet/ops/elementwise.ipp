#pragma once

#include "nasnet/ops/elementwise.hpp"

#include <algorithm>    // clamp
#include <cmath>        // exp, log, tanh
#include <string_view>  // string_view

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/lane_functions.hpp"
#include "nasnet/ops/detail/map.hpp"

namespace nasnet::inline NASNET_ABI::detail {

struct MinimumLanes {
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out, const Value& a, const Value& b) const {
    out = b < a ? b : a;
  }
};

// y = f(a, b), a lane function.
template <class Scalar, class Function>
void forward_pair(std::string_view who, OpCall<Scalar>& call, const Function& f) {
  if (call.inputs.size() != 2) fail<ShapeError>(who, ": ", call.inputs.size(), " inputs, wanted 2");
  check_equal_shapes(who, call);
  Tensor<Scalar>& y = call.allocate_output(call.input().shape());
  map_lanes(call.context, y, f, call.input(0).data(), call.input(1).data());
}

template <class Scalar, class Function>
void forward_map(OpCall<Scalar>& call, const Function& f) {
  Tensor<Scalar>& y = call.allocate_output(call.input().shape());
  map_values(call.context, y, f, call.input().data());
}

// dx = f(y, dy).
template <class Scalar, class Function>
void backward_from_output(const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients, const Function& f) {
  map_gradient(call.context, gradients.inputs[0], f, call.kept_output->data(), gradients.output.data());
}

// dx = f(x, dy).
template <class Scalar, class Function>
void backward_from_input(const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients, const Function& f) {
  map_gradient(call.context, gradients.inputs[0], f, call.input().data(), gradients.output.data());
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Sigmoid&, OpCall<Scalar>& call) {
  detail::forward_map(call, [](Scalar x) { return Scalar{1} / (Scalar{1} + std::exp(-x)); });
}

template <class Scalar>
void backward(const Sigmoid&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::backward_from_output(call, gradients, [](Scalar y, Scalar g) { return g * y * (Scalar{1} - y); });
}

template <class Scalar>
void forward(const Tanh&, OpCall<Scalar>& call) {
  detail::forward_map(call, [](Scalar x) { return std::tanh(x); });
}

template <class Scalar>
void backward(const Tanh&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::backward_from_output(call, gradients, [](Scalar y, Scalar g) { return g * (Scalar{1} - y * y); });
}

template <class Scalar>
void forward(const Exp&, OpCall<Scalar>& call) {
  detail::forward_map(call, [](Scalar x) { return std::exp(x); });
}

template <class Scalar>
void backward(const Exp&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::backward_from_output(call, gradients, [](Scalar y, Scalar g) { return g * y; });
}

template <class Scalar>
void forward(const Log&, OpCall<Scalar>& call) {
  detail::forward_map(call, [](Scalar x) { return std::log(x); });
}

template <class Scalar>
void backward(const Log&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::backward_from_input(call, gradients, [](Scalar x, Scalar g) { return g / x; });
}

template <class Scalar>
void forward(const Scale& scale, OpCall<Scalar>& call) {
  Tensor<Scalar>& y = call.allocate_output(call.input().shape());
  detail::map_lanes(call.context, y, detail::ScaleLanes<Scalar>{static_cast<Scalar>(scale.factor)},
                    call.input().data());
}

template <class Scalar>
void backward(const Scale& scale, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::map_lanes_gradient(call.context, gradients.inputs[0],
                             detail::ScaleLanes<Scalar>{static_cast<Scalar>(scale.factor)}, gradients.output.data());
}

template <class Scalar>
void forward(const Multiply&, OpCall<Scalar>& call) {
  detail::forward_pair(Multiply::name, call, detail::MultiplyLanes{});
}

template <class Scalar>
void backward(const Multiply&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const Scalar* dy = gradients.output.data();
  detail::multiply_gradient(call.context, gradients.inputs[0], call.input(1).data(), dy);
  detail::multiply_gradient(call.context, gradients.inputs[1], call.input(0).data(), dy);
}

template <class Scalar>
void forward(const Subtract&, OpCall<Scalar>& call) {
  detail::forward_pair(Subtract::name, call, detail::SubtractLanes{});
}

template <class Scalar>
void backward(const Subtract&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::copy_gradient(call.context, gradients.inputs[0], gradients.output);
  detail::map_lanes_gradient(call.context, gradients.inputs[1], detail::ScaleLanes<Scalar>{Scalar{-1}},
                             gradients.output.data());
}

template <class Scalar>
void forward(const Minimum&, OpCall<Scalar>& call) {
  detail::forward_pair(Minimum::name, call, detail::MinimumLanes{});
}

template <class Scalar>
void backward(const Minimum&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const Scalar* a = call.input(0).data();
  const Scalar* b = call.input(1).data();
  const Scalar* g = gradients.output.data();
  const auto first = [](Scalar x, Scalar y, Scalar gradient) { return x <= y ? gradient : Scalar{0}; };
  const auto second = [](Scalar x, Scalar y, Scalar gradient) { return x <= y ? Scalar{0} : gradient; };
  detail::map_gradient(call.context, gradients.inputs[0], first, a, b, g);
  detail::map_gradient(call.context, gradients.inputs[1], second, a, b, g);
}

template <class Scalar>
void forward(const Clamp& clamp, OpCall<Scalar>& call) {
  if (!(clamp.low <= clamp.high)) fail<ArgumentError>(Clamp::name, ": from ", clamp.low, " to ", clamp.high);
  detail::forward_map(call, [low = static_cast<Scalar>(clamp.low), high = static_cast<Scalar>(clamp.high)](Scalar x) {
    return std::clamp(x, low, high);
  });
}

template <class Scalar>
void backward(const Clamp& clamp, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::backward_from_input(call, gradients,
                              [low = static_cast<Scalar>(clamp.low), high = static_cast<Scalar>(clamp.high)](
                                  Scalar x, Scalar g) { return x >= low && x <= high ? g : Scalar{0}; });
}

}  // namespace nasnet::inline NASNET_ABI
