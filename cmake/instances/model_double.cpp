#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI {

template class Model<double>;

}  // namespace nasnet::inline NASNET_ABI
