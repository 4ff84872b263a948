#include "nasnet/ops/convolution_unit_pair.hpp"

namespace nasnet::inline NASNET_ABI {

template void forward(const ConvolutionUnit&, OpCall<double>&, InstructionSet);
template void backward(const ConvolutionUnit&, const OpCall<double>&, const OpGradients<double>&, InstructionSet);
template void forward(const ConvolutionUnitPair&, OpCall<double>&, InstructionSet);
template void backward(const ConvolutionUnitPair&, const OpCall<double>&, const OpGradients<double>&, InstructionSet);

}  // namespace nasnet::inline NASNET_ABI
