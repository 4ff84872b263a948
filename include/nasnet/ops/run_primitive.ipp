#pragma once

#include "nasnet/ops/run_primitive.hpp"

#include <variant>  // visit

#include "nasnet/ops/ops.hpp"
#include "nasnet/primitive/primitive.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Primitive& primitive, OpCall<Scalar>& call) {
  std::visit([&](const auto& p) { forward(p, call); }, primitive);
}

template <class Scalar>
void backward(const Primitive& primitive, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  std::visit([&](const auto& p) { backward(p, call, gradients); }, primitive);
}

}  // namespace nasnet::inline NASNET_ABI
