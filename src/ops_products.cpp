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
  template void forward(const Pointwise& pointwise, OpCall<Scalar>& call, InstructionSet set);                     \
  template void multiply<Scalar>(Context&, MatrixSpan<const Scalar>, MatrixSpan<const Scalar>, MatrixSpan<Scalar>, \
                                 bool, InstructionSet);                                                            \
  template void multiply_right_transposed<Scalar>(Context&, MatrixSpan<const Scalar>, MatrixSpan<const Scalar>,    \
                                                  MatrixSpan<Scalar>, bool, InstructionSet);                       \
  template void multiply_left_transposed<Scalar>(Context&, MatrixSpan<const Scalar>, MatrixSpan<const Scalar>,     \
                                                 MatrixSpan<Scalar>, bool, InstructionSet);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI
