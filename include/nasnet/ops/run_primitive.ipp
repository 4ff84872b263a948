#pragma once

#include "nasnet/ops/run_primitive.hpp"

#include "nasnet/ops/ops.hpp"
#include "nasnet/primitive/primitive.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Primitive& primitive, OpCall<Scalar>& call) {
  visit_primitive(primitive, [&](const auto& p) { forward(p, call); });
}

template <class Scalar>
void backward(const Primitive& primitive, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  visit_primitive(primitive, [&](const auto& p) { backward(p, call, gradients); });
}

}  // namespace nasnet::inline NASNET_ABI
