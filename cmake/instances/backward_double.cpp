#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline v0 {

template void backward(const Primitive&, const OpCall<double>&, const OpGradients<double>&);

}  // namespace nasnet::inline v0
