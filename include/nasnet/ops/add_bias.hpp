/// A bias added to each row.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/config.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = x + bias on the last axis: x [...,C] and bias [C], both inputs.
struct AddBias {
  static constexpr std::string_view name = "add_bias";
  static constexpr bool backward_reads_inputs = false;
  [[nodiscard]] static constexpr std::int64_t input_count() { return 2; }
};

/// @throws ShapeError unless the bias has one element per column.
template <class Scalar>
void forward(const AddBias&, OpCall<Scalar>& call);

/// dx = dy, dbias_c = sum of dy over the rows.
template <class Scalar>
void backward(const AddBias&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/add_bias.ipp"
#endif
