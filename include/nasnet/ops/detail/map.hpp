/// Elementwise loops: out[i] = f(a[i], b[i], ...), split over the threads. For functions that vectors cannot do, as
/// exponentials; the others are in lane_functions.hpp.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/core/context.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Elements of one chunk: long enough to pay for a hand-over to another thread, short enough for the first cache.
inline constexpr std::int64_t map_grain = 8192;

/// out[i] = f(in[i]...) for all elements of out.
template <class Scalar, class Function, class... Inputs>
void map_values(Context& context, Tensor<Scalar>& out, const Function& f, const Inputs*... in) {
  Scalar* to = out.data();
  context.parallel_for(out.elements(), map_grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) to[i] = f(in[i]...);
  });
}

/// Writes f(in[i]...) to the slot's tensor or adds it; nothing for an empty slot.
template <class Scalar, class Function, class... Inputs>
void map_gradient(Context& context, GradientSlot<Scalar> slot, const Function& f, const Inputs*... in) {
  if (!slot) return;
  Scalar* to = slot.tensor->data();
  context.parallel_for(slot.tensor->elements(), map_grain, [&](std::int64_t begin, std::int64_t end) {
    if (slot.accumulate) {
      for (std::int64_t i = begin; i < end; ++i) to[i] += f(in[i]...);
    } else {
      for (std::int64_t i = begin; i < end; ++i) to[i] = f(in[i]...);
    }
  });
}

/// out = 0.
template <class Scalar>
void zero_values(Context& context, Tensor<Scalar>& out);

/// out = a copy of in.
template <class Scalar>
void copy_values(Context& context, Tensor<Scalar>& out, const Tensor<Scalar>& in);

/// Passes a gradient on as it is.
template <class Scalar>
void copy_gradient(Context& context, GradientSlot<Scalar> slot, const Tensor<Scalar>& gradient);

/// The gradient of an input on which the output does not depend.
template <class Scalar>
void zero_gradient(Context& context, GradientSlot<Scalar> slot);

/// Writes a[i] * b[i] to the slot's tensor or adds it; nothing for an empty slot.
template <class Scalar>
void multiply_gradient(Context& context, GradientSlot<Scalar> slot, const Scalar* a, const Scalar* b);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/ops/detail/map.ipp"
#endif
