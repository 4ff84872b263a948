#include "nasnet/ops/convolution_chain.ipp"
#include "nasnet/ops/double_convolution_chain.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                                \
  template void backward(const ConvolutionChain& chain, const OpCall<Scalar>& call,               \
                         const OpGradients<Scalar>& gradients, InstructionSet set);               \
  template void forward(const ConvolutionChain& chain, OpCall<Scalar>& call, InstructionSet set); \
  template void backward(const DoubleConvolutionChain& chains, const OpCall<Scalar>& call,        \
                         const OpGradients<Scalar>& gradients, InstructionSet set);               \
  template void forward(const DoubleConvolutionChain& chains, OpCall<Scalar>& call, InstructionSet set);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI
