#pragma once

#include "nasnet/ops/detail/map.hpp"

#include "nasnet/ops/detail/lane_functions.hpp"

namespace nasnet::inline NASNET_ABI::detail {

template <class Scalar>
void zero_values(Context& context, Tensor<Scalar>& out) {
  map_lanes(context, out, ZeroLanes{});
}

template <class Scalar>
void copy_values(Context& context, Tensor<Scalar>& out, const Tensor<Scalar>& in) {
  map_lanes(context, out, CopyLanes{}, in.data());
}

template <class Scalar>
void copy_gradient(Context& context, GradientSlot<Scalar> slot, const Tensor<Scalar>& gradient) {
  map_lanes_gradient(context, slot, CopyLanes{}, gradient.data());
}

template <class Scalar>
void zero_gradient(Context& context, GradientSlot<Scalar> slot) {
  if (slot && !slot.accumulate) zero_values(context, *slot.tensor);
}

template <class Scalar>
void multiply_gradient(Context& context, GradientSlot<Scalar> slot, const Scalar* a, const Scalar* b) {
  map_lanes_gradient(context, slot, MultiplyLanes{}, a, b);
}

}  // namespace nasnet::inline NASNET_ABI::detail
