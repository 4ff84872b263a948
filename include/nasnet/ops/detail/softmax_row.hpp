/// The numerically safe parts of softmax, row by row.
#pragma once

#include <algorithm>  // max_element
#include <cmath>      // exp, log
#include <cstdint>    // int64_t

#include "nasnet/ops/detail/rows.hpp"

namespace nasnet::inline v0::detail {

/// log(sum of exp(x_k)) of one row, safe for values of any size.
template <class Scalar>
[[nodiscard]] Scalar log_sum_exp(const Scalar* x, std::int64_t count) {
  const Scalar largest = *std::max_element(x, x + count);
  Scalar sum = 0;
  for (std::int64_t k = 0; k < count; ++k) sum += std::exp(x[k] - largest);
  return largest + std::log(sum);
}

/// Rows of a chunk where each element costs an exponential.
[[nodiscard]] constexpr std::int64_t softmax_grain(std::int64_t columns) { return row_grain(columns * 8); }

}  // namespace nasnet::inline v0::detail
