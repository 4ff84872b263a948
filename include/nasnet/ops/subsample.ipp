#pragma once

#include "nasnet/ops/subsample.hpp"

#include <algorithm>  // fill_n, min
#include <cstdint>    // int64_t

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/rows.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY inline void check_subsample(const Subsample& subsample) {
  if (subsample.step < 1 || subsample.offset < 0) {
    fail<ShapeError>(Subsample::name, ": step ", subsample.step, " and offset ", subsample.offset,
                     ", wanted at least 1 and 0");
  }
}

// How many of the outputs of an axis read inside its n cells; the others are past the edge.
[[nodiscard]] constexpr std::int64_t subsample_inside(const Subsample& subsample, std::int64_t n,
                                                      std::int64_t outputs) {
  if (n <= subsample.offset) return 0;
  return (std::min)((n - subsample.offset + subsample.step - 1) / subsample.step, outputs);
}

// One row of pixels of y from the row of x that it reads.
template <class Scalar>
void subsample_pixels(const Subsample& subsample, const Scalar* x, std::int64_t width, std::int64_t channels, Scalar* y,
                      std::int64_t out_width) {
  const std::int64_t inside = subsample_inside(subsample, width, out_width);
  run_rows<Scalar>({.from = x + subsample.offset * channels,
                    .from_pitch = subsample.step * channels,
                    .to = y,
                    .to_pitch = channels,
                    .rows = inside,
                    .count = channels});
  std::fill_n(y + inside * channels, (out_width - inside) * channels, Scalar{0});
}

// Adds one row of pixels of dy to the row of dx from which it came.
template <class Scalar>
void subsample_gradient(const Subsample& subsample, const Scalar* dy, std::int64_t out_width, std::int64_t channels,
                        Scalar* dx, std::int64_t width) {
  run_rows<Scalar>({.from = dy,
                    .from_pitch = channels,
                    .to = dx + subsample.offset * channels,
                    .to_pitch = subsample.step * channels,
                    .rows = subsample_inside(subsample, width, out_width),
                    .count = channels,
                    .accumulate = true});
}

// The row of y that reads row h of x; out_height where none does.
[[nodiscard]] constexpr std::int64_t subsample_reader(const Subsample& subsample, std::int64_t h,
                                                      std::int64_t out_height) {
  const std::int64_t distance = h - subsample.offset;
  if (distance < 0 || distance % subsample.step != 0) return out_height;
  return (std::min)(distance / subsample.step, out_height);
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Subsample& subsample, OpCall<Scalar>& call) {
  const Tensor<Scalar>& x = call.input();
  const Shape& in = x.shape();
  detail::check_map(Subsample::name, in);
  detail::check_subsample(subsample);
  const Size size = subsample.output_size({in[1], in[2]});
  Tensor<Scalar>& y = call.allocate_output({in[0], size.height, size.width, in[3]});
  const std::int64_t length = size.width * in[3];
  call.context.parallel_for(in[0] * size.height, detail::row_grain(length), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t from = row % size.height * subsample.step + subsample.offset;
      Scalar* to = y.data() + row * length;
      if (from < in[1]) {
        detail::subsample_pixels(subsample, &x(row / size.height, from, 0, 0), in[2], in[3], to, size.width);
      } else {
        std::fill_n(to, length, Scalar{0});
      }
    }
  });
}

template <class Scalar>
void backward(const Subsample& subsample, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (!slot) return;
  const Shape& in = slot.tensor->shape();
  const Tensor<Scalar>& dy = gradients.output;
  const std::int64_t length = in[2] * in[3];
  call.context.parallel_for(in[0] * in[1], detail::row_grain(length), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      Scalar* to = slot.tensor->data() + row * length;
      if (!slot.accumulate) std::fill_n(to, length, Scalar{0});
      const std::int64_t reader = detail::subsample_reader(subsample, row % in[1], dy.extent(1));
      if (reader == dy.extent(1)) continue;
      detail::subsample_gradient(subsample, &dy(row / in[1], reader, 0, 0), dy.extent(2), in[3], to, in[2]);
    }
  });
}

}  // namespace nasnet::inline NASNET_ABI
