#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline NASNET_ABI {

template void backward(const Primitive&, const OpCall<float>&, const OpGradients<float>&);

}  // namespace nasnet::inline NASNET_ABI
