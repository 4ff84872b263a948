/// The forward pass of a convolution chain up to its batch norm: see convolution_chain.hpp.
#pragma once

#include <algorithm>  // clamp, min
#include <cstdint>    // int64_t

#include "nasnet/ops/detail/chain_parameters.hpp"
#include "nasnet/ops/detail/chain_rows.hpp"
#include "nasnet/ops/detail/channel_groups.hpp"
#include "nasnet/ops/detail/channel_matrix.hpp"
#include "nasnet/ops/detail/product_block.hpp"
#include "nasnet/ops/detail/product_operands.hpp"
#include "nasnet/ops/detail/scratch.hpp"
#include "nasnet/primitive/convolution_chain.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The forward pass up to the batch norm: y [N,H,W,filters], and in training its moments on the way.
template <class T>
class ChainProduct {
 public:
  ChainProduct(const ConvolutionChain& chain, OpCall<T>& call, InstructionSet set)
      : call_(call),
        rows_(chain_rows(chain, call, set)),
        filters_(chain.filters),
        images_(call.input().extent(0)),
        set_(set_for<T>(chain.filters, set)) {
    constexpr std::int64_t tile_scalars = 12 * 1024;  // rows and products of a task stay in the second cache
    const std::int64_t fitting = tile_scalars / (rows_.output().width * (rows_.stride() + filters_));
    task_rows_ = std::clamp(fitting, std::int64_t{1}, rows_.output().height);
    parts_ = quotient_up(rows_.output().height, task_rows_);
    task_rows_ = quotient_up(rows_.output().height, parts_);
    parts_ = quotient_up(rows_.output().height, task_rows_);
  }

  /// @param moments filled unless null
  [[nodiscard]] Tensor<T> run(const Tensor<T>& weight, Moments<T>* moments) {
    Context& context = call_.context;
    Tensor<T> y = context.tensor<T>({images_, rows_.output().height, rows_.output().width, filters_});
    const ReadableMatrix<T> b = readable<T>(context, channel_matrix(weight), full_width<T>(set_));
    const std::int64_t tasks = images_ * parts_;
    Tensor<T> means = context.tensor<T>({moments == nullptr ? 0 : tasks, filters_});
    Tensor<T> squares = context.tensor<T>(means.shape());
    Scratch<T> scratch(context, rows_.memory(task_rows_));
    Scratch<const T*> pointers(context, rows_.pointers());
    context.parallel_for(tasks, 1, [&](std::int64_t begin, std::int64_t end) {
      const auto memory = scratch.lease();
      const auto pointer = pointers.lease();
      for (std::int64_t task = begin; task < end; ++task) {
        const std::int64_t first = task % parts_ * task_rows_;
        const std::int64_t last = first + rows_of(task);
        const T* a = rows_.make(call_.input(), task / parts_, first, last, memory.data(), pointer.data());
        T* to = y.data() + (task / parts_ * rows_.output().height + first) * rows_.output().width * filters_;
        multiply_rows(a, b, pixels_of(task), to);
        if (moments == nullptr) continue;
        chunk_moments(to, pixels_of(task), filters_, means.data() + task * filters_, squares.data() + task * filters_);
      }
    });
    if (moments != nullptr) *moments = combined(means, squares, tasks);
    return y;
  }

 private:
  [[nodiscard]] std::int64_t rows_of(std::int64_t task) const {
    return (std::min)(task_rows_, rows_.output().height - task % parts_ * task_rows_);
  }
  [[nodiscard]] std::int64_t pixels_of(std::int64_t task) const { return rows_of(task) * rows_.output().width; }

  void multiply_rows(const T* a, const ReadableMatrix<T>& b, std::int64_t pixels, T* to) const {
    multiply_block(set_, ProductBlock<T>{.a = a,
                                         .a_stride = rows_.stride(),
                                         .b = b.view.data,
                                         .b_stride = b.view.stride,
                                         .b_last = b.last_row,
                                         .c = to,
                                         .c_stride = filters_,
                                         .rows = pixels,
                                         .columns = filters_,
                                         .terms = rows_.terms()});
  }

  [[nodiscard]] Moments<T> combined(const Tensor<T>& means, const Tensor<T>& squares, std::int64_t tasks) const {
    Moments<T> result{call_.context.template tensor<T>({filters_}), call_.context.template tensor<T>({filters_})};
    for (std::int64_t c = 0; c < filters_; ++c) {
      RunningMoments moments;
      for (std::int64_t task = 0; task < tasks; ++task) {
        const std::int64_t at = task * filters_ + c;
        moments.add(pixels_of(task), static_cast<double>(means[at]), static_cast<double>(squares[at]));
      }
      result.mean[c] = static_cast<T>(moments.mean());
      result.variance[c] = static_cast<T>(moments.variance());
    }
    return result;
  }

  OpCall<T>& call_;
  ChainRows<T> rows_;
  std::int64_t filters_;
  std::int64_t images_;
  InstructionSet set_;
  std::int64_t task_rows_ = 1;
  std::int64_t parts_ = 1;
};

}  // namespace nasnet::inline NASNET_ABI::detail
