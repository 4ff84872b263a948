#include "nasnet/model/model.hpp"

namespace nasnet::inline v0 {

template class Model<double>;

}  // namespace nasnet::inline v0
