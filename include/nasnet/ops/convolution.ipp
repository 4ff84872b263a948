#pragma once

#include "nasnet/ops/convolution.hpp"

#include <algorithm>  // clamp, fill_n, max, min
#include <cstdint>    // int64_t

#include "nasnet/ops/detail/channel_matrix.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/image_columns.hpp"
#include "nasnet/ops/detail/kernel_checks.hpp"
#include "nasnet/ops/detail/product_block.hpp"
#include "nasnet/ops/detail/product_operands.hpp"
#include "nasnet/ops/detail/scratch.hpp"
#include "nasnet/ops/matrix_product.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Windows that are made into a matrix at a time, so that it stays in the second cache.
NASNET_LAZY [[nodiscard]] inline std::int64_t windows_per_block(const WindowGrid& grid) {
  return std::clamp(32768 / (std::max)(grid.window_size(), std::int64_t{1}) / 8 * 8, std::int64_t{8},
                    std::int64_t{512});
}

/// Groups of blocks whose sums are kept apart in the weight gradient: by shape alone, so that threads do not matter.
inline constexpr std::int64_t weight_gradient_parts = 16;

/// y = windows times weight.
template <class Scalar>
void convolve(Context& context, const WindowGrid& grid, const Tensor<Scalar>& x, const Tensor<Scalar>& weight,
              Tensor<Scalar>& y, InstructionSet set) {
  const auto to = channel_matrix(y);
  set = set_for<Scalar>(to.columns, set);
  const auto matrix = readable<Scalar>(context, channel_matrix(weight), full_width<Scalar>(set));
  const std::int64_t block = windows_per_block(grid);
  Scratch<Scalar> scratch(context, block * grid.window_size());
  context.parallel_for(to.rows, block, [&](std::int64_t begin, std::int64_t end) {
    const auto columns = scratch.lease();
    gather_windows(grid, x.data(), begin, end - begin, columns.data());
    multiply_block(set, ProductBlock<Scalar>{.a = columns.data(),
                                             .a_stride = grid.window_size(),
                                             .b = matrix.view.data,
                                             .b_stride = matrix.view.stride,
                                             .b_last = matrix.last_row,
                                             .c = to.data + begin * to.stride,
                                             .c_stride = to.stride,
                                             .rows = end - begin,
                                             .columns = to.columns,
                                             .terms = grid.window_size()});
  });
}

/// dx = dy times the transposed weight, each window's part added to its cells.
template <class Scalar>
void convolution_input_gradient(Context& context, const WindowGrid& grid, const Tensor<Scalar>& dy,
                                const Tensor<Scalar>& weight, const GradientSlot<Scalar>& slot, InstructionSet set) {
  const auto from = channel_matrix(dy);
  set = set_for<Scalar>(grid.window_size(), set);
  const auto transposed = transposed_copy<Scalar>(context, channel_matrix(weight), full_width<Scalar>(set));
  const std::int64_t block = windows_per_block(grid);
  const std::int64_t windows = grid.windows_per_image();
  Scratch<Scalar> scratch(context, block * grid.window_size());
  context.parallel_for(slot.tensor->extent(0), 1, [&](std::int64_t begin, std::int64_t end) {
    const auto columns = scratch.lease();
    for (std::int64_t n = begin; n < end; ++n) {
      if (!slot.accumulate) std::fill_n(slot.tensor->data() + n * grid.image_size(), grid.image_size(), Scalar{0});
      for (std::int64_t first = 0; first < windows; first += block) {
        const std::int64_t count = (std::min)(block, windows - first);
        multiply_block(set, ProductBlock<Scalar>{.a = from.data + (n * windows + first) * from.stride,
                                                 .a_stride = from.stride,
                                                 .b = transposed.view.data,
                                                 .b_stride = transposed.view.stride,
                                                 .b_last = transposed.last_row,
                                                 .c = columns.data(),
                                                 .c_stride = grid.window_size(),
                                                 .rows = count,
                                                 .columns = grid.window_size(),
                                                 .terms = from.columns});
        scatter_windows(grid, columns.data(), n * windows + first, count, slot.tensor->data());
      }
    }
  });
}

/// dw = the transposed windows times dy.
template <class Scalar>
void convolution_weight_gradient(Context& context, const WindowGrid& grid, const Tensor<Scalar>& x,
                                 const Tensor<Scalar>& dy, const GradientSlot<Scalar>& slot, InstructionSet set) {
  const auto to = channel_matrix(*slot.tensor);
  set = set_for<Scalar>(to.columns, set);
  const auto right = readable<Scalar>(context, channel_matrix(dy), full_width<Scalar>(set));
  const std::int64_t rows = right.view.rows;
  const std::int64_t block = windows_per_block(grid);
  const std::int64_t part_rows = rounded_up(quotient_up(rows, weight_gradient_parts), block);
  const std::int64_t parts = quotient_up(rows, part_rows);
  Tensor<Scalar> sums = context.tensor<Scalar>({parts, to.rows, to.columns});
  Scratch<Scalar> scratch(context, block * grid.window_size());
  context.parallel_for(rows, part_rows, [&](std::int64_t begin, std::int64_t end) {
    const auto columns = scratch.lease();
    for (std::int64_t first = begin; first < end; first += block) {
      const std::int64_t count = (std::min)(block, end - first);
      const Scalar* b = right.view.data + first * right.view.stride;
      gather_windows(grid, x.data(), first, count, columns.data());
      multiply_transposed_block(
          set,
          ProductBlock<Scalar>{.a = columns.data(),
                               .a_stride = grid.window_size(),
                               .b = b,
                               .b_stride = right.view.stride,
                               .b_last = first + count == rows ? right.last_row : b + (count - 1) * right.view.stride,
                               .c = sums.data() + begin / part_rows * to.rows * to.columns,
                               .c_stride = to.columns,
                               .rows = to.rows,
                               .columns = to.columns,
                               .terms = count,
                               .accumulate = first > begin});
    }
  });
  add_parts<Scalar>(context, sums.data(), parts, to, slot.accumulate);
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const Convolution& convolution, OpCall<Scalar>& call, InstructionSet set) {
  const Shape& shape = call.input().shape();
  const Window& window = convolution.window;
  const Tensor<Scalar>& weight = call.parameter(0);
  detail::check_map(Convolution::name, shape);
  detail::check_window(Convolution::name, window, shape);
  if (weight.shape().rank() == 4) detail::check_channels(Convolution::name, weight.extent(2), shape);
  detail::check_parameter(Convolution::name, "weight", weight.shape(),
                          {window.kernel_height, window.kernel_width, shape[3], convolution.filters});
  const detail::WindowGrid grid(window, shape);
  const Size size = grid.output();
  Tensor<Scalar>& output = call.allocate_output({shape[0], size.height, size.width, convolution.filters});
  detail::convolve(call.context, grid, call.input(), weight, output, set);
}

template <class Scalar>
void backward(const Convolution& convolution, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set) {
  const detail::WindowGrid grid(convolution.window, call.input().shape());
  if (const GradientSlot<Scalar>& slot = gradients.inputs[0]) {
    detail::convolution_input_gradient(call.context, grid, gradients.output, call.parameter(0), slot, set);
  }
  if (const GradientSlot<Scalar>& slot = gradients.parameters[0]) {
    detail::convolution_weight_gradient(call.context, grid, call.input(), gradients.output, slot, set);
  }
}

}  // namespace nasnet::inline NASNET_ABI
