#include "nasnet/ops/detail/packed_product.ipp"
#include "nasnet/ops/detail/product_block.ipp"

namespace nasnet::inline NASNET_ABI::detail {

#define NASNET_INSTANTIATE_DETAIL(Scalar)                                                         \
  template void multiply_block(InstructionSet set, const ProductBlock<Scalar>& block);            \
  template void multiply_transposed_block(InstructionSet set, const ProductBlock<Scalar>& block); \
  template void multiply_packed(InstructionSet set, const PackedProduct<Scalar>& product);

NASNET_INSTANTIATE_DETAIL(float)
NASNET_INSTANTIATE_DETAIL(double)

}  // namespace nasnet::inline NASNET_ABI::detail
