#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline NASNET_ABI {

template void forward(const Primitive&, OpCall<double>&);

}  // namespace nasnet::inline NASNET_ABI
