#include "nasnet/model/inference_plan.hpp"

namespace nasnet::inline NASNET_ABI {

template class InferencePlan<float>;

}  // namespace nasnet::inline NASNET_ABI
