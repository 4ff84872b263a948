#pragma once

#include "nasnet/ops/matrix_product.hpp"

#include <algorithm>  // copy, copy_n, fill_n, max, min
#include <cstdint>    // int64_t

#include "nasnet/ops/detail/matrix_kernel.hpp"
#include "nasnet/ops/detail/quotient.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY ProductGrid product_grid(std::int64_t rows, std::int64_t columns, std::int64_t terms,
                                     std::int64_t vector_width) {
  constexpr std::int64_t least_work = 1 << 17;  // multiply-adds
  constexpr std::int64_t least_rows = 96;
  ProductGrid grid;
  grid.block_columns = (std::min)(columns, tile_vectors * vector_width);
  grid.column_blocks = quotient_up(columns, grid.block_columns);
  const std::int64_t enough = quotient_up(least_work, grid.block_columns * terms);
  grid.block_rows = rounded_up((std::max)(least_rows, enough), 8);
  grid.row_blocks = quotient_up(rows, grid.block_rows);
  return grid;
}

NASNET_BODY std::int64_t terms_per_part(std::int64_t terms, std::int64_t elements) {
  const std::int64_t part = (std::max)(std::int64_t{512}, elements / 32);
  return terms < 2 * part ? terms : part;
}

}  // namespace nasnet::inline NASNET_ABI::detail
