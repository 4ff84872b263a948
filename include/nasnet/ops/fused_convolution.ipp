#pragma once

#include "nasnet/ops/fused_convolution.hpp"

#include <algorithm>  // fill_n, max, min
#include <cstddef>    // size_t
#include <cstdint>    // int64_t

#include "nasnet/ops/detail/packed_product.hpp"
#include "nasnet/ops/detail/quotient.hpp"
#include "nasnet/ops/detail/simd.hpp"
#include "nasnet/ops/detail/sliding_sum.hpp"
#include "nasnet/ops/map_view.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Copies channels of pixels into the rows of a tile. A run is copied in whole vectors, so that it writes past its end:
/// runs of one row come in order, and a row has room for a vector behind it.
template <class T>
struct GatherJob {
  const T* from = nullptr;
  std::int64_t pitch = 0;  ///< from one pixel to the next
  const ChannelRun* runs = nullptr;
  std::int64_t run_count = 0;
  T* to = nullptr;
  std::int64_t to_stride = 0;
  std::int64_t pixels = 0;
  bool rectify = false;
};

struct GatherKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const GatherJob<typename Target::Scalar>& job) {
    if (job.rectify) {
      gather<typename Target::Full, true>(job);
    } else {
      gather<typename Target::Full, false>(job);
    }
  }

 private:
  template <class L, bool rectify>
  static NASNET_ALWAYS_INLINE void gather(const GatherJob<typename L::Scalar>& copy) {
    const GatherJob<typename L::Scalar> job = copy;
    for (std::int64_t pixel = 0; pixel < job.pixels; ++pixel) {
      for (std::int64_t r = 0; r < job.run_count; ++r) {
        const ChannelRun run = job.runs[r];
        const auto* from = job.from + pixel * job.pitch + run.from;
        auto* to = job.to + pixel * job.to_stride + run.to;
        for (std::int64_t i = 0; i < run.count; i += L::width) {
          typename L::Vector x;
          load<L>(x, from + i);
          if constexpr (rectify) x = x < typename L::Vector{} ? typename L::Vector{} : x;
          store<L>(to + i, x);
        }
      }
    }
  }
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class T>
ConvolutionTiling<T>::ConvolutionTiling(const FusedConvolution<T>& convolution, const MapView<const T>& input,
                                        InstructionSet set)
    : set_(set), width_(detail::full_width<T>(set)) {
  images_ = input.images;
  output_ = output_size(convolution, {input.height, input.width});
  if (convolution.source == TileSource::pixels && convolution.subsamples[0].step == 1) {
    output_ = {input.pixels(), 1};  // any run of pixels can be a tile
    images_ = 1;
  }
  tile_stride_ = convolution.source == TileSource::depthwise
                     ? input.channels
                     : detail::rounded_up(convolution.weight.terms() + width_ - 1, width_);
  cut(convolution);
  if (convolution.source == TileSource::depthwise) prepare_depthwise(convolution.window, input);
  if (convolution.source == TileSource::windows) {
    rows_ = detail::axis_windows(convolution.window.vertical(), input.height);
    columns_ = detail::axis_windows(convolution.window.horizontal(), input.width);
  }
}

template <class T>
std::int64_t ConvolutionTiling<T>::scratch_size() const {
  return detail::rounded_up(tile_size(), width_) + ring_size_ + width_;
}

template <class T>
void ConvolutionTiling<T>::run_task(std::int64_t index, const FusedConvolution<T>& convolution,
                                    const MapView<const T>& input, const MapView<const T>& addend,
                                    const MapView<T>& output, const TileMemory<T>& memory) const {
  const std::int64_t part = index % column_parts_;
  const std::int64_t rows = index / column_parts_;
  const Rows task{rows / row_parts_, rows % row_parts_ * task_rows_,
                  (std::min)((rows % row_parts_ + 1) * task_rows_, output_.height)};
  const std::int64_t first_pixel = (task.image * output_.height + task.begin) * output_.width;
  const std::int64_t first_column = part * panels_per_part_ * convolution.weight.panel_columns();
  const std::int64_t last_column =
      column_parts_ == 1 ? convolution.weight.columns()
                         : (std::min)(first_column + panels_per_part_ * convolution.weight.panel_columns(),
                                      convolution.weight.columns());
  detail::PackedProduct<T> product{.b = convolution.weight.panel(first_column),
                                   .bias = convolution.bias.data() + first_column,
                                   .addend = addend ? addend.pixel(first_pixel) + first_column : nullptr,
                                   .addend_stride = addend.pitch,
                                   .c = output.pixel(first_pixel) + first_column,
                                   .c_stride = output.pitch,
                                   .rows = (task.end - task.begin) * output_.width,
                                   .columns = last_column - first_column,
                                   .terms = convolution.weight.terms()};
  if (reads_input_directly(convolution)) {
    product.a = input.pixel(first_pixel);
    product.a_stride = input.pitch;
  } else {
    make_tile(convolution, input, task, memory);
    product.a = memory.scalars.data();
    product.a_stride = tile_stride_;
  }
  detail::multiply_packed(set_, product);
}

template <class T>
Size ConvolutionTiling<T>::output_size(const FusedConvolution<T>& convolution, Size input) {
  return convolution.source == TileSource::pixels ? convolution.subsamples[0].output_size(input)
                                                  : convolution.window.output(input);
}

template <class T>
void ConvolutionTiling<T>::cut(const FusedConvolution<T>& convolution) {
  constexpr std::int64_t tile_scalars = 24 * 1024;  // a tile shares the second cache with weights
  constexpr std::int64_t wanted_tasks = 4;
  const std::int64_t fitting = (std::max)(tile_scalars / tile_stride_ / output_.width, std::int64_t{1});
  const std::int64_t few = output_.height * output_.width < 128 ? 2 : wanted_tasks;
  const std::int64_t spread = detail::quotient_up(output_.height, detail::quotient_up(few, images_));
  task_rows_ = (std::max)((std::min)(fitting, spread), std::int64_t{1});
  if (output_.width == 1) task_rows_ = detail::rounded_up(task_rows_, 8);  // whole tiles of the product
  row_parts_ = detail::quotient_up(output_.height, task_rows_);
  const std::int64_t tasks = images_ * row_parts_;
  if (convolution.source != TileSource::pixels || tasks >= wanted_tasks) return;
  const std::int64_t panels = detail::quotient_up(convolution.weight.columns(), convolution.weight.panel_columns());
  panels_per_part_ = detail::quotient_up(panels, detail::quotient_up(wanted_tasks, tasks));
  column_parts_ = detail::quotient_up(panels, panels_per_part_);
}

template <class T>
void ConvolutionTiling<T>::prepare_depthwise(const Window& window, const MapView<const T>& input) {
  const WindowAxis vertical = window.vertical();
  const WindowAxis horizontal = window.horizontal();
  row_taps_.emplace(vertical, detail::Slide::forward, input.height, output_.height, vertical.before(input.height));
  column_taps_.emplace(horizontal, detail::Slide::forward, input.width, output_.width, horizontal.before(input.width),
                       detail::sliding_block);
  ring_size_ = row_taps_->span * column_taps_->width * width_;
  strips_ = input.channels / width_;
}

template <class T>
bool ConvolutionTiling<T>::reads_input_directly(const FusedConvolution<T>& convolution) {
  return convolution.source == TileSource::pixels && !convolution.rectify && convolution.subsamples[0].step == 1 &&
         convolution.runs.size() == 1 && convolution.runs[0].from == 0;
}

template <class T>
void ConvolutionTiling<T>::make_tile(const FusedConvolution<T>& convolution, const MapView<const T>& input,
                                     const Rows& task, const TileMemory<T>& memory) const {
  switch (convolution.source) {
    case TileSource::pixels: return gather_pixels(convolution, input, task, memory.scalars.data());
    case TileSource::depthwise: return weigh_windows(convolution, input, task, memory);
    case TileSource::windows: return gather_windows(convolution, input, task, memory.scalars.data());
  }
}

template <class T>
void ConvolutionTiling<T>::gather_pixels(const FusedConvolution<T>& convolution, const MapView<const T>& input,
                                         const Rows& task, T* tile) const {
  detail::GatherJob<T> job{.pitch = convolution.subsamples[0].step * input.pitch,
                           .runs = convolution.runs.data(),
                           .run_count = static_cast<std::int64_t>(convolution.runs.size()),
                           .to_stride = tile_stride_,
                           .rectify = convolution.rectify};
  if (convolution.subsamples[0].step == 1) {
    job.from = input.pixel(task.begin);
    job.to = tile;
    job.pixels = task.end - task.begin;
    detail::run_kernel<detail::GatherKernel, T>(set_, job);
    return;
  }
  for (std::int64_t row = task.begin; row < task.end; ++row, tile += output_.width * tile_stride_) {
    job.to = tile;
    for (const Subsample& subsample : convolution.subsamples) {
      const std::int64_t source = row * subsample.step + subsample.offset;
      const std::int64_t columns = (std::max)(input.width - subsample.offset, std::int64_t{0});
      job.pixels = source < input.height ? detail::quotient_up(columns, subsample.step) : 0;
      if (job.pixels > 0) {
        job.from = input.row(task.image, source) + subsample.offset * input.pitch;
        detail::run_kernel<detail::GatherKernel, T>(set_, job);
      }
      fill_columns(job.to, job.pixels, output_.width, convolution.pixel_columns);
      job.to += convolution.pixel_columns;
    }
  }
}

template <class T>
void ConvolutionTiling<T>::weigh_windows(const FusedConvolution<T>& convolution, const MapView<const T>& input,
                                         const Rows& at, const TileMemory<T>& memory) const {
  T* tile = memory.scalars.data();
  detail::SlidingTask<T> task;
  task.ring = {.source_pitch = input.width * input.pitch,
               .memory = tile + detail::rounded_up(tile_size(), width_),
               .rows = row_taps_->span,
               .width = column_taps_->width,
               .before = column_taps_->before,
               .rectify = convolution.rectify};
  task.destination_pitch = output_.width * tile_stride_;
  task.destination_pixel = tile_stride_;
  task.row_begin = at.begin;
  task.row_end = at.end;
  task.weight_pitch = convolution.window.kernel_width;
  task.row_pointers = memory.pointers.data();
  task.rows = row_taps_->view();
  task.columns = column_taps_->view();
  const T* image = input.row(at.image, 0);
  for (std::int64_t strip = 0; strip < strips_; ++strip) {
    task.ring.source = {.first = image + strip * width_,
                        .end = image + input.height * input.width * input.pitch,
                        .pixels = input.width,
                        .channels = input.pitch,
                        .used = width_};
    task.destination = tile + strip * width_;
    task.weights = convolution.depthwise_weight.data() + strip * convolution.window.taps() * width_;
    detail::slide_sum(set_, task);
  }
}

template <class T>
void ConvolutionTiling<T>::gather_windows(const FusedConvolution<T>& convolution, const MapView<const T>& input,
                                          const Rows& task, T* tile) const {
  const Window& window = convolution.window;
  const std::int64_t row_columns = window.kernel_width * convolution.pixel_columns;
  for (std::int64_t row = task.begin; row < task.end; ++row, tile += output_.width * tile_stride_) {
    const detail::AxisWindow& vertical = rows_[static_cast<std::size_t>(row)];
    for (std::int64_t ky = 0; ky < window.kernel_height; ++ky) {
      T* to = tile + ky * row_columns;
      if (ky < vertical.first || ky >= vertical.last) {
        fill_columns(to, 0, output_.width, row_columns);
      } else {
        gather_kernel_row(convolution, input, input.row(task.image, vertical.start + ky * window.dilation), to);
      }
    }
  }
}

template <class T>
void ConvolutionTiling<T>::gather_kernel_row(const FusedConvolution<T>& convolution, const MapView<const T>& input,
                                             const T* source, T* to) const {
  const Window& window = convolution.window;
  for (std::int64_t kx = 0; kx < window.kernel_width; ++kx, to += convolution.pixel_columns) {
    // Windows that have this tap inside the map lie side by side.
    std::int64_t first = 0;
    while (first < output_.width && kx < columns_[static_cast<std::size_t>(first)].first) ++first;
    std::int64_t last = first;
    while (last < output_.width && kx < columns_[static_cast<std::size_t>(last)].last) ++last;
    fill_columns(to, 0, first, convolution.pixel_columns);
    fill_columns(to, last, output_.width, convolution.pixel_columns);
    if (first == last) continue;
    const std::int64_t cell = columns_[static_cast<std::size_t>(first)].start + kx * window.dilation;
    detail::run_kernel<detail::GatherKernel, T>(
        set_, detail::GatherJob<T>{.from = source + cell * input.pitch,
                                   .pitch = window.stride_width * input.pitch,
                                   .runs = convolution.runs.data(),
                                   .run_count = static_cast<std::int64_t>(convolution.runs.size()),
                                   .to = to + first * tile_stride_,
                                   .to_stride = tile_stride_,
                                   .pixels = last - first,
                                   .rectify = convolution.rectify});
  }
}

template <class T>
void ConvolutionTiling<T>::fill_columns(T* to, std::int64_t first, std::int64_t last, std::int64_t columns) const {
  for (std::int64_t pixel = first; pixel < last; ++pixel) std::fill_n(to + pixel * tile_stride_, columns, T{0});
}

}  // namespace nasnet::inline NASNET_ABI
