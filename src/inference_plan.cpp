#include "nasnet/model/inference_plan.ipp"

namespace nasnet::inline NASNET_ABI {

template class InferencePlan<float>;
template class InferencePlan<double>;

}  // namespace nasnet::inline NASNET_ABI
