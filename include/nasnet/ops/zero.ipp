#pragma once

#include "nasnet/ops/zero.hpp"

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/map.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Zeros& zero, OpCall<Scalar>& call) {
  const Shape& in = call.input().shape();
  detail::check_map(Zeros::name, in);
  const Size size = zero.output_size({in[1], in[2]});
  Tensor<Scalar>& y = call.allocate_output({in[0], size.height, size.width, zero.filters});
  detail::zero_values(call.context, y);
}

template <class Scalar>
void backward(const Zeros&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  detail::zero_gradient(call.context, gradients.inputs[0]);
}

}  // namespace nasnet::inline NASNET_ABI
