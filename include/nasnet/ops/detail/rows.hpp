/// Rows of channels: copies between tensors whose rows have different lengths.
#pragma once

#include <algorithm>  // max
#include <cstdint>    // int64_t
#include <span>       // span

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/map.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Rows in a chunk, by the length of a row.
[[nodiscard]] constexpr std::int64_t row_grain(std::int64_t length) {
  return (std::max)(std::int64_t{1}, map_grain / (std::max)(length, std::int64_t{1}));
}

/// Rows of `count` elements each, from one place to another; the pitch leads from one row to the next.
template <class Scalar>
struct RowsJob {
  const Scalar* from = nullptr;
  std::int64_t from_pitch = 0;
  Scalar* to = nullptr;
  std::int64_t to_pitch = 0;
  std::int64_t rows = 0;
  std::int64_t count = 0;
  bool accumulate = false;  ///< to += from
};

/// Copies or adds rows on this thread.
template <class Scalar>
void run_rows(const RowsJob<Scalar>& job);

/// Copies or adds rows, split over the threads.
template <class Scalar>
void move_rows(Context& context, const RowsJob<Scalar>& job);

/// Copies or adds the rows of several jobs side by side, split over the threads; `width` elements a row in all.
template <class Scalar>
void move_side_by_side(Context& context, std::span<const RowsJob<Scalar>> jobs, std::int64_t rows, std::int64_t width);

/// to = from for `count` elements, or to += from.
template <class Scalar>
void move_row(const Scalar* from, std::int64_t count, Scalar* to, bool accumulate) {
  run_rows<Scalar>({.from = from, .to = to, .rows = 1, .count = count, .accumulate = accumulate});
}

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/ops/detail/rows.ipp"
#endif
