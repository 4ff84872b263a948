/// Sum and mean of all elements.
#pragma once

#include <string_view>  // string_view

#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = sum of x, any shape to [1].
struct Sum {
  static constexpr std::string_view name = "sum";
  static constexpr bool backward_reads_inputs = false;
};

/// y = mean of x, any shape to [1].
struct Mean {
  static constexpr std::string_view name = "mean";
  static constexpr bool backward_reads_inputs = false;
};

template <class Scalar>
void forward(const Sum&, OpCall<Scalar>& call);

/// dx_i = dy.
template <class Scalar>
void backward(const Sum&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

/// @throws ShapeError for a tensor without elements.
template <class Scalar>
void forward(const Mean&, OpCall<Scalar>& call);

/// dx_i = dy / n.
template <class Scalar>
void backward(const Mean&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/reductions.ipp"
#endif
