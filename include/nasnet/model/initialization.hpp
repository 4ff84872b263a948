/// How parameters start.
#pragma once

#include "nasnet/core/random.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/primitive/parameter.hpp"

namespace nasnet::inline NASNET_ABI {

/// The first values of a parameter. Kernels: truncated normal with deviation sqrt(1.3 * 2 / fan_out), as TF-slim's
/// variance scaling in mode FAN_OUT with factor 2, of which 1.3 makes up for the truncation.
/// @param random of this parameter alone
template <class Scalar>
[[nodiscard]] Tensor<Scalar> initial_values(const ParameterSpec& spec, RandomStream random);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/model/initialization.ipp"
#endif
