#include "nasnet/model/inference_plan.hpp"

namespace nasnet::inline v0 {

template class InferencePlan<double>;

}  // namespace nasnet::inline v0
