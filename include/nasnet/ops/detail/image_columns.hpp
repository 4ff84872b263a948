/// Windows of an image as the rows of a matrix, so that a convolution is a matrix product.
#pragma once

#include <algorithm>  // copy_n, fill_n, max, min
#include <cstdint>    // int64_t

#include "nasnet/core/shape.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline v0::detail {

/// Which cells of maps [N,H,W,C] the windows of a convolution cover.
struct WindowGrid {
  Window window;
  Size input;
  Size output;
  std::int64_t channels = 0;
  std::int64_t before_height = 0;  ///< padding above
  std::int64_t before_width = 0;   ///< padding on the left

  WindowGrid(const Window& w, const Shape& shape)
      : window(w),
        input{shape[1], shape[2]},
        output(w.output(input)),
        channels(shape[3]),
        before_height(w.vertical().before(input.height)),
        before_width(w.horizontal().before(input.width)) {}

  /// Cells of a window: columns of the matrix.
  [[nodiscard]] std::int64_t columns() const { return window.taps() * channels; }
  [[nodiscard]] std::int64_t windows_per_image() const { return output.height * output.width; }
};

/// The taps first, first + 1, ... last - 1 of a window that lie on an axis of `extent` cells; tap t is cell start + t * dilation.
struct TapRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

[[nodiscard]] constexpr TapRange taps_inside(std::int64_t start, std::int64_t kernel, std::int64_t dilation,
                                             std::int64_t extent) {
  const std::int64_t first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
  const std::int64_t last = start >= extent ? 0 : (extent - 1 - start) / dilation + 1;
  const std::int64_t end = (std::min)((std::max)(last, std::int64_t{0}), kernel);
  return {(std::min)(first, end), end};
}

/// Calls body(offset of a cell in the image, offset in the matrix row, cells) for the runs of neighbouring cells in a
/// window, in the order of the taps. `window_index` counts the windows of one image.
template <class Body>
void for_each_run(const WindowGrid& grid, std::int64_t window_index, const Body& body) {
  const Window& window = grid.window;
  const std::int64_t top = window_index / grid.output.width * window.stride_height - grid.before_height;
  const std::int64_t left = window_index % grid.output.width * window.stride_width - grid.before_width;
  const TapRange rows = taps_inside(top, window.kernel_height, window.dilation, grid.input.height);
  const TapRange taps = taps_inside(left, window.kernel_width, window.dilation, grid.input.width);
  const std::int64_t run = window.dilation == 1 ? taps.last - taps.first : 1;
  if (run <= 0) return;
  for (std::int64_t ky = rows.first; ky < rows.last; ++ky) {
    const std::int64_t row = (top + ky * window.dilation) * grid.input.width;
    for (std::int64_t kx = taps.first; kx < taps.last; kx += run) {
      body((row + left + kx * window.dilation) * grid.channels, (ky * window.kernel_width + kx) * grid.channels, run);
    }
  }
}

/// to [count, grid.columns()] = the windows first, first + 1, ... of all images; zeros where they are padding.
template <class Scalar>
void gather_columns(const WindowGrid& grid, const Scalar* images, std::int64_t first, std::int64_t count, Scalar* to) {
  const std::int64_t image_size = grid.input.height * grid.input.width * grid.channels;
  std::fill_n(to, count * grid.columns(), Scalar{0});
  for (std::int64_t i = first; i < first + count; ++i, to += grid.columns()) {
    const Scalar* image = images + i / grid.windows_per_image() * image_size;
    for_each_run(grid, i % grid.windows_per_image(), [&](std::int64_t cell, std::int64_t column, std::int64_t cells) {
      std::copy_n(image + cell, cells * grid.channels, to + column);
    });
  }
}

/// Adds windows of one image to it: the transpose of gather_columns.
template <class Scalar>
void scatter_columns(const WindowGrid& grid, const Scalar* from, std::int64_t first, std::int64_t count,
                     Scalar* image) {
  for (std::int64_t i = first; i < first + count; ++i, from += grid.columns()) {
    for_each_run(grid, i, [&](std::int64_t cell, std::int64_t column, std::int64_t cells) {
      for (std::int64_t j = 0; j < cells * grid.channels; ++j) image[cell + j] += from[column + j];
    });
  }
}

}  // namespace nasnet::inline v0::detail
