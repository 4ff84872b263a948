/// Checks that several ops make, each failing with one sentence.
#pragma once

#include <algorithm>    // copy
#include <array>        // array
#include <cstddef>      // size_t
#include <cstdint>      // int32_t, int64_t
#include <span>         // span
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The extent of the last axis; 1 for rank 0.
[[nodiscard]] constexpr std::int64_t last_extent(const Shape& shape) {
  return shape.rank() == 0 ? 1 : shape[shape.rank() - 1];
}

/// Number of rows along the last axis.
[[nodiscard]] constexpr std::int64_t row_count(const Shape& shape) {
  const std::int64_t columns = last_extent(shape);
  return columns == 0 ? 0 : shape.elements() / columns;
}

/// The shape with another last extent.
NASNET_LAZY [[nodiscard]] inline Shape with_last_extent(const Shape& shape, std::int64_t extent) {
  std::array<std::int64_t, Shape::max_rank> extents{};
  const auto rank = static_cast<std::size_t>(shape.rank());
  std::copy(shape.extents().begin(), shape.extents().end(), extents.begin());
  extents[rank - 1] = extent;
  return Shape(std::span<const std::int64_t>(extents.data(), rank));
}

/// @throws ShapeError unless the shape is [N,H,W,C] without empty axes.
NASNET_LAZY inline void check_map(std::string_view who, const Shape& shape) {
  if (shape.rank() != 4 || shape.elements() == 0) {
    fail<ShapeError>(who, ": input is ", shape.to_string(), ", wanted [N,H,W,C]");
  }
}

/// @throws ShapeError unless a parameter has one value per channel.
NASNET_LAZY inline void check_per_channel(std::string_view who, std::string_view name, const Shape& shape,
                                          std::int64_t channels) {
  if (shape != Shape{channels}) {
    fail<ShapeError>(who, ": ", name, " is ", shape.to_string(), ", wanted [", channels, "]");
  }
}

/// @throws ShapeError unless there are inputs, all of one shape.
template <class Scalar>
void check_equal_shapes(std::string_view who, const OpCall<Scalar>& call) {
  if (call.inputs.empty()) fail<ShapeError>(who, ": no inputs");
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    if (call.input(i).shape() != call.input().shape()) {
      fail<ShapeError>(who, ": input ", i, " is ", call.input(i).shape().to_string(), ", input 0 is ",
                       call.input().shape().to_string());
    }
  }
}

/// @throws DataError unless there is one index for each row, all from 0 to limit - 1.
NASNET_LAZY inline void check_indices(std::string_view who, std::string_view name,
                                      std::span<const std::int32_t> indices, std::int64_t rows, std::int64_t limit) {
  if (static_cast<std::int64_t>(indices.size()) != rows) {
    fail<DataError>(who, ": ", indices.size(), " of ", name, ", wanted ", rows);
  }
  for (std::size_t row = 0; row < indices.size(); ++row) {
    if (indices[row] < 0 || indices[row] >= limit) {
      fail<DataError>(who, ": ", name, ' ', indices[row], " of row ", row, " is outside 0 to ", limit - 1);
    }
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail
