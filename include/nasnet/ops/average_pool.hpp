/// Average pooling on the CPU: means over windows, of the cells inside the map.
#pragma once

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y [N,Ho,Wo,C]: the mean of the cells of each window that lie inside the map x [N,H,W,C].
/// @throws ShapeError where no window fits.
template <class Scalar>
void forward(const AveragePool& pool, OpCall<Scalar>& call, InstructionSet set = instruction_set());

/// dx: each cell takes its share of the gradients of its windows.
template <class Scalar>
void backward(const AveragePool& pool, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/average_pool.ipp"
#endif
