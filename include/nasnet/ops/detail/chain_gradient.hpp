/// The backward pass of a convolution chain below its batch norm: see convolution_chain.hpp.
#pragma once

#include <algorithm>  // clamp, min
#include <cstdint>    // int64_t
#include <optional>   // optional

#include "nasnet/ops/detail/chain_parameters.hpp"
#include "nasnet/ops/detail/chain_rows.hpp"
#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/channel_matrix.hpp"
#include "nasnet/ops/detail/column_kernels.hpp"
#include "nasnet/ops/detail/depthwise_weight_gradient.hpp"
#include "nasnet/ops/detail/product_block.hpp"
#include "nasnet/ops/detail/product_operands.hpp"
#include "nasnet/ops/detail/rows.hpp"
#include "nasnet/ops/detail/scratch.hpp"
#include "nasnet/ops/detail/sliding_sum_run.hpp"
#include "nasnet/ops/relu.hpp"
#include "nasnet/primitive/convolution_chain.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The backward pass below the batch norm, image by image: its gradient, the rows once more, the gradients of both
/// weights, and that of the input.
template <class T>
class ChainGradient {
 public:
  /// @param line of the batch norm
  ChainGradient(const ConvolutionChain& chain, const OpCall<T>& call, const OpGradients<T>& gradients,
                const NormInputsView<T>& norm, const GradientLine<T>& line, InstructionSet set)
      : chain_(chain),
        call_(call),
        gradients_(gradients),
        norm_(norm),
        line_(line),
        rows_(chain_rows(chain, call, set)),
        terms_(rows_.terms()),
        filters_(chain.filters),
        images_(call.input().extent(0)),
        pixels_(rows_.output().height * rows_.output().width),
        weight_set_(set_for<T>(filters_, set)),
        rows_set_(set_for<T>(terms_, set)) {
    const Tensor<T>& pointwise = ChainParameters<T>(chain, call).pointwise;
    if (wants_rows_gradient()) {
      transposed_ = transposed_copy<T>(call.context, channel_matrix(pointwise), full_width<T>(rows_set_));
    }
    // Each part adds up gradients of the weights in memory of its own.
    constexpr std::int64_t part_scalars = 1 << 20;
    const std::int64_t parts = std::clamp(part_scalars / (terms_ * filters_), std::int64_t{4}, std::int64_t{32});
    part_images_ = quotient_up(images_, parts);
    parts_ = quotient_up(images_, part_images_);
    if (chain.depthwise) prepare_depthwise(*chain.depthwise);
  }

  void run() {
    Context& context = call_.context;
    if (pointwise_slot()) pointwise_sums_ = context.tensor<T>({parts_, terms_, filters_});
    if (depthwise_slot()) {
      depthwise_sums_ =
          context.zeros<T>({parts_, rows_.strips().count(), chain_.depthwise->taps() * rows_.strips().width});
    }
    const Layout at = layout();
    Scratch<T> scratch(context, at.total);
    Scratch<const T*> pointers(context, rows_.pointers());
    context.parallel_for(parts_, 1, [&](std::int64_t begin, std::int64_t end) {
      const auto memory = scratch.lease();
      const auto pointer = pointers.lease();
      for (std::int64_t part = begin; part < end; ++part) {
        const std::int64_t last = (std::min)((part + 1) * part_images_, images_);
        for (std::int64_t image = part * part_images_; image < last; ++image) {
          run_image(image, part, image == part * part_images_, at, memory.data(), pointer.data());
        }
      }
    });
    if (const GradientSlot<T>& slot = pointwise_slot()) {
      add_parts<T>(context, pointwise_sums_.data(), parts_, {slot.tensor->data(), terms_, filters_}, slot.accumulate);
    }
    if (const GradientSlot<T>& slot = depthwise_slot()) {
      add_strip_sums(*grid_, rows_.strips(), chain_.depthwise->taps(), depthwise_sums_, slot);
    }
  }

 private:
  /// Where in a thread's memory things are.
  struct Layout {
    std::int64_t output_gradient = 0, rows = 0, rows_gradient = 0, ring = 0, band_inputs = 0, band_gradients = 0,
                 total = 0;
  };

  [[nodiscard]] Layout layout() const {
    const std::int64_t width = rows_.strips().width;
    Layout at;
    at.rows = rounded_up(pixels_ * filters_ + width, width);
    at.rows_gradient = at.rows + rows_.memory(rows_.output().height);
    at.ring = at.rows_gradient + (wants_rows_gradient() ? pixels_ * rows_gradient_stride() + width : 0);
    at.ring = rounded_up(at.ring, width);
    at.band_inputs = at.ring + (slide_ ? slide_->ring_size(rows_.strips()) : 0);
    at.band_gradients = at.band_inputs + (grid_ ? grid_->input_rows * grid_->input_width * width : 0);
    at.total = at.band_gradients + (grid_ ? grid_->band_rows * grid_->gradient_width * width : 0);
    return at;
  }

  void prepare_depthwise(const Window& window) {
    const Shape& shape = call_.input().shape();
    slide_.emplace(call_.context, window, Slide::transposed, Size{shape[1], shape[2]}, rows_.output(),
                   ChainParameters<T>(chain_, call_).depthwise->data(), rows_.strips());
    grid_.emplace(window, Shape{1, shape[1], shape[2], shape[3]}, image_rows(), rows_.strips());
    grid_->parts = parts_;
  }

  /// The rows of one image as a map.
  [[nodiscard]] Shape image_rows() const { return {1, rows_.output().height, rows_.output().width, rows_.stride()}; }

  [[nodiscard]] const GradientSlot<T>& input_slot() const { return gradients_.inputs[0]; }
  [[nodiscard]] GradientSlot<T> depthwise_slot() const {
    return chain_.depthwise ? gradients_.parameters[0] : GradientSlot<T>{};
  }
  [[nodiscard]] const GradientSlot<T>& pointwise_slot() const {
    return gradients_.parameters[chain_.depthwise ? 1 : 0];
  }
  [[nodiscard]] bool wants_rows_gradient() const { return input_slot() || depthwise_slot(); }
  [[nodiscard]] std::int64_t rows_gradient_stride() const { return chain_.depthwise ? rows_.stride() : terms_; }

  void run_image(std::int64_t image, std::int64_t part, bool first, const Layout& at, T* memory, const T** pointers) {
    T* dy = memory + at.output_gradient;
    const std::int64_t offset = image * pixels_ * filters_;
    normalise_columns_gradient<T>({.g = gradients_.output.data() + offset,
                                   .x = norm_.product.data() + offset,
                                   .mean = norm_.mean.data(),
                                   .scale = line_.scale.data(),
                                   .slope = line_.slope.data(),
                                   .shift = line_.shift.data(),
                                   .rows = pixels_,
                                   .columns = filters_,
                                   .out = dy},
                                  false);
    if (pointwise_slot()) {
      const T* rows = rows_.make(call_.input(), image, 0, rows_.output().height, memory + at.rows, pointers);
      add_pointwise_gradient(rows, dy, pointwise_sums_.data() + part * terms_ * filters_, first);
    }
    if (!wants_rows_gradient()) return;
    T* dz = memory + at.rows_gradient;
    make_rows_gradient(dy, dz);
    if (!chain_.depthwise) return pass_on(image, dz);
    for (std::int64_t strip = 0; strip < rows_.strips().count(); ++strip) {
      const T* strip_gradient = dz + rows_.strips().first_channel(strip);
      if (depthwise_slot()) {
        add_depthwise_gradient(image, part, strip, strip_gradient, memory + at.band_inputs, memory + at.band_gradients);
      }
      if (input_slot()) slide_back(image, strip, strip_gradient, memory + at.ring, pointers);
    }
  }

  /// sums (+)= rows^T dy, some pixels at a time so that they stay in the cache.
  void add_pointwise_gradient(const T* rows, const T* dy, T* sums, bool first) const {
    constexpr std::int64_t most_pixels = 256;
    for (std::int64_t pixel = 0; pixel < pixels_; pixel += most_pixels) {
      const std::int64_t count = (std::min)(most_pixels, pixels_ - pixel);
      multiply_transposed_block(weight_set_, ProductBlock<T>{.a = rows + pixel * rows_.stride(),
                                                             .a_stride = rows_.stride(),
                                                             .b = dy + pixel * filters_,
                                                             .b_stride = filters_,
                                                             .b_last = dy + (pixel + count - 1) * filters_,
                                                             .c = sums,
                                                             .c_stride = filters_,
                                                             .rows = terms_,
                                                             .columns = filters_,
                                                             .terms = count,
                                                             .accumulate = !first || pixel > 0});
    }
  }

  /// dz = dy w^T.
  void make_rows_gradient(const T* dy, T* dz) const {
    multiply_block(rows_set_,
                   ProductBlock<T>{.a = dy,
                                   .a_stride = filters_,
                                   .b = transposed_.view.data,
                                   .b_stride = transposed_.view.stride,
                                   .b_last = transposed_.last_row,
                                   .c = dz,
                                   .c_stride = rows_gradient_stride(),
                                   .rows = pixels_,
                                   .columns = chain_.depthwise ? rounded_up(terms_, full_width<T>(rows_set_)) : terms_,
                                   .terms = filters_});
  }

  /// Without a depthwise convolution: dx (+)= dz where x counts.
  void pass_on(std::int64_t image, const T* dz) const {
    const GradientSlot<T>& slot = input_slot();
    const std::int64_t count = pixels_ * terms_;
    T* dx = slot.tensor->data() + image * count;
    if (chain_.rectify) {
      rectify_gradient(call_.input().data() + image * count, dz, count, dx, slot.accumulate);
    } else {
      move_row(dz, count, dx, slot.accumulate);
    }
  }

  /// One strip of an image's rows as the source of a kernel.
  [[nodiscard]] StripRow<T> gradient_row(const T* strip_gradient, std::int64_t strip) const {
    const std::int64_t lanes = full_width<T>(rows_.strips().set(strip));
    return {.first = strip_gradient,
            .end = strip_gradient + pixels_ * rows_.stride(),
            .pixels = rows_.output().width,
            .channels = rows_.stride(),
            .used = lanes};
  }

  void add_depthwise_gradient(std::int64_t image, std::int64_t part, std::int64_t strip, const T* strip_gradient,
                              T* inputs, T* gradients) {
    const Tensor<T>& x = call_.input();
    const Window& window = *chain_.depthwise;
    WeightGradientBand<T> band = common_band<T>(window, x.shape(), image_rows(), *grid_);
    band.rectify = chain_.rectify;
    band.inputs = inputs;
    band.gradients = gradients;
    band.sums = depthwise_sums_.data() + (part * rows_.strips().count() + strip) * window.taps() * rows_.strips().width;
    band.input = strip_row(x, image, rows_.strips(), strip);
    for (std::int64_t row = 0; row < rows_.output().height; row += grid_->band_rows) {
      band.gradient = gradient_row(strip_gradient, strip);
      band.gradient.first += row * band.gradient_pitch;
      band.rows = (std::min)(grid_->band_rows, rows_.output().height - row);
      band.top = row * window.stride_height - window.vertical().before(x.extent(1));
      add_weight_gradient(rows_.strips().set(strip), band);
    }
  }

  void slide_back(std::int64_t image, std::int64_t strip, const T* strip_gradient, T* ring, const T** pointers) const {
    const Shape& shape = call_.input().shape();
    const GradientSlot<T>& slot = input_slot();
    const std::int64_t offset = image * shape[1] * shape[2] * shape[3] + rows_.strips().first_channel(strip);
    SlidingTask<T> task = slide_->task(strip, ring, pointers);
    task.ring.source = gradient_row(strip_gradient, strip);
    task.ring.source_pitch = rows_.output().width * rows_.stride();
    task.destination = slot.tensor->data() + offset;
    task.destination_pitch = shape[2] * shape[3];
    task.destination_pixel = shape[3];
    task.stored = rows_.strips().used(strip);
    if (slot.accumulate) task.epilogue = add_to_destination(task);
    if (chain_.rectify) task.epilogue.gate = call_.input().data() + offset;
    task.row_end = shape[1];
    slide_sum(rows_.strips().set(strip), task);
  }

  const ConvolutionChain& chain_;
  const OpCall<T>& call_;
  const OpGradients<T>& gradients_;
  const NormInputsView<T>& norm_;
  const GradientLine<T>& line_;
  ChainRows<T> rows_;
  std::int64_t terms_;
  std::int64_t filters_;
  std::int64_t images_;
  std::int64_t pixels_;  // of an output
  InstructionSet weight_set_;
  InstructionSet rows_set_;
  ReadableMatrix<T> transposed_{};
  std::optional<StripSlide<T>> slide_{};
  std::optional<WeightGradientGrid> grid_{};
  std::int64_t part_images_ = 1;
  std::int64_t parts_ = 1;
  Tensor<T> pointwise_sums_{};
  Tensor<T> depthwise_sums_{};
};

}  // namespace nasnet::inline NASNET_ABI::detail
