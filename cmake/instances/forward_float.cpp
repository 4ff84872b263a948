#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline NASNET_ABI {

template void forward(const Primitive&, OpCall<float>&);

}  // namespace nasnet::inline NASNET_ABI
