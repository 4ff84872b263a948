/// Matrix products with a matrix that is packed once and used often, such as the weights of a network that predicts.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/detail/matrix_kernel.hpp"
#include "nasnet/ops/detail/quotient.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// B of C = A B, cut into panels of up to `tile_vectors` vectors, each [terms][columns of the panel]: what a tile reads
/// lies in order. Columns are filled up to whole vectors with zeros.
template <class T>
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /// Zeros. @param width lanes of a vector
  PackedMatrix(std::int64_t terms, std::int64_t columns, std::int64_t width)
      : terms_(terms), columns_(rounded_up(columns, width)), panel_(tile_vectors * width) {
    values_ = Tensor<T>({terms_ * columns_});
    values_.fill(T{0});
  }

  [[nodiscard]] std::int64_t terms() const { return terms_; }
  /// Whole vectors.
  [[nodiscard]] std::int64_t columns() const { return columns_; }
  [[nodiscard]] std::int64_t panel_columns() const { return panel_; }
  /// The panel that begins at a column, a multiple of panel_columns().
  [[nodiscard]] const T* panel(std::int64_t column) const { return values_.data() + column * terms_; }

  [[nodiscard]] T& operator()(std::int64_t term, std::int64_t column) {
    const std::int64_t first = column / panel_ * panel_;
    const std::int64_t width = columns_ - first < panel_ ? columns_ - first : panel_;
    return values_[first * terms_ + term * width + column - first];
  }

 private:
  std::int64_t terms_ = 0;
  std::int64_t columns_ = 0;
  std::int64_t panel_ = 1;
  Tensor<T> values_;
};

/// C = A B + bias + addend. C, bias and addend have whole vectors of columns; the addend may be C itself.
template <class T>
struct PackedProduct {
  const T* a = nullptr;
  std::int64_t a_stride = 0;
  const T* b = nullptr;  ///< first of its panels
  const T* bias = nullptr;
  const T* addend = nullptr;  ///< null: none
  std::int64_t addend_stride = 0;
  T* c = nullptr;
  std::int64_t c_stride = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t terms = 0;
};

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

}  // namespace nasnet::inline NASNET_ABI::detail
