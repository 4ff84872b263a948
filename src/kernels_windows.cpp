#include "nasnet/ops/detail/depthwise_weight_gradient.ipp"
#include "nasnet/ops/detail/max_pool_kernel.ipp"
#include "nasnet/ops/detail/sliding_sum.ipp"
#include "nasnet/ops/detail/sliding_sum_run.ipp"

namespace nasnet::inline NASNET_ABI::detail {

#define NASNET_INSTANTIATE_DETAIL(Scalar)                                                                  \
  template void add_weight_gradient(InstructionSet set, const WeightGradientBand<Scalar>& band);           \
  template void depthwise_weight_gradient(Context& context, const Window& window, const Tensor<Scalar>& x, \
                                          const Tensor<Scalar>& dy, const GradientSlot<Scalar>& slot,      \
                                          InstructionSet set);                                             \
  template void pool_maxima(InstructionSet set, const MaxPoolTask<Scalar>& task);                          \
  template void pool_maxima_gradient(InstructionSet set, const MaxPoolGradientTask<Scalar>& task);         \
  template void slide_sum(InstructionSet set, const SlidingTask<Scalar>& task);                            \
  template void slide_mean(InstructionSet set, const SlidingTask<Scalar>& task);                           \
  template void run_sliding_sum(Context& context, const SlidingPass<Scalar>& pass, const Scalar* weight,   \
                                InstructionSet set);                                                       \
  template void run_sliding_mean(Context& context, const SlidingPass<Scalar>& pass, InstructionSet set);

NASNET_INSTANTIATE_DETAIL(float)
NASNET_INSTANTIATE_DETAIL(double)

}  // namespace nasnet::inline NASNET_ABI::detail
