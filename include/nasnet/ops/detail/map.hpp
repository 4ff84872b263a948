/// Elementwise loops: out[i] = f(a[i], b[i], ...), split over the threads.
#pragma once

#include <algorithm>  // copy_n
#include <cstdint>    // int64_t

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/targets.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline v0::detail {

/// Elements of one chunk: long enough to pay for a hand-over to another thread, short enough for the first cache.
inline constexpr std::int64_t map_grain = 8192;

struct MapLoop {
  template <class Scalar, class Function, class... Inputs>
  [[gnu::always_inline]] void operator()(std::int64_t count, Scalar* out, const Function* f,
                                         const Inputs*... in) const {
    for (std::int64_t i = 0; i < count; ++i) out[i] = (*f)(in[i]...);
  }
};

struct MapAddLoop {
  template <class Scalar, class Function, class... Inputs>
  [[gnu::always_inline]] void operator()(std::int64_t count, Scalar* out, const Function* f,
                                         const Inputs*... in) const {
    for (std::int64_t i = 0; i < count; ++i) out[i] += (*f)(in[i]...);
  }
};

template <class Loop, class Scalar, class Function, class... Inputs>
void map_chunks(Context& context, const Loop& loop, std::int64_t count, Scalar* out, const Function& f,
                const Inputs*... in) {
  context.parallel_for(count, map_grain, [&](std::int64_t begin, std::int64_t end) {
    run_loop(loop, end - begin, out + begin, &f, (in + begin)...);
  });
}

/// out[i] = f(in[i]...) for all elements of out.
template <class Scalar, class Function, class... Inputs>
void map_values(Context& context, Tensor<Scalar>& out, const Function& f, const Inputs*... in) {
  map_chunks(context, MapLoop{}, out.elements(), out.data(), f, in...);
}

/// Writes f(in[i]...) to the slot's tensor or adds it; nothing for an empty slot.
template <class Scalar, class Function, class... Inputs>
void map_gradient(Context& context, GradientSlot<Scalar> slot, const Function& f, const Inputs*... in) {
  if (!slot) return;
  Scalar* out = slot.tensor->data();
  if (slot.accumulate) {
    map_chunks(context, MapAddLoop{}, slot.tensor->elements(), out, f, in...);
  } else {
    map_chunks(context, MapLoop{}, slot.tensor->elements(), out, f, in...);
  }
}

/// Passes a gradient on as it is.
template <class Scalar>
void copy_gradient(Context& context, GradientSlot<Scalar> slot, const Tensor<Scalar>& gradient) {
  map_gradient(context, slot, [](Scalar g) { return g; }, gradient.data());
}

/// The gradient of an input on which the output does not depend.
template <class Scalar>
void zero_gradient(Context& context, GradientSlot<Scalar> slot) {
  if (!slot || slot.accumulate) return;
  map_values(context, *slot.tensor, [] { return Scalar{0}; });
}

/// out = a copy of in.
template <class Scalar>
void copy_values(Context& context, Tensor<Scalar>& out, const Tensor<Scalar>& in) {
  map_values(context, out, [](Scalar x) { return x; }, in.data());
}

}  // namespace nasnet::inline v0::detail
