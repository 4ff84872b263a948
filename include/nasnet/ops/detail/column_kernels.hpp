/// Loops over rows of channels: sums of columns, and lines applied to columns.
///
/// Rows of few channels are folded: several consecutive rows are one row of as many times the channels, which fills
/// whole vectors and keeps several sums of a column in flight.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Sums over rows of x (and g), for columns [first, first + width).
template <class Scalar>
struct ColumnSumJob {
  const Scalar* g = nullptr;     ///< [rows, columns]
  const Scalar* x = nullptr;     ///< [rows, columns]
  const Scalar* mean = nullptr;  ///< [columns]
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  Scalar* sum = nullptr;      ///< [columns], added to
  Scalar* product = nullptr;  ///< [columns], added to
};

/// y or dx of rows, by a line for each column.
template <class Scalar>
struct ColumnLineJob {
  const Scalar* g = nullptr;      ///< [rows, columns]
  const Scalar* x = nullptr;      ///< [rows, columns]
  const Scalar* mean = nullptr;   ///< [columns]
  const Scalar* scale = nullptr;  ///< [columns]
  const Scalar* slope = nullptr;  ///< [columns]
  const Scalar* shift = nullptr;  ///< [columns]
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  Scalar* out = nullptr;  ///< [rows, columns]
};

/// sum += x, for each column.
template <class Scalar>
void sum_columns(const ColumnSumJob<Scalar>& job);

/// sum += (x - mean)^2.
template <class Scalar>
void sum_column_squares(const ColumnSumJob<Scalar>& job);

/// sum += g, product += g (x - mean).
template <class Scalar>
void sum_column_gradients(const ColumnSumJob<Scalar>& job);

/// out = (x - mean) * scale + shift, plus g unless it is null.
template <class Scalar>
void normalise_columns(const ColumnLineJob<Scalar>& job);

/// out = g * scale + (x - mean) * slope + shift, added to out if `accumulate`.
template <class Scalar>
void normalise_columns_gradient(const ColumnLineJob<Scalar>& job, bool accumulate);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/ops/detail/column_kernels.ipp"
#endif
