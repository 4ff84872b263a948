/// Max pooling on the CPU.
#pragma once

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y [N,Ho,Wo,C]: the largest cell of each window of x [N,H,W,C]; the first of equal ones, NaN before all. Keeps the
/// number of the tap that won for the backward pass.
/// @throws ShapeError for a kernel beyond 15x15, or where no window fits.
template <class Scalar>
void forward(const MaximumPool& pool, OpCall<Scalar>& call, InstructionSet set = instruction_set());

/// dx: each cell takes the gradients of the windows that it won.
template <class Scalar>
void backward(const MaximumPool& pool, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/max_pool.ipp"
#endif
