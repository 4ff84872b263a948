#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI {

template class Model<float>;

}  // namespace nasnet::inline NASNET_ABI
