#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline v0 {

template void backward(const Primitive&, const OpCall<float>&, const OpGradients<float>&);

}  // namespace nasnet::inline v0
