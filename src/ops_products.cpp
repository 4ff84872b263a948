#include "nasnet/ops/convolution.ipp"
#include "nasnet/ops/dense.ipp"
#include "nasnet/ops/matrix_multiply.ipp"
#include "nasnet/ops/matrix_product.ipp"
#include "nasnet/ops/pointwise.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                                                 \
  template void backward(const Convolution& convolution, const OpCall<Scalar>& call,                               \
                         const OpGradients<Scalar>& gradients, InstructionSet set);                                \
  template void forward(const Convolution& convolution, OpCall<Scalar>& call, InstructionSet set);                 \
  template void backward(const Dense&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,           \
                         InstructionSet set);                                                                      \
  template void forward(const Dense& dense, OpCall<Scalar>& call, InstructionSet set);                             \
  template void backward(const MatrixMultiply&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients); \
  template void forward(const MatrixMultiply&, OpCall<Scalar>& call);                                              \
  template void backward(const Pointwise&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,       \
                         InstructionSet set);                                                                      \
  template void forward(const Pointwise& pointwise, OpCall<Scalar>& call, InstructionSet set);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

#define NASNET_INSTANTIATE_DETAIL(Scalar)                             \
  template MatrixSpan<Scalar> channel_matrix(Tensor<Scalar>& tensor); \
  template MatrixSpan<const Scalar> channel_matrix(const Tensor<Scalar>& tensor);

NASNET_INSTANTIATE_DETAIL(float)
NASNET_INSTANTIATE_DETAIL(double)

}  // namespace nasnet::inline NASNET_ABI::detail
