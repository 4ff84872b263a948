/// ReLU on the CPU.
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

struct ReluLanes {
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out, const Value& x) const {
    out = x < Value{} ? Value{} : x;
  }
};

struct ReluGradientLanes {
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out, const Value& y, const Value& g) const {
    out = y > Value{} ? g : Value{};
  }
};

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
