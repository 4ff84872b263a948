#pragma once

#include "nasnet/ops/detail/packed_product.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/product_tile.hpp"
#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Terms of a sum that are added at a time, so that what a panel has of them stays in the second cache while all rows
/// pass by. C holds the sum from one part to the next.
struct TermPart {
  std::int64_t begin = 0;
  std::int64_t count = 0;
  bool is_first = true;
};

struct PackedProductKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const PackedProduct<typename Target::Scalar>& job) {
    using L = typename Target::Full;
    PackedProduct<typename Target::Scalar> panel = job;
    for (std::int64_t left = job.columns; left > 0; left -= tile_vectors * L::width) {
      if (left > 2 * L::width) {
        multiply_panel<Target, L, tile_vectors>(panel);
      } else if (left > L::width) {
        multiply_panel<Target, L, 2>(panel);
      } else {
        multiply_panel<Target, L, 1>(panel);
      }
      constexpr std::int64_t columns = tile_vectors * L::width;
      panel.b += columns * panel.terms;
      panel.bias += columns;
      panel.c += columns;
      if (panel.addend != nullptr) panel.addend += columns;
    }
  }

 private:
  static constexpr std::int64_t most_terms = 512;

  template <class Target, class L, int vectors>
  static NASNET_ALWAYS_INLINE void multiply_panel(const PackedProduct<typename L::Scalar>& panel) {
    const std::int64_t parts = panel.terms <= most_terms ? 1 : (panel.terms + most_terms - 1) / most_terms;
    const std::int64_t part_terms = (panel.terms + parts - 1) / parts;
    for (std::int64_t i = 0; i < parts; ++i) {
      const std::int64_t begin = i * part_terms;
      const std::int64_t left = panel.terms - begin;
      multiply_part<Target, L, vectors>(panel, {begin, left < part_terms ? left : part_terms, i == 0});
    }
  }

  template <class Target, class L, int vectors>
  static NASNET_ALWAYS_INLINE void multiply_part(const PackedProduct<typename L::Scalar>& panel, const TermPart& part) {
    constexpr int most = tile_rows<Target>(vectors);
    std::int64_t row = 0;
    if constexpr (most > 4) {
      for (; row + most <= panel.rows; row += most) multiply_tile<L, most, vectors>(panel, part, row, most);
    }
    for (; row < panel.rows; row += 4) {
      const std::int64_t left = panel.rows - row;
      multiply_tile<L, 4, vectors>(panel, part, row, left < 4 ? left : 4);
    }
  }

  /// `count` of the tile's rows are rows of C, the others repeat the last one and are not written.
  template <class L, int rows, int vectors>
  static NASNET_ALWAYS_INLINE void multiply_tile(const PackedProduct<typename L::Scalar>& panel, const TermPart& part,
                                                 std::int64_t row, std::int64_t count) {
    PointedRows<typename L::Scalar, rows> a;
    typename L::Vector sum[rows][vectors];
    NASNET_UNROLL
    for (int r = 0; r < rows; ++r) {
      const std::int64_t at = row + row_there(r, count);
      a.first[r] = panel.a + at * panel.a_stride + part.begin;
      const auto* begun = part.is_first ? panel.bias : panel.c + at * panel.c_stride;
      NASNET_UNROLL
      for (int v = 0; v < vectors; ++v) load<L>(sum[r][v], begun + v * L::width);
    }
    if (part.is_first && panel.addend != nullptr) add_rows<L, rows, vectors>(sum, panel, row, count);
    const auto* b = panel.b + part.begin * vectors * L::width;
    for (std::int64_t term = 0; term < part.count; ++term, b += vectors * L::width) {
      add_term<L, rows, vectors>(sum, a, term, b);
    }
    NASNET_UNROLL
    for (int r = 0; r < rows; ++r) {
      if (r >= count) return;
      NASNET_UNROLL
      for (int v = 0; v < vectors; ++v) store<L>(panel.c + (row + r) * panel.c_stride + v * L::width, sum[r][v]);
    }
  }

  /// Before anything is written: the addend may lie where C does.
  template <class L, int rows, int vectors>
  static NASNET_ALWAYS_INLINE void add_rows(typename L::Vector (&sum)[rows][vectors],
                                            const PackedProduct<typename L::Scalar>& panel, std::int64_t row,
                                            std::int64_t count) {
    NASNET_UNROLL
    for (int r = 0; r < rows; ++r) {
      const auto* addend = panel.addend + (row + row_there(r, count)) * panel.addend_stride;
      NASNET_UNROLL
      for (int v = 0; v < vectors; ++v) {
        typename L::Vector old;
        load<L>(old, addend + v * L::width);
        sum[r][v] += old;
      }
    }
  }
};

template <class T>
void multiply_packed(InstructionSet set, const PackedProduct<T>& product) {
  run_kernel<PackedProductKernel, T>(set, product);
}

}  // namespace nasnet::inline NASNET_ABI::detail
