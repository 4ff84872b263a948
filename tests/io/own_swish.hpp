// A user's own primitives for the tests of ONNX: one that says how it is written as ONNX.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nasnet/core/tensor.hpp"
#include "nasnet/primitive/custom_primitive.hpp"
#include "nasnet/primitive/onnx_call.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace own {

// x / (1 + exp(-slope x)), with a slope per channel.
struct Swish {
  static constexpr std::string_view name = "swish";
  [[nodiscard]] std::vector<nasnet::ParameterSpec> parameters(nasnet::Channels inputs) const {
    return {{.name = "slope", .shape = {inputs[0]}, .initializer = nasnet::Initializer::ones}};
  }
};

template <class Scalar>
void forward(const Swish&, nasnet::OpCall<Scalar>& call) {
  const nasnet::Tensor<Scalar>& x = call.input();
  nasnet::Tensor<Scalar>& y = call.allocate_output(x.shape());
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    y[i] = x[i] / (Scalar{1} + std::exp(-call.parameter(0)[i % x.extent(3)] * x[i]));
  }
}

template <class Scalar>
void backward(const Swish&, const nasnet::OpCall<Scalar>&, const nasnet::OpGradients<Scalar>&) {}

inline void emit_onnx(const Swish&, nasnet::OnnxCall& call) {
  const std::string slope = call.add("Unsqueeze", {call.parameter(0), call.integers("axes", {1, 2})});
  const std::string sigmoid = call.add("Sigmoid", {call.add("Mul", {call.input(), slope})});
  call.add_output("Mul", {call.input(), sigmoid});
}

}  // namespace own
