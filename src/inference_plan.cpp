#include "nasnet/model/inference_plan.ipp"
#include "nasnet/ops/fused_convolution.ipp"
#include "nasnet/ops/fused_pool.ipp"
#include "nasnet/ops/map_arithmetic.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                                             \
  template class InferencePlan<Scalar>;                                                                        \
  template class ConvolutionTiling<Scalar>;                                                                    \
  template class PoolTiling<Scalar>;                                                                           \
  template TaskRanges pixel_ranges(const MapView<const Scalar>& maps);                                         \
  template TaskRanges mean_ranges(const MapView<const Scalar>& maps, InstructionSet set);                      \
  template void add_pixels(const TaskRanges& ranges, std::int64_t task, const MapView<const Scalar>& left,     \
                           const MapView<const Scalar>& right, const MapView<Scalar>& to, InstructionSet set); \
  template void copy_pixels(const TaskRanges& ranges, std::int64_t task, const MapView<const Scalar>& from,    \
                            const MapView<Scalar>& to, InstructionSet set);                                    \
  template void mean_of_pixels(const TaskRanges& ranges, std::int64_t task, const MapView<const Scalar>& from, \
                               bool rectify, const MapView<Scalar>& to, InstructionSet set);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI
