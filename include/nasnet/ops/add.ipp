#pragma once

#include "nasnet/ops/add.hpp"

#include <cstddef>  // size_t
#include <cstdint>  // int64_t

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/lane_functions.hpp"
#include "nasnet/ops/detail/map.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Add&, OpCall<Scalar>& call) {
  detail::check_equal_shapes(Add::name, call);
  Tensor<Scalar>& y = call.allocate_output(call.input().shape());
  if (call.inputs.size() == 1) return detail::copy_values(call.context, y, call.input());
  const Scalar* first = call.input(0).data();
  const Scalar* second = call.input(1).data();
  // Chunk by chunk, so that more than two inputs find their part of the sum in the first cache.
  call.context.parallel_for(y.elements(), detail::map_grain, [&](std::int64_t begin, std::int64_t end) {
    Scalar* out = y.data() + begin;
    detail::run_lanes(end - begin, out, false, detail::AddLanes{}, first + begin, second + begin);
    for (std::size_t i = 2; i < call.inputs.size(); ++i) {
      detail::run_lanes(end - begin, out, true, detail::CopyLanes{}, call.input(i).data() + begin);
    }
  });
}

template <class Scalar>
void backward(const Add&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  for (const GradientSlot<Scalar>& slot : gradients.inputs) {
    detail::copy_gradient(call.context, slot, gradients.output);
  }
}

}  // namespace nasnet::inline NASNET_ABI
