/// Cuts a sliding sum or mean into tasks and runs them.
#pragma once

#include <cstdint>  // int64_t
#include <vector>   // vector

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/sliding_sum.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Windows that slide over whole batches, [N,H,W,C] each.
template <class T>
struct SlidingPass {
  Window window{};
  Slide slide = Slide::forward;
  Size map{};  ///< the side that the window slides over: source of a forward pass
  const Tensor<T>* source = nullptr;
  Tensor<T>* destination = nullptr;
  bool accumulate = false;
};

/// The weights of all strips, [strips][kh][kw in the order of the phases][lanes], zeros past the channels. Nothing
/// where there are none.
template <class T>
[[nodiscard]] Tensor<T> strip_weights(Context& context, const Window& window, const T* weight,
                                      const std::vector<std::int64_t>& order, const ChannelStrips& strips) {
  if (weight == nullptr) return {};
  Tensor<T> packed = context.tensor<T>({strips.count(), window.taps() * strips.width});
  for (std::int64_t strip = 0; strip < strips.count(); ++strip) {
    T* to = packed.data() + strip * window.taps() * strips.width;
    for (std::int64_t ky = 0; ky < window.kernel_height; ++ky) {
      for (const std::int64_t kx : order) {
        const T* from = weight + (ky * window.kernel_width + kx) * strips.channels + strips.first_channel(strip);
        for (std::int64_t lane = 0; lane < full_width<T>(strips.set(strip)); ++lane) {
          *to++ = lane < strips.used(strip) ? from[lane] : T{0};
        }
      }
    }
  }
  return packed;
}

/// Cells inside an axis of n cells, for each window.
NASNET_LAZY [[nodiscard]] inline std::vector<std::int64_t> cells_inside(const WindowAxis& axis, std::int64_t n) {
  std::vector<std::int64_t> cells;
  for (std::int64_t o = 0; o < axis.output(n); ++o) {
    std::int64_t inside = 0;
    for (std::int64_t tap = 0; tap < axis.kernel; ++tap) {
      const std::int64_t cell = o * axis.stride + tap * axis.dilation - axis.before(n);
      inside += cell >= 0 && cell < n ? 1 : 0;
    }
    cells.push_back(inside);
  }
  return cells;
}

/// How many cells of each window lie inside a map.
template <class T>
class WindowCells {
 public:
  WindowCells() = default;
  WindowCells(const Window& window, Size map) : rows_(cells_inside(window.vertical(), map.height)) {
    const std::vector<std::int64_t> columns = cells_inside(window.horizontal(), map.width);
    width_ = static_cast<std::int64_t>(columns.size());
    for (std::int64_t rows = 1; rows <= window.kernel_height; ++rows) {
      for (const std::int64_t cells : columns) {
        cells_.push_back(static_cast<T>(rows * cells));
        shares_.push_back(T{1} / cells_.back());
      }
    }
  }

  [[nodiscard]] WindowCellView<T> view() const { return {rows_.data(), cells_.data(), shares_.data(), width_}; }

 private:
  std::vector<std::int64_t> rows_;
  std::vector<T> cells_;
  std::vector<T> shares_;
  std::int64_t width_ = 0;
};

/// Weighted windows that slide over the strips of maps of one size, or their transpose.
template <class T>
struct StripSlide {
  RowTaps rows;
  ColumnTaps columns;
  Tensor<T> weights;  ///< as of strip_weights
  std::int64_t strip_weights_size;

  /// @param input,output sizes of the maps before and behind the window, whatever the direction
  StripSlide(Context& context, const Window& window, Slide slide, Size input, Size output, const T* weight,
             const ChannelStrips& strips)
      : rows(window.vertical(), slide, slide == Slide::forward ? input.height : output.height,
             slide == Slide::forward ? output.height : input.height, window.vertical().before(input.height)),
        columns(window.horizontal(), slide, slide == Slide::forward ? input.width : output.width,
                slide == Slide::forward ? output.width : input.width, window.horizontal().before(input.width),
                sliding_block),
        weights(strip_weights(context, window, weight, columns.order, strips)),
        strip_weights_size(window.taps() * strips.width) {}

  [[nodiscard]] std::int64_t ring_size(const ChannelStrips& strips) const {
    return rows.span * columns.width * strips.width;
  }

  /// The task of one strip without source and destination. @param memory of ring_size
  [[nodiscard]] SlidingTask<T> task(std::int64_t strip, T* memory, const T** pointers) const {
    SlidingTask<T> task;
    task.ring = {.memory = memory, .rows = rows.span, .width = columns.width, .before = columns.before};
    if (weights.elements() > 0) task.weights = weights.data() + strip * strip_weights_size;
    task.weight_pitch = static_cast<std::int64_t>(columns.order.size());
    task.row_pointers = pointers;
    task.rows = rows.view();
    task.columns = columns.view();
    return task;
  }
};

/// Weighted sums of the windows' cells, or their transpose. @param weight [kh,kw,C]
template <class T>
void run_sliding_sum(Context& context, const SlidingPass<T>& pass, const T* weight, InstructionSet set);

/// Means of the windows' cells that lie inside the map, or their transpose.
template <class T>
void run_sliding_mean(Context& context, const SlidingPass<T>& pass, InstructionSet set);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/ops/detail/sliding_sum_run.ipp"
#endif
