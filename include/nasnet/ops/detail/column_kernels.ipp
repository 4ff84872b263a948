#pragma once

#include "nasnet/ops/detail/column_kernels.hpp"

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <cstring>  // memcpy

#include "nasnet/ops/detail/remainder.hpp"
#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Columns from which on rows are not folded; folded rows are shorter than twice as long.
inline constexpr std::int64_t folded_columns = 64;

/// How many rows make one folded row: a power of two.
[[nodiscard]] constexpr std::int64_t rows_per_fold(std::int64_t columns) {
  std::int64_t rows = 1;
  while (rows * columns < folded_columns) rows *= 2;
  return rows;
}

/// Runs Block over the columns, four vectors at a time, then one, then narrower ones.
template <class Block>
struct ColumnSumKernel {
  template <class Target, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& given) {
    using L = typename Target::Full;
    const Job job = given;
    std::int64_t c = 0;
    for (; c + 4 * L::width <= job.columns; c += 4 * L::width) Block::template run<L, 4>(job, c);
    for (; c + L::width <= job.columns; c += L::width) Block::template run<L, 1>(job, c);
    run_remainder<Block, L>(job, c, job.columns);
  }
};

/// sum += x.
struct SumBlock {
  template <class L, int vectors, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& job, std::int64_t first) {
    typename L::Vector sum[vectors] = {};
    for (std::int64_t row = 0; row < job.rows; ++row) {
      NASNET_UNROLL
      for (int v = 0; v < vectors; ++v) {
        typename L::Vector x;
        load<L>(x, job.x + row * job.columns + first + v * L::width);
        sum[v] += x;
      }
    }
    add_to<L, vectors>(job.sum + first, sum);
  }

  template <class L, int vectors>
  static NASNET_ALWAYS_INLINE void add_to(typename L::Scalar* to, const typename L::Vector (&sum)[vectors]) {
    NASNET_UNROLL
    for (int v = 0; v < vectors; ++v) {
      typename L::Vector before;
      load<L>(before, to + v * L::width);
      before += sum[v];
      store<L>(to + v * L::width, before);
    }
  }
};

/// sum += (x - mean)^2.
struct SquareBlock {
  template <class L, int vectors, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& job, std::int64_t first) {
    typename L::Vector sum[vectors] = {};
    typename L::Vector mean[vectors];
    NASNET_UNROLL
    for (int v = 0; v < vectors; ++v) load<L>(mean[v], job.mean + first + v * L::width);
    for (std::int64_t row = 0; row < job.rows; ++row) {
      NASNET_UNROLL
      for (int v = 0; v < vectors; ++v) {
        typename L::Vector x;
        load<L>(x, job.x + row * job.columns + first + v * L::width);
        x -= mean[v];
        sum[v] += x * x;
      }
    }
    SumBlock::add_to<L, vectors>(job.sum + first, sum);
  }
};

/// sum += g, product += g (x - mean).
struct GradientBlock {
  template <class L, int vectors, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& job, std::int64_t first) {
    typename L::Vector sum[vectors] = {};
    typename L::Vector product[vectors] = {};
    typename L::Vector mean[vectors];
    NASNET_UNROLL
    for (int v = 0; v < vectors; ++v) load<L>(mean[v], job.mean + first + v * L::width);
    for (std::int64_t row = 0; row < job.rows; ++row) {
      NASNET_UNROLL
      for (int v = 0; v < vectors; ++v) {
        const std::int64_t at = row * job.columns + first + v * L::width;
        typename L::Vector g;
        typename L::Vector x;
        load<L>(g, job.g + at);
        load<L>(x, job.x + at);
        x -= mean[v];
        sum[v] += g;
        product[v] += g * x;
      }
    }
    SumBlock::add_to<L, vectors>(job.sum + first, sum);
    SumBlock::add_to<L, vectors>(job.product + first, product);
  }
};

/// Runs Step over the elements of all rows, a vector at a time.
template <class Step>
struct ColumnLineKernel {
  template <class Target, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& given) {
    using L = typename Target::Full;
    Job job = given;
    for (std::int64_t row = 0; row < job.rows; ++row) {
      std::int64_t c = 0;
      for (; c + L::width <= job.columns; c += L::width) Step::template run<L, 1>(job, c);
      run_remainder<Step, L>(job, c, job.columns);
      job.x += job.columns;
      job.g += Step::reads_gradient ? job.columns : 0;
      job.out += job.columns;
    }
  }
};

/// out = (x - mean) * scale + shift, plus g if `adds`.
template <bool adds>
struct NormaliseStep {
  static constexpr bool reads_gradient = adds;

  template <class L, int, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& job, std::int64_t c) {
    typename L::Vector x, mean, scale, value;
    load<L>(x, job.x + c);
    load<L>(mean, job.mean + c);
    load<L>(scale, job.scale + c);
    load<L>(value, job.shift + c);
    x -= mean;
    value += x * scale;
    if constexpr (adds) {
      typename L::Vector addend;
      load<L>(addend, job.g + c);
      value += addend;
    }
    store<L>(job.out + c, value);
  }
};

/// out = g * scale + (x - mean) * slope + shift, added to out if `accumulate`.
template <bool accumulate>
struct NormaliseGradientStep {
  static constexpr bool reads_gradient = true;

  template <class L, int, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& job, std::int64_t c) {
    typename L::Vector g, x, mean, scale, slope, value;
    load<L>(g, job.g + c);
    load<L>(x, job.x + c);
    load<L>(mean, job.mean + c);
    load<L>(scale, job.scale + c);
    load<L>(slope, job.slope + c);
    load<L>(value, job.shift + c);
    x -= mean;
    value += x * slope;
    value += g * scale;
    if constexpr (accumulate) {
      typename L::Vector before;
      load<L>(before, job.out + c);
      value += before;
    }
    store<L>(job.out + c, value);
  }
};

/// A value for each column, repeated for each row of a fold.
template <class Scalar>
class FoldedColumns {
 public:
  FoldedColumns(const Scalar* values, std::int64_t columns, std::int64_t rows) {
    if (values == nullptr) return;
    for (std::int64_t row = 0; row < rows; ++row) {
      std::memcpy(values_ + row * columns, values, sizeof(Scalar) * static_cast<std::size_t>(columns));
    }
  }
  [[nodiscard]] const Scalar* data() const { return values_; }

 private:
  Scalar values_[2 * folded_columns];
};

/// Adds the sums of a fold's rows to those of the columns.
template <class Scalar>
void add_folded(const Scalar* folded, std::int64_t columns, std::int64_t rows, Scalar* sums) {
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t c = 0; c < columns; ++c) sums[c] += folded[row * columns + c];
  }
}

/// Sums of the columns by a Block, added to job.sum and, for GradientBlock, job.product.
template <class Block, class Scalar>
void run_column_sums(ColumnSumJob<Scalar> job) {
  const std::int64_t fold = rows_per_fold(job.columns);
  if (fold > 1 && job.rows >= fold) {
    Scalar sums[2 * folded_columns] = {};
    Scalar products[2 * folded_columns] = {};
    const FoldedColumns<Scalar> mean(job.mean, job.columns, fold);
    ColumnSumJob<Scalar> folded = job;
    folded.mean = mean.data();
    folded.rows = job.rows / fold;
    folded.columns = job.columns * fold;
    folded.sum = sums;
    folded.product = products;
    run_kernel<ColumnSumKernel<Block>, Scalar>(instruction_set(), folded);
    add_folded(sums, job.columns, fold, job.sum);
    if (job.product != nullptr) add_folded(products, job.columns, fold, job.product);
    const std::int64_t done = folded.rows * folded.columns;
    job.rows -= folded.rows * fold;
    job.x += done;
    if (job.g != nullptr) job.g += done;
  }
  if (job.rows > 0) run_kernel<ColumnSumKernel<Block>, Scalar>(instruction_set(), job);
}

/// Applies the columns' lines by a Step.
template <class Step, class Scalar>
void run_column_lines(ColumnLineJob<Scalar> job) {
  const std::int64_t fold = rows_per_fold(job.columns);
  if (fold > 1 && job.rows >= fold) {
    const FoldedColumns<Scalar> mean(job.mean, job.columns, fold);
    const FoldedColumns<Scalar> scale(job.scale, job.columns, fold);
    const FoldedColumns<Scalar> slope(job.slope, job.columns, fold);
    const FoldedColumns<Scalar> shift(job.shift, job.columns, fold);
    const ColumnLineJob<Scalar> folded{.g = job.g,
                                       .x = job.x,
                                       .mean = mean.data(),
                                       .scale = scale.data(),
                                       .slope = slope.data(),
                                       .shift = shift.data(),
                                       .rows = job.rows / fold,
                                       .columns = job.columns * fold,
                                       .out = job.out};
    run_kernel<ColumnLineKernel<Step>, Scalar>(instruction_set(), folded);
    const std::int64_t done = folded.rows * folded.columns;
    job.rows -= folded.rows * fold;
    job.x += done;
    if (job.g != nullptr) job.g += done;
    job.out += done;
  }
  if (job.rows > 0) run_kernel<ColumnLineKernel<Step>, Scalar>(instruction_set(), job);
}

template <class Scalar>
void sum_columns(const ColumnSumJob<Scalar>& job) {
  run_column_sums<SumBlock, Scalar>(job);
}

template <class Scalar>
void sum_column_squares(const ColumnSumJob<Scalar>& job) {
  run_column_sums<SquareBlock, Scalar>(job);
}

template <class Scalar>
void sum_column_gradients(const ColumnSumJob<Scalar>& job) {
  run_column_sums<GradientBlock, Scalar>(job);
}

template <class Scalar>
void normalise_columns(const ColumnLineJob<Scalar>& job) {
  if (job.g == nullptr) return run_column_lines<NormaliseStep<false>, Scalar>(job);
  run_column_lines<NormaliseStep<true>, Scalar>(job);
}

template <class Scalar>
void normalise_columns_gradient(const ColumnLineJob<Scalar>& job, bool accumulate) {
  if (accumulate) return run_column_lines<NormaliseGradientStep<true>, Scalar>(job);
  run_column_lines<NormaliseGradientStep<false>, Scalar>(job);
}

}  // namespace nasnet::inline NASNET_ABI::detail
