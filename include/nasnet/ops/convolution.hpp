/// Full convolution on the CPU: matrix products over blocks of windows.
#pragma once

#include "nasnet/ops/pointwise.hpp"

namespace nasnet::inline NASNET_ABI {

/// y [N,Ho,Wo,O]: each window of x [N,H,W,I] times w [kh,kw,I,O].
/// @throws ShapeError where the weight does not fit the input, or no window does.
template <class Scalar>
void forward(const Convolution& convolution, OpCall<Scalar>& call, InstructionSet set = instruction_set());

template <class Scalar>
void backward(const Convolution& convolution, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/convolution.ipp"
#endif
