/// Windows of an image as the rows of a matrix, so that a convolution is a matrix product.
#pragma once

#include <algorithm>  // copy_n, fill_n, max, min
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <vector>     // vector

#include "nasnet/core/shape.hpp"
#include "nasnet/ops/detail/simd.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The cells of an axis that one window covers: its taps first, ..., last - 1 lie inside; tap t is cell start + t *
/// dilation.
struct AxisWindow {
  std::int64_t start = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// All windows of an axis of n cells.
NASNET_LAZY [[nodiscard]] inline std::vector<AxisWindow> axis_windows(const WindowAxis& axis, std::int64_t n) {
  std::vector<AxisWindow> windows;
  for (std::int64_t o = 0; o < axis.output(n); ++o) {
    AxisWindow window{.start = o * axis.stride - axis.before(n)};
    while (window.first < axis.kernel && window.start + window.first * axis.dilation < 0) ++window.first;
    window.last = window.first;
    while (window.last < axis.kernel && window.start + window.last * axis.dilation < n) ++window.last;
    windows.push_back(window);
  }
  return windows;
}

/// Which cells of maps [N,H,W,C] the windows of a convolution cover.
struct WindowGrid {
  Window window;
  Size input;
  std::int64_t channels;
  std::vector<AxisWindow> rows;     ///< one for each output row
  std::vector<AxisWindow> columns;  ///< one for each output column

  NASNET_LAZY WindowGrid(const Window& w, const Shape& shape)
      : window(w),
        input{shape[1], shape[2]},
        channels(shape[3]),
        rows(axis_windows(w.vertical(), input.height)),
        columns(axis_windows(w.horizontal(), input.width)) {}

  NASNET_LAZY [[nodiscard]] Size output() const { return window.output(input); }
  /// Scalars of an image.
  [[nodiscard]] std::int64_t image_size() const { return input.height * input.width * channels; }
  NASNET_LAZY [[nodiscard]] std::int64_t windows_per_image() const { return output().height * output().width; }
  /// Scalars of a window: columns of the matrix.
  NASNET_LAZY [[nodiscard]] std::int64_t window_size() const { return window.taps() * channels; }
};

/// Steps through the windows of all images, row by row.
class WindowCursor {
 public:
  NASNET_LAZY WindowCursor(const WindowGrid& grid, std::int64_t index)
      : grid_(grid),
        image_(index / grid.windows_per_image()),
        row_(static_cast<std::size_t>(index % grid.windows_per_image()) / grid.columns.size()),
        column_(static_cast<std::size_t>(index) % grid.columns.size()) {}

  [[nodiscard]] std::int64_t image() const { return image_; }
  [[nodiscard]] const AxisWindow& row() const { return grid_.rows[row_]; }
  [[nodiscard]] const AxisWindow& column() const { return grid_.columns[column_]; }

  /// Whether no tap is padding.
  NASNET_LAZY [[nodiscard]] bool is_inside() const {
    return row().last - row().first == grid_.window.kernel_height &&
           column().last - column().first == grid_.window.kernel_width;
  }

  NASNET_LAZY void advance() {
    if (++column_ < grid_.columns.size()) return;
    column_ = 0;
    if (++row_ < grid_.rows.size()) return;
    row_ = 0;
    ++image_;
  }

 private:
  const WindowGrid& grid_;
  std::int64_t image_;
  std::size_t row_;
  std::size_t column_;
};

/// Calls body(offset in the image, offset in the window, scalars) for the runs of neighbouring cells in a window, in
/// the order of the taps.
template <class Body>
void for_each_run(const WindowGrid& grid, const WindowCursor& at, const Body& body) {
  const Window& window = grid.window;
  const AxisWindow& row = at.row();
  const AxisWindow& column = at.column();
  const std::int64_t run = window.dilation == 1 ? column.last - column.first : 1;
  for (std::int64_t ky = row.first; ky < row.last; ++ky) {
    const std::int64_t cells = (row.start + ky * window.dilation) * grid.input.width + column.start;
    for (std::int64_t kx = column.first; kx < column.last; kx += run) {
      body((cells + kx * window.dilation) * grid.channels, (ky * window.kernel_width + kx) * grid.channels,
           run * grid.channels);
    }
  }
}

/// Copies a run. Most runs are a few numbers, for which a call of memcpy is slow; the hidden step keeps the compiler
/// from making one of the loops.
template <class Scalar>
void copy_run(const Scalar* from, std::int64_t count, Scalar* to) {
  using L = typename Target<InstructionSet::baseline, Scalar>::Full;
  constexpr std::int64_t few = 64;
  if (count > few) {
    std::copy_n(from, count, to);
    return;
  }
  std::int64_t step = 1;
  hide(step);
  std::int64_t i = 0;
  for (; i + L::width <= count; i += L::width) {
    typename L::Vector vector;
    load<L>(vector, from + i * step);
    store<L>(to + i, vector);
  }
  for (; i < count; ++i) to[i] = from[i * step];
}

/// Adds a run.
template <class Scalar>
void add_run(const Scalar* from, std::int64_t count, Scalar* to) {
  using L = typename Target<InstructionSet::baseline, Scalar>::Full;
  std::int64_t i = 0;
  for (; i + L::width <= count; i += L::width) {
    typename L::Vector sum;
    typename L::Vector summand;
    load<L>(sum, to + i);
    load<L>(summand, from + i);
    sum += summand;
    store<L>(to + i, sum);
  }
  for (; i < count; ++i) to[i] += from[i];
}

/// to [count, window_size] = the windows first, first + 1, ... of all images; zeros where they are padding.
template <class Scalar>
void gather_windows(const WindowGrid& grid, const Scalar* images, std::int64_t first, std::int64_t count, Scalar* to) {
  WindowCursor at(grid, first);
  for (std::int64_t i = 0; i < count; ++i, to += grid.window_size(), at.advance()) {
    const Scalar* image = images + at.image() * grid.image_size();
    if (!at.is_inside()) std::fill_n(to, grid.window_size(), Scalar{0});
    for_each_run(grid, at, [&](std::int64_t cell, std::int64_t tap, std::int64_t scalars) {
      copy_run(image + cell, scalars, to + tap);
    });
  }
}

/// Adds windows to the images that they are of: the transpose of gather_windows.
template <class Scalar>
void scatter_windows(const WindowGrid& grid, const Scalar* from, std::int64_t first, std::int64_t count,
                     Scalar* images) {
  WindowCursor at(grid, first);
  for (std::int64_t i = 0; i < count; ++i, from += grid.window_size(), at.advance()) {
    Scalar* image = images + at.image() * grid.image_size();
    for_each_run(grid, at, [&](std::int64_t cell, std::int64_t tap, std::int64_t scalars) {
      add_run(from + tap, scalars, image + cell);
    });
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail
