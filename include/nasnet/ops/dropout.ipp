#pragma once

#include "nasnet/ops/dropout.hpp"

#include <cmath>    // floor
#include <cstdint>  // int64_t, uint8_t
#include <utility>  // move

#include "nasnet/ops/detail/map.hpp"
#include "nasnet/ops/detail/random_values.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

// The product of a value and its entry in the mask, scaled by 1 / keep.
template <class Scalar>
[[nodiscard]] auto dropped(double keep) {
  const Scalar factor = keep > 0 ? static_cast<Scalar>(1.0 / keep) : Scalar{0};
  return [factor](Scalar x, std::uint8_t stays) { return stays != 0 ? factor * x : Scalar{0}; };
}

// 1 for values that stay, 0 for those that go.
NASNET_LAZY [[nodiscard]] inline Tensor<std::uint8_t> dropout_mask(Context& context, const RandomStream& random,
                                                                   const Shape& shape, double keep) {
  Tensor<std::uint8_t> mask = context.tensor<std::uint8_t>(shape);
  context.parallel_for(mask.elements(), map_grain / 8, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      mask[i] = static_cast<std::uint8_t>(std::floor(keep + uniform_at(random, i)));
    }
  });
  return mask;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Dropout& dropout, OpCall<Scalar>& call) {
  const Tensor<Scalar>& x = call.input();
  if (!(dropout.keep >= 0 && dropout.keep <= 1)) {
    fail<ArgumentError>(Dropout::name, ": keeps with probability ", dropout.keep);
  }
  Tensor<Scalar>& y = call.allocate_output(x.shape());
  if (call.run.mode == Mode::evaluate || dropout.keep == 1.0) return detail::copy_values(call.context, y, x);
  Tensor<std::uint8_t> mask = detail::dropout_mask(call.context, call.run.random, x.shape(), dropout.keep);
  detail::map_values(call.context, y, detail::dropped<Scalar>(dropout.keep), x.data(),
                     static_cast<const std::uint8_t*>(mask.data()));
  if (call.keep) call.taps = std::move(mask);
}

template <class Scalar>
void backward(const Dropout& dropout, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (call.taps.empty()) return detail::copy_gradient(call.context, slot, gradients.output);
  detail::map_gradient(call.context, slot, detail::dropped<Scalar>(dropout.keep), gradients.output.data(),
                       call.taps.data());
}

}  // namespace nasnet::inline NASNET_ABI
