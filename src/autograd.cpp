#include "nasnet/autograd/gradient_check.ipp"
#include "nasnet/autograd/tape.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar) template class Tape<Scalar>;

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI
