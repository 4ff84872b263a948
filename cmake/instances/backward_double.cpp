#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline NASNET_ABI {

template void backward(const Primitive&, const OpCall<double>&, const OpGradients<double>&);

}  // namespace nasnet::inline NASNET_ABI
