/// The numerically safe parts of softmax, row by row.
#pragma once

#include <algorithm>  // max_element
#include <cmath>      // exp, log
#include <cstdint>    // int64_t

#include "nasnet/ops/detail/rows.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Log-probabilities of one row of logits, safe for values of any size: the largest is taken off first.
template <class Scalar>
struct SoftmaxRow {
  Scalar largest = 0;
  Scalar log_sum = 0;  ///< log(sum of exp(x_k - largest))

  SoftmaxRow(const Scalar* x, std::int64_t count) : largest(*std::max_element(x, x + count)) {
    Scalar sum = 0;
    for (std::int64_t k = 0; k < count; ++k) sum += std::exp(x[k] - largest);
    log_sum = std::log(sum);
  }

  [[nodiscard]] Scalar log_probability(Scalar x) const { return (x - largest) - log_sum; }
  [[nodiscard]] Scalar probability(Scalar x) const { return std::exp(log_probability(x)); }
};

/// Rows of a chunk where each element costs an exponential.
[[nodiscard]] constexpr std::int64_t softmax_grain(std::int64_t columns) { return row_grain(columns * 8); }

}  // namespace nasnet::inline NASNET_ABI::detail
