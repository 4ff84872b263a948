/// Concatenation over the channels on the CPU.
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = x0, x1, ... side by side on the last axis: [...,C0], [...,C1], ... to [...,C0+C1+...].
/// @throws ShapeError where another extent differs.
template <class Scalar>
void forward(const Concat&, OpCall<Scalar>& call);

/// dx_i = its columns of dy.
template <class Scalar>
void backward(const Concat&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/concat.ipp"
#endif
