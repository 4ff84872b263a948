#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline v0 {

template void forward(const Primitive&, OpCall<double>&);

}  // namespace nasnet::inline v0
