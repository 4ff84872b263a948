/// Dense layer on the CPU.
#pragma once

#include "nasnet/ops/pointwise.hpp"

namespace nasnet::inline NASNET_ABI {

/// y [N,1,1,O] = x [N,1,1,I] w [I,O] + b [O], for each pixel of larger maps alike.
/// @throws ShapeError where weight or bias does not fit the input or the units.
template <class Scalar>
void forward(const Dense& dense, OpCall<Scalar>& call, InstructionSet set = instruction_set());

/// dx = dy w^T, dw = x^T dy, db = the sum of dy over the rows.
template <class Scalar>
void backward(const Dense&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/dense.ipp"
#endif
