/// Matrix products with a matrix that is packed once and used often, such as the weights of a network that predicts.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/detail/product_block.hpp"
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

/// With the kernel for an instruction set.
template <class T>
void multiply_packed(InstructionSet set, const PackedProduct<T>& product);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/ops/detail/packed_product.ipp"
#endif
