/// Rows of channels: copies between tensors whose rows have different lengths.
#pragma once

#include <algorithm>  // copy_n, fill_n, max
#include <cstdint>    // int64_t

#include "nasnet/ops/detail/map.hpp"

namespace nasnet::inline v0::detail {

/// Rows in a chunk, by the length of a row.
[[nodiscard]] constexpr std::int64_t row_grain(std::int64_t length) {
  return (std::max)(std::int64_t{1}, map_grain / (std::max)(length, std::int64_t{1}));
}

template <class Scalar>
void add_row(const Scalar* from, std::int64_t count, Scalar* to) {
  run_lanes(count, to, true, CopyLanes{}, from);
}

/// to = from, or to += from.
template <class Scalar>
void move_row(const Scalar* from, std::int64_t count, Scalar* to, bool accumulate) {
  if (accumulate) {
    add_row(from, count, to);
  } else {
    std::copy_n(from, count, to);
  }
}

/// Where rows lie: the first one, and the distance from one to the next.
template <class Scalar>
struct Rows {
  Scalar* first;
  std::int64_t pitch;
  [[nodiscard]] Scalar* at(std::int64_t row) const { return first + row * pitch; }
};

/// Copies or adds `rows` rows of `count` elements.
template <class Scalar>
void move_rows(Context& context, Rows<const Scalar> from, Rows<Scalar> to, std::int64_t rows, std::int64_t count,
               bool accumulate = false) {
  context.parallel_for(rows, row_grain(count), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) move_row(from.at(row), count, to.at(row), accumulate);
  });
}

}  // namespace nasnet::inline v0::detail
