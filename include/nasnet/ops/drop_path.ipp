#pragma once

#include "nasnet/ops/drop_path.hpp"

#include <cmath>    // floor
#include <cstdint>  // int64_t
#include <utility>  // move

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/lane_functions.hpp"
#include "nasnet/ops/detail/random_values.hpp"
#include "nasnet/ops/detail/rows.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

// What each of n samples is multiplied by: floor(keep + u) / keep, which is 0 or 1 / keep.
template <class Scalar>
[[nodiscard]] Tensor<Scalar> drop_path_factors(Context& context, const RandomStream& random, std::int64_t n,
                                               double keep) {
  Tensor<Scalar> factors = context.tensor<Scalar>({n});
  for (std::int64_t sample = 0; sample < n; ++sample) {
    const bool stays = std::floor(keep + uniform_at(random, sample)) > 0;
    factors[sample] = stays ? static_cast<Scalar>(1.0 / keep) : Scalar{0};
  }
  return factors;
}

// out = in * factor of the sample, or out += it.
template <class Scalar>
void scale_samples(Context& context, const Tensor<Scalar>& in, const Tensor<Scalar>& factors, Tensor<Scalar>& out,
                   bool accumulate) {
  const std::int64_t length = in.elements() / factors.elements();
  context.parallel_for(factors.elements(), row_grain(length), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t sample = begin; sample < end; ++sample) {
      const std::int64_t first = sample * length;
      run_lanes(length, out.data() + first, accumulate, ScaleLanes<Scalar>{factors[sample]}, in.data() + first);
    }
  });
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const DropPath& drop_path, OpCall<Scalar>& call) {
  const Tensor<Scalar>& x = call.input();
  detail::check_map(DropPath::name, x.shape());
  const double keep = drop_path.keep(call.run.drop_path_keep, call.run.drop_path_progress);
  if (!(keep >= 0 && keep <= 1)) fail<ArgumentError>(DropPath::name, ": keeps with probability ", keep);
  Tensor<Scalar>& y = call.allocate_output(x.shape());
  if (call.run.mode == Mode::evaluate || keep == 1.0) return detail::copy_values(call.context, y, x);
  Tensor<Scalar> factors = detail::drop_path_factors<Scalar>(call.context, call.run.random, x.extent(0), keep);
  detail::scale_samples(call.context, x, factors, y, false);
  if (call.keep) call.saved.push_back(std::move(factors));
}

template <class Scalar>
void backward(const DropPath&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (call.saved.empty()) return detail::copy_gradient(call.context, slot, gradients.output);
  if (!slot) return;
  detail::scale_samples(call.context, gradients.output, call.saved[0], *slot.tensor, slot.accumulate);
}

}  // namespace nasnet::inline NASNET_ABI
