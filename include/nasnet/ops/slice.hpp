/// Some of the columns.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/config.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

/// Columns begin to end - 1 of the last axis: [...,C] to [...,end-begin].
struct Slice {
  static constexpr std::string_view name = "slice";
  static constexpr bool backward_reads_inputs = false;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// @throws ShapeError unless 0 <= begin < end <= C.
template <class Scalar>
void forward(const Slice& slice, OpCall<Scalar>& call);

/// dx = dy in the columns of the slice, 0 elsewhere.
template <class Scalar>
void backward(const Slice& slice, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/slice.ipp"
#endif
