/// Convolutions as the steps of an inference plan compute them.
///
/// A tile of the matrix whose rows are the windows of some pixels is made in the cache, by copying pixels, by a
/// depthwise convolution or by gathering windows, and multiplied from there with packed weights. ReLU before it, bias
/// and a sum after it cost no pass of their own, and the output may be a slice of a concatenation.
#pragma once

#include <cstdint>   // int64_t
#include <optional>  // optional
#include <vector>    // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/detail/image_columns.hpp"
#include "nasnet/ops/detail/packed_product.hpp"
#include "nasnet/ops/detail/scratch.hpp"
#include "nasnet/ops/detail/sliding_taps.hpp"
#include "nasnet/ops/map_view.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// What the rows of a tile are made of.
enum class TileSource {
  pixels,     ///< the channels of every step-th pixel
  depthwise,  ///< windows weighed channel by channel
  windows,    ///< all cells of a window
};

/// A convolution without sizes: what a plan keeps of it.
template <class T>
struct FusedConvolution {
  TileSource source = TileSource::pixels;
  bool rectify = false;                                         ///< ReLU of the input
  Window window{};                                              ///< of depthwise and windows
  std::vector<Subsample> subsamples{{.step = 1, .offset = 0}};  ///< of pixels, all of one step: side by side in a row
  std::vector<ChannelRun> runs{};  ///< of pixels and windows: the channels of one pixel, to columns in order
  std::int64_t pixel_columns = 0;  ///< columns that one pixel fills
  Tensor<T> depthwise_weight{};    ///< [strips][kh][kw][lanes]
  detail::PackedMatrix<T> weight{};
  Tensor<T> bias{};  ///< [weight.columns()]
};

/// Memory for the tasks of a plan's steps: a block for each thread.
template <class T>
struct TileScratch {
  detail::Scratch<T> memory;           ///< tiles and rings
  detail::Scratch<const T*> pointers;  ///< two for each kernel row

  TileScratch(Context& context, std::int64_t scalars, std::int64_t pointer_count)
      : memory(context, scalars), pointers(context, pointer_count) {}
};

/// A thread's block of it.
template <class T>
struct TileMemory {
  typename detail::Scratch<T>::Lease scalars;
  typename detail::Scratch<const T*>::Lease pointers;

  explicit TileMemory(TileScratch<T>& scratch) : scalars(scratch.memory), pointers(scratch.pointers) {}
};

/// A fused convolution for one size of input: how it is cut into tasks, by sizes alone.
template <class T>
class ConvolutionTiling {
 public:
  ConvolutionTiling(const FusedConvolution<T>& convolution, const MapView<const T>& input, InstructionSet set);

  /// Scalars of scratch memory that a task needs: its tile, then the ring of a depthwise convolution.
  [[nodiscard]] std::int64_t scratch_size() const;

  /// How many tasks it is cut into; each writes a part of the output of its own.
  [[nodiscard]] std::int64_t tasks() const { return images_ * row_parts_ * column_parts_; }

  /// Runs one of them. @param addend same size as the output; may be the output, or nothing
  void run_task(std::int64_t index, const FusedConvolution<T>& convolution, const MapView<const T>& input,
                const MapView<const T>& addend, const MapView<T>& output, const TileMemory<T>& memory) const;

  [[nodiscard]] static Size output_size(const FusedConvolution<T>& convolution, Size input);

 private:
  /// Rows of the output, of one image.
  struct Rows {
    std::int64_t image, begin, end;
  };

  void cut(const FusedConvolution<T>& convolution);

  void prepare_depthwise(const Window& window, const MapView<const T>& input);

  [[nodiscard]] std::int64_t tile_size() const { return task_rows_ * output_.width * tile_stride_; }

  [[nodiscard]] static bool reads_input_directly(const FusedConvolution<T>& convolution);

  void make_tile(const FusedConvolution<T>& convolution, const MapView<const T>& input, const Rows& task,
                 const TileMemory<T>& memory) const;

  void gather_pixels(const FusedConvolution<T>& convolution, const MapView<const T>& input, const Rows& task,
                     T* tile) const;

  void weigh_windows(const FusedConvolution<T>& convolution, const MapView<const T>& input, const Rows& at,
                     const TileMemory<T>& memory) const;

  void gather_windows(const FusedConvolution<T>& convolution, const MapView<const T>& input, const Rows& task,
                      T* tile) const;

  /// One kernel row of the windows of a row of pixels.
  void gather_kernel_row(const FusedConvolution<T>& convolution, const MapView<const T>& input, const T* source,
                         T* to) const;

  void fill_columns(T* to, std::int64_t first, std::int64_t last, std::int64_t columns) const;

  InstructionSet set_;
  std::int64_t width_;
  std::int64_t images_ = 0;
  Size output_{};
  std::int64_t tile_stride_ = 0;
  std::int64_t task_rows_ = 1;
  std::int64_t row_parts_ = 1;
  std::int64_t panels_per_part_ = 1;
  std::int64_t column_parts_ = 1;
  std::optional<detail::RowTaps> row_taps_{};
  std::optional<detail::ColumnTaps> column_taps_{};
  std::int64_t ring_size_ = 0;
  std::int64_t strips_ = 0;
  std::vector<detail::AxisWindow> rows_{};
  std::vector<detail::AxisWindow> columns_{};
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/fused_convolution.ipp"
#endif
