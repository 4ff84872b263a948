/// The inner part of matrix products: blocks of C whose tiles stay in registers while the sums run.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/core/instruction_set.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Vectors side by side in a tile of C.
inline constexpr int tile_vectors = 3;

/// A block of C = A B, or of C = A^T B, all row-major. Each element of C is one sum in the order of the terms,
/// whichever block and tile it falls into, so that products may be split freely over rows and columns.
template <class T>
struct ProductBlock {
  const T* a = nullptr;
  std::int64_t a_stride = 0;
  const T* b = nullptr;
  std::int64_t b_stride = 0;
  const T* b_last = nullptr;  ///< last row of B, readable up to a whole vector past its end
  T* c = nullptr;
  std::int64_t c_stride = 0;
  std::int64_t rows = 0;     ///< of C
  std::int64_t columns = 0;  ///< of C
  std::int64_t terms = 0;    ///< of each sum, at least 1
  bool accumulate = false;   ///< adds to C
};

/// The block of C = A B, with the kernel for an instruction set.
template <class T>
void multiply_block(InstructionSet set, const ProductBlock<T>& block);

/// The block of C = A^T B.
template <class T>
void multiply_transposed_block(InstructionSet set, const ProductBlock<T>& block);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/ops/detail/product_block.ipp"
#endif
