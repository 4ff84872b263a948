#pragma once

#include "nasnet/ops/detail/depthwise_weight_gradient.hpp"

#include <algorithm>  // min
#include <cstdint>    // int64_t

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/channel_strips.hpp"
#include "nasnet/ops/detail/scratch.hpp"
#include "nasnet/ops/detail/simd.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Gradients of neighbouring outputs that are in registers together.
template <class Target>
inline constexpr int gradient_block = Target::registers >= 32 ? 8 : 4;

/// Adds a block of outputs to the sums of `rows` kernel rows of `taps` neighbouring taps.
template <class L, int block, int rows, int taps, int step>
NASNET_ALWAYS_INLINE void add_gradient_block(typename L::Vector (&sum)[rows][taps], const typename L::Scalar* input,
                                             std::int64_t input_pitch, const typename L::Scalar* gradient) {
  typename L::Vector dy[block];
  NASNET_UNROLL
  for (int output = 0; output < block; ++output) load<L>(dy[output], gradient + output * L::width);
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) {
    NASNET_UNROLL
    for (int cell = 0; cell < (block - 1) * step + taps; ++cell) {
      typename L::Vector x;
      load<L>(x, input + r * input_pitch + cell * L::width);
      NASNET_UNROLL
      for (int t = 0; t < taps; ++t) {
        const int output = cell - t;
        if (output >= 0 && output % step == 0 && output / step < block) sum[r][t] += x * dy[output / step];
      }
    }
  }
}

/// Kernel rows ky, ky + 1, ... over the band.
template <class L, int block, int rows, int taps, int step>
NASNET_ALWAYS_INLINE void add_kernel_rows(const WeightGradientBand<typename L::Scalar>& band, std::int64_t ky) {
  typename L::Scalar* sums = band.sums + ky * taps * L::width;
  const std::int64_t input_pitch = band.input_width * L::width;
  const std::int64_t gradient_pitch = band.gradient_width * L::width;
  typename L::Vector sum[rows][taps];
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) {
    NASNET_UNROLL
    for (int t = 0; t < taps; ++t) load<L>(sum[r][t], sums + (r * taps + t) * L::width);
  }
  for (std::int64_t row = 0; row < band.rows; ++row) {
    const std::int64_t first = row * band.stride_height + ky;
    if (band.top + first + rows <= 0 || band.top + first >= band.input_height) continue;
    const auto* input = band.inputs + first * input_pitch;
    const auto* gradient = band.gradients + row * gradient_pitch;
    for (std::int64_t column = 0; column < band.gradient_width; column += block) {
      add_gradient_block<L, block, rows, taps, step>(sum, input + column * step * L::width, input_pitch,
                                                     gradient + column * L::width);
    }
  }
  NASNET_UNROLL
  for (int r = 0; r < rows; ++r) {
    NASNET_UNROLL
    for (int t = 0; t < taps; ++t) store<L>(sums + (r * taps + t) * L::width, sum[r][t]);
  }
}

/// One tap at a time, at any distance.
template <class L>
NASNET_ALWAYS_INLINE void add_any_kernel_row(const WeightGradientBand<typename L::Scalar>& band, std::int64_t ky) {
  constexpr int chains = 4;
  const std::int64_t step = band.stride_width * L::width;
  for (std::int64_t kx = 0; kx < band.kernel_width; ++kx) {
    typename L::Vector sum[chains];
    NASNET_UNROLL
    for (int i = 0; i < chains; ++i) sum[i] = typename L::Vector{};
    for (std::int64_t row = 0; row < band.rows; ++row) {
      const std::int64_t from = row * band.stride_height + ky * band.dilation;
      const auto* input = band.inputs + (from * band.input_width + kx * band.dilation) * L::width;
      const auto* gradient = band.gradients + row * band.gradient_width * L::width;
      for (std::int64_t column = 0; column < band.gradient_width; column += chains) {
        NASNET_UNROLL
        for (int i = 0; i < chains; ++i) {
          typename L::Vector x;
          typename L::Vector dy;
          load<L>(x, input + (column + i) * step);
          load<L>(dy, gradient + (column + i) * L::width);
          sum[i] += x * dy;
        }
      }
    }
    auto* to = band.sums + (ky * band.kernel_width + kx) * L::width;
    typename L::Vector old;
    load<L>(old, to);
    old += (sum[0] + sum[1]) + (sum[2] + sum[3]);
    store<L>(to, old);
  }
}

/// All rows of a square kernel, as many at a time as the registers hold.
template <class Target, class L, int taps, int step>
NASNET_ALWAYS_INLINE void add_square_kernel(const WeightGradientBand<typename L::Scalar>& band) {
  constexpr int block = gradient_block<Target>;
  constexpr int most = (Target::registers - block - 1) / taps;
  constexpr int threes = most < 3 ? 0 : taps / 3 - (taps % 3 == 1 ? 1 : 0);  // 7 = 3 + 2 + 2
  constexpr int twos = most < 2 ? 0 : (taps - 3 * threes) / 2;
  constexpr int first_two = 3 * threes;
  constexpr int first_one = first_two + 2 * twos;
  if constexpr (threes > 0) {
    for (std::int64_t ky = 0; ky < first_two; ky += 3) add_kernel_rows<L, block, 3, taps, step>(band, ky);
  }
  if constexpr (twos > 0) {
    for (std::int64_t ky = first_two; ky < first_one; ky += 2) add_kernel_rows<L, block, 2, taps, step>(band, ky);
  }
  if constexpr (first_one < taps) {
    for (std::int64_t ky = first_one; ky < taps; ++ky) add_kernel_rows<L, block, 1, taps, step>(band, ky);
  }
}

struct WeightGradientKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const WeightGradientBand<typename Target::Scalar>& job) {
    const WeightGradientBand<typename Target::Scalar> band = job;
    run_lanes<Target, typename Target::Full>(band);
  }

 private:
  template <class Target, class L>
  static NASNET_ALWAYS_INLINE void run_lanes(const WeightGradientBand<typename L::Scalar>& band) {
    copy_inputs<L>(band);
    copy_gradients<L>(band);
    if constexpr (sizeof(typename L::Scalar) == 4) {
      if (band.dilation == 1 && band.kernel_height == band.kernel_width && band.stride_width <= 2) {
        switch (10 * band.stride_width + band.kernel_width) {
          case 13: return add_square_kernel<Target, L, 3, 1>(band);
          case 15: return add_square_kernel<Target, L, 5, 1>(band);
          case 17: return add_square_kernel<Target, L, 7, 1>(band);
          case 23: return add_square_kernel<Target, L, 3, 2>(band);
          case 25: return add_square_kernel<Target, L, 5, 2>(band);
          case 27: return add_square_kernel<Target, L, 7, 2>(band);
          default: break;
        }
      }
    }
    for (std::int64_t ky = 0; ky < band.kernel_height; ++ky) add_any_kernel_row<L>(band, ky);
  }

  template <class L>
  static NASNET_ALWAYS_INLINE void copy_inputs(const WeightGradientBand<typename L::Scalar>& band) {
    const std::int64_t rows = (band.rows - 1) * band.stride_height + (band.kernel_height - 1) * band.dilation + 1;
    const std::int64_t after = band.input_width - band.before_width - band.input.pixels;
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t source = band.top + row;
      auto* to = band.inputs + row * band.input_width * L::width;
      if (source < 0 || source >= band.input_height) {
        fill_pixels<L>(to, band.input_width, 0);
        continue;
      }
      StripRow<typename L::Scalar> from = band.input;
      from.first += source * band.input_pitch;
      copy_strip_row<L>(from, band.before_width, after, 0, to, band.rectify);
    }
  }

  template <class L>
  static NASNET_ALWAYS_INLINE void copy_gradients(const WeightGradientBand<typename L::Scalar>& band) {
    for (std::int64_t row = 0; row < band.rows; ++row) {
      StripRow<typename L::Scalar> from = band.gradient;
      from.first += row * band.gradient_pitch;
      copy_strip_row<L>(from, 0, band.gradient_width - from.pixels, 0,
                        band.gradients + row * band.gradient_width * L::width);
    }
  }
};

template <class T>
void add_weight_gradient(InstructionSet set, const WeightGradientBand<T>& band) {
  run_kernel<WeightGradientKernel, T>(set, band);
}

template <class T>
void depthwise_weight_gradient(Context& context, const Window& window, const Tensor<T>& x, const Tensor<T>& dy,
                               const GradientSlot<T>& slot, InstructionSet set) {
  const auto strips = ChannelStrips::of<T>(x.extent(3), set);
  const WeightGradientGrid grid(window, x.shape(), dy.shape(), strips);
  const WeightGradientBand<T> common = common_band<T>(window, x.shape(), dy.shape(), grid);
  const std::int64_t sums_size = window.taps() * strips.width;
  const std::int64_t inputs_size = grid.input_rows * grid.input_width * strips.width;
  Tensor<T> sums = context.zeros<T>({grid.parts, strips.count(), sums_size});
  Scratch<T> scratch(context, inputs_size + grid.band_rows * grid.gradient_width * strips.width);
  context.parallel_for(grid.parts * strips.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    const auto memory = scratch.lease();
    WeightGradientBand<T> band = common;
    band.inputs = memory.data();
    band.gradients = memory.data() + inputs_size;
    for (std::int64_t index = begin; index < end; ++index) {
      const std::int64_t part = index / strips.count();
      const std::int64_t strip = index % strips.count();
      const std::int64_t last = (std::min)((part + 1) * grid.part_units, grid.units);
      band.sums = sums.data() + index * sums_size;
      for (std::int64_t unit = part * grid.part_units; unit < last; ++unit) {
        const std::int64_t row = unit % grid.bands * grid.band_rows;
        band.input = strip_row(x, unit / grid.bands, strips, strip);
        band.gradient = strip_row(dy, unit / grid.bands, strips, strip);
        band.gradient.first += row * band.gradient_pitch;
        band.rows = (std::min)(grid.band_rows, dy.extent(1) - row);
        band.top = row * window.stride_height - window.vertical().before(x.extent(1));
        add_weight_gradient(strips.set(strip), band);
      }
    }
  });
  add_strip_sums(grid, strips, window.taps(), sums, slot);
}

}  // namespace nasnet::inline NASNET_ABI::detail
