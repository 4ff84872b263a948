// Says of the computation of all primitives and of inference plans that it is compiled elsewhere, once for all of nasnet's own programs: a
// rebuild then stays short. A user's program needs none of this.
#pragma once

#include "nasnet/model/inference_plan.hpp"
#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline v0 {

extern template void forward(const Primitive&, OpCall<float>&);
extern template void forward(const Primitive&, OpCall<double>&);
extern template void backward(const Primitive&, const OpCall<float>&, const OpGradients<float>&);
extern template void backward(const Primitive&, const OpCall<double>&, const OpGradients<double>&);
extern template class InferencePlan<float>;
extern template class InferencePlan<double>;

}  // namespace nasnet::inline v0
