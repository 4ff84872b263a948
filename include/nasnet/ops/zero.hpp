/// The op without output on the CPU: zeros, at a stride.
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = 0: [N,H,W,C] to [N,ceil(H/step),ceil(W/step),filters].
template <class Scalar>
void forward(const Zeros& zero, OpCall<Scalar>& call);

/// dx = 0.
template <class Scalar>
void backward(const Zeros&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/zero.ipp"
#endif
