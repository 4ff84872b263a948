/// The weight gradient of a depthwise convolution: dw[ky,kx,c] = sum of dy[n,oh,ow,c] x[n,oh*s+ky*d-p,ow*s+kx*d-p,c].
///
/// One task is a strip of channels over some bands of output rows. A band's inputs are copied into padded rows and its
/// gradients into rows filled up with zeros; then all sums of a few kernel rows stay in registers over the whole band.
#pragma once

#include <algorithm>  // clamp, max, min
#include <cstdint>    // int64_t

#include "nasnet/core/context.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/ops/detail/channel_strips.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Outputs to which rows of gradients are filled up: a multiple of every target's gradient_block.
inline constexpr std::int64_t gradient_columns = 8;

/// One band of rows for one strip. Padded inputs start at the first cell of the first window.
template <class T>
struct WeightGradientBand {
  StripRow<T> input{};  ///< first row of the image
  std::int64_t input_height = 0;
  std::int64_t input_pitch = 0;  ///< scalars from row to row
  StripRow<T> gradient{};        ///< first row of the band
  std::int64_t gradient_pitch = 0;
  std::int64_t rows = 0;  ///< output rows of the band
  std::int64_t top = 0;   ///< input row of the first window's first tap; may be negative
  std::int64_t before_width = 0;
  std::int64_t kernel_height = 1;
  std::int64_t kernel_width = 1;
  std::int64_t stride_height = 1;
  std::int64_t stride_width = 1;
  std::int64_t dilation = 1;
  bool rectify = false;  ///< ReLU of the input
  T* inputs = nullptr;   ///< [(rows - 1) * stride + reach][input_width][lanes]
  std::int64_t input_width = 0;
  T* gradients = nullptr;           ///< [rows][gradient_width][lanes]
  std::int64_t gradient_width = 0;  ///< a multiple of gradient_columns
  T* sums = nullptr;                ///< [kh][kw][lanes], added to
};

/// The sums of a band, with the kernel for an instruction set.
template <class T>
void add_weight_gradient(InstructionSet set, const WeightGradientBand<T>& band);

/// How the work of a weight gradient is cut up: by shape alone.
struct WeightGradientGrid {
  std::int64_t band_rows = 1;   ///< output rows of a band
  std::int64_t bands = 1;       ///< of an image
  std::int64_t units = 1;       ///< bands of all images
  std::int64_t part_units = 1;  ///< bands whose sums are added up in one place
  std::int64_t parts = 1;
  std::int64_t input_rows = 1;  ///< of a band
  std::int64_t input_width = 1;
  std::int64_t gradient_width = 1;

  NASNET_LAZY WeightGradientGrid(const Window& window, const Shape& input, const Shape& output,
                                 const ChannelStrips& strips) {
    constexpr std::int64_t band_scalars = 24 * 1024;  // what a band's inputs may take: they and the sums stay in cache
    constexpr std::int64_t wanted_tasks = 32;
    const WindowAxis vertical = window.vertical();
    const WindowAxis horizontal = window.horizontal();
    gradient_width = rounded_up(output[2], gradient_columns);
    input_width = (std::max)((gradient_width - 1) * window.stride_width + horizontal.reach(),
                             horizontal.before(input[2]) + input[2]);
    const std::int64_t rows = (band_scalars / (input_width * strips.width) - vertical.reach()) / window.stride_height;
    band_rows = std::clamp(rows + 1, std::int64_t{1}, output[1]);
    bands = quotient_up(output[1], band_rows);
    band_rows = quotient_up(output[1], bands);
    bands = quotient_up(output[1], band_rows);
    input_rows = (band_rows - 1) * window.stride_height + vertical.reach();
    units = output[0] * bands;
    part_units = quotient_up(units, (std::min)(units, quotient_up(wanted_tasks, strips.count())));
    parts = quotient_up(units, part_units);
  }
};

/// dw [kh,kw,C] (+)= the parts' sums, in their order.
template <class T>
void add_strip_sums(const WeightGradientGrid& grid, const ChannelStrips& strips, std::int64_t taps,
                    const Tensor<T>& sums, const GradientSlot<T>& slot) {
  const std::int64_t sums_size = taps * strips.width;
  for (std::int64_t strip = 0; strip < strips.count(); ++strip) {
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      T* to = slot.tensor->data() + tap * strips.channels + strips.first_channel(strip);
      for (std::int64_t channel = 0; channel < strips.used(strip); ++channel) {
        T sum = slot.accumulate ? to[channel] : T{0};
        for (std::int64_t part = 0; part < grid.parts; ++part) {
          sum += sums[(part * strips.count() + strip) * sums_size + tap * full_width<T>(strips.set(strip)) + channel];
        }
        to[channel] = sum;
      }
    }
  }
}

/// A band without the places of its strip and rows.
template <class T>
[[nodiscard]] WeightGradientBand<T> common_band(const Window& window, const Shape& x, const Shape& dy,
                                                const WeightGradientGrid& grid) {
  WeightGradientBand<T> band;
  band.input_height = x[1];
  band.input_pitch = x[2] * x[3];
  band.gradient_pitch = dy[2] * dy[3];
  band.before_width = window.horizontal().before(x[2]);
  band.kernel_height = window.kernel_height;
  band.kernel_width = window.kernel_width;
  band.stride_height = window.stride_height;
  band.stride_width = window.stride_width;
  band.dilation = window.dilation;
  band.input_width = grid.input_width;
  band.gradient_width = grid.gradient_width;
  return band;
}

/// dw [kh,kw,C] into the slot.
template <class T>
void depthwise_weight_gradient(Context& context, const Window& window, const Tensor<T>& x, const Tensor<T>& dy,
                               const GradientSlot<T>& slot, InstructionSet set);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/ops/detail/depthwise_weight_gradient.ipp"
#endif
