#include "nasnet/ops/convolution_unit.ipp"
#include "nasnet/ops/convolution_unit_pair.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                              \
  template void backward(const ConvolutionUnit& unit, const OpCall<Scalar>& call,               \
                         const OpGradients<Scalar>& gradients, InstructionSet set);             \
  template void forward(const ConvolutionUnit& unit, OpCall<Scalar>& call, InstructionSet set); \
  template void backward(const ConvolutionUnitPair& pair, const OpCall<Scalar>& call,           \
                         const OpGradients<Scalar>& gradients, InstructionSet set);             \
  template void forward(const ConvolutionUnitPair& pair, OpCall<Scalar>& call, InstructionSet set);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI
