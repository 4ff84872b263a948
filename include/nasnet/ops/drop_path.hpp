/// ScheduledDropPath on the CPU.
#pragma once

#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// y[n] = x[n] * floor(keep + u_n) / keep, one u_n for each sample, keep = DropPath::keep of the run's options; y = x
/// in evaluation and for keep = 1. Keeps the factors [N]. Paper section 3.1 and appendix; mask and scale as released.
/// @throws ArgumentError for a probability outside 0 to 1.
template <class Scalar>
void forward(const DropPath& drop_path, OpCall<Scalar>& call);

/// dx[n] = dy[n] * floor(keep + u_n) / keep.
template <class Scalar>
void backward(const DropPath&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/drop_path.ipp"
#endif
