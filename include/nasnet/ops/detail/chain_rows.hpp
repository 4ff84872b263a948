/// What the pointwise convolution of a chain multiplies: see convolution_chain.hpp.
#pragma once

#include <algorithm>  // max
#include <cstdint>    // int64_t
#include <optional>   // optional

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/channel_strips.hpp"
#include "nasnet/ops/detail/map.hpp"
#include "nasnet/ops/detail/quotient.hpp"
#include "nasnet/ops/detail/sliding_sum_run.hpp"
#include "nasnet/ops/relu.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Rows of a matrix, one for each pixel of the output: the input's channels, perhaps rectified, perhaps weighed by a
/// depthwise convolution.
template <class T>
class ChainRows {
 public:
  ChainRows(Context& context, const std::optional<Window>& depthwise, bool rectify, const Shape& input,
            const T* depthwise_weight, InstructionSet set)
      : input_(input),
        rectify_(rectify),
        strips_(ChannelStrips::of<T>(input[3], set)),
        output_(depthwise ? depthwise->output({input[1], input[2]}) : Size{input[1], input[2]}),
        stride_(input[3]) {
    if (!depthwise) return;
    slide_.emplace(context, *depthwise, Slide::forward, Size{input[1], input[2]}, output_, depthwise_weight, strips_);
    pointers_ = 2 * depthwise->kernel_height;
    stride_ = (strips_.count() - 1) * strips_.width + full_width<T>(strips_.last_set);
    stride_ = rounded_up(stride_, full_width<T>(set_for<T>(input[3], set)));  // whole vectors of a product
  }

  [[nodiscard]] const ChannelStrips& strips() const { return strips_; }
  [[nodiscard]] Size output() const { return output_; }
  [[nodiscard]] std::int64_t terms() const { return input_[3]; }
  /// Scalars from one row to the next.
  [[nodiscard]] std::int64_t stride() const { return stride_; }
  [[nodiscard]] std::int64_t pointers() const { return pointers_; }

  /// Scalars of memory for the rows of so many rows of pixels.
  [[nodiscard]] std::int64_t memory(std::int64_t pixel_rows) const {
    if (!slide_ && !rectify_) return 0;
    return rows_size(pixel_rows) + (slide_ ? slide_->ring_size(strips_) : 0);
  }

  /// The rows of some rows of pixels of one image: in `memory`, or in x itself.
  [[nodiscard]] const T* make(const Tensor<T>& x, std::int64_t image, std::int64_t begin, std::int64_t end, T* memory,
                              const T** pointers) const {
    const T* first = x.data() + (image * input_[1] + (slide_ ? 0 : begin)) * input_[2] * input_[3];
    if (slide_) {
      weigh(x, image, begin, end, memory, pointers);
      return memory;
    }
    if (!rectify_) return first;
    rectify(first, (end - begin) * output_.width * stride_, memory);
    return memory;
  }

 private:
  /// A product reads a vector past the end of the last row.
  [[nodiscard]] std::int64_t rows_size(std::int64_t pixel_rows) const {
    return rounded_up(pixel_rows * output_.width * stride_ + strips_.width, strips_.width);
  }

  void weigh(const Tensor<T>& x, std::int64_t image, std::int64_t begin, std::int64_t end, T* memory,
             const T** pointers) const {
    T* ring = memory + rows_size(end - begin);
    for (std::int64_t strip = 0; strip < strips_.count(); ++strip) {
      SlidingTask<T> task = slide_->task(strip, ring, pointers);
      task.ring.source = strip_row(x, image, strips_, strip);
      task.ring.source_pitch = input_[2] * input_[3];
      task.ring.rectify = rectify_;
      task.destination = memory + strips_.first_channel(strip);
      task.destination_pitch = output_.width * stride_;
      task.destination_pixel = stride_;
      task.stored = full_width<T>(strips_.set(strip));
      task.row_begin = begin;
      task.row_end = end;
      slide_sum(strips_.set(strip), task);
    }
  }

  Shape input_;
  bool rectify_;
  ChannelStrips strips_;
  Size output_;
  std::int64_t stride_;
  std::int64_t pointers_ = 1;
  std::optional<StripSlide<T>> slide_{};
};

}  // namespace nasnet::inline NASNET_ABI::detail
