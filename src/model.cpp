#include "nasnet/model/model.ipp"
#include "nasnet/model/initialization.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                        \
  template Tensor<Scalar> initial_values(const ParameterSpec& spec, RandomStream random); \
  template class Model<Scalar>;

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI
