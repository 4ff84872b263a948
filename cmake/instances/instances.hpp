// Says of what computes, of models and of inference plans that it is compiled elsewhere, once for all of nasnet's own
// programs: a rebuild then stays short. A user's program needs none of this.
#pragma once

#include "nasnet/model/inference_plan.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/ops/convolution_unit_pair.hpp"
#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline NASNET_ABI {

extern template void forward(const Primitive&, OpCall<float>&);
extern template void forward(const Primitive&, OpCall<double>&);
extern template void backward(const Primitive&, const OpCall<float>&, const OpGradients<float>&);
extern template void backward(const Primitive&, const OpCall<double>&, const OpGradients<double>&);

extern template void forward(const ConvolutionUnit&, OpCall<float>&, InstructionSet);
extern template void forward(const ConvolutionUnit&, OpCall<double>&, InstructionSet);
extern template void backward(const ConvolutionUnit&, const OpCall<float>&, const OpGradients<float>&, InstructionSet);
extern template void backward(const ConvolutionUnit&, const OpCall<double>&, const OpGradients<double>&,
                              InstructionSet);
extern template void forward(const ConvolutionUnitPair&, OpCall<float>&, InstructionSet);
extern template void forward(const ConvolutionUnitPair&, OpCall<double>&, InstructionSet);
extern template void backward(const ConvolutionUnitPair&, const OpCall<float>&, const OpGradients<float>&,
                              InstructionSet);
extern template void backward(const ConvolutionUnitPair&, const OpCall<double>&, const OpGradients<double>&,
                              InstructionSet);

extern template class Model<float>;
extern template class Model<double>;
extern template class InferencePlan<float>;
extern template class InferencePlan<double>;

}  // namespace nasnet::inline NASNET_ABI
