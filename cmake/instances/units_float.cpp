#include "nasnet/ops/convolution_unit_pair.hpp"

namespace nasnet::inline NASNET_ABI {

template void forward(const ConvolutionUnit&, OpCall<float>&, InstructionSet);
template void backward(const ConvolutionUnit&, const OpCall<float>&, const OpGradients<float>&, InstructionSet);
template void forward(const ConvolutionUnitPair&, OpCall<float>&, InstructionSet);
template void backward(const ConvolutionUnitPair&, const OpCall<float>&, const OpGradients<float>&, InstructionSet);

}  // namespace nasnet::inline NASNET_ABI
