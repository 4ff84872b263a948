/// ReLU on the CPU.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// to = max(from, 0) for `count` values, on this thread.
template <class Scalar>
void rectify(const Scalar* from, std::int64_t count, Scalar* to);

/// to = g where x > 0, else 0; added to `to` if `accumulate`. On this thread.
template <class Scalar>
void rectify_gradient(const Scalar* x, const Scalar* g, std::int64_t count, Scalar* to, bool accumulate);

}  // namespace detail

/// y = max(x, 0), any shape. A NaN stays NaN.
template <class Scalar>
void forward(const Relu&, OpCall<Scalar>& call);

/// dx = dy where y > 0, else 0.
template <class Scalar>
void backward(const Relu&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/relu.ipp"
#endif
