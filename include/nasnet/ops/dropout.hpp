/// Dropout on the CPU.
#pragma once

#include <cstdint>  // int64_t, uint8_t

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

// The product of a value and its entry in the mask, scaled by 1 / keep.
template <class Scalar>
[[nodiscard]] auto dropped(double keep) {
  const Scalar factor = keep > 0 ? static_cast<Scalar>(1.0 / keep) : Scalar{0};
  return [factor](Scalar x, std::uint8_t stays) { return stays != 0 ? factor * x : Scalar{0}; };
}

}  // namespace detail

/// y_i = x_i * floor(keep + u_i) / keep, any shape; y = x in evaluation and for keep = 1. Keeps the mask in `taps`.
/// @throws ArgumentError for a probability outside 0 to 1.
template <class Scalar>
void forward(const Dropout& dropout, OpCall<Scalar>& call);

/// dx_i = dy_i * floor(keep + u_i) / keep.
template <class Scalar>
void backward(const Dropout& dropout, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/dropout.ipp"
#endif
