#include "nasnet/model/model.hpp"

namespace nasnet::inline v0 {

template class Model<float>;

}  // namespace nasnet::inline v0
