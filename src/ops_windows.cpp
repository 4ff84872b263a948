#include "nasnet/ops/average_pool.ipp"
#include "nasnet/ops/depthwise.ipp"
#include "nasnet/ops/global_average_pool.ipp"
#include "nasnet/ops/max_pool.ipp"
#include "nasnet/ops/subsample.ipp"
#include "nasnet/ops/zero.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                                                     \
  template void backward(const AveragePool& pool, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,    \
                         InstructionSet set);                                                                          \
  template void forward(const AveragePool& pool, OpCall<Scalar>& call, InstructionSet set);                            \
  template void backward(const Depthwise& depthwise, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients, \
                         InstructionSet set);                                                                          \
  template void forward(const Depthwise& depthwise, OpCall<Scalar>& call, InstructionSet set);                         \
  template void backward(const GlobalAveragePool&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);  \
  template void forward(const GlobalAveragePool&, OpCall<Scalar>& call);                                               \
  template void backward(const MaximumPool& pool, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,    \
                         InstructionSet set);                                                                          \
  template void forward(const MaximumPool& pool, OpCall<Scalar>& call, InstructionSet set);                            \
  template void backward(const Subsample& subsample, const OpCall<Scalar>& call,                                       \
                         const OpGradients<Scalar>& gradients);                                                        \
  template void forward(const Subsample& subsample, OpCall<Scalar>& call);                                             \
  template void forward(const Zeros& zero, OpCall<Scalar>& call);                                                      \
  template void backward(const Zeros&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI
