// Elements of tensors in a device's memory, which the host cannot read or write.
//
// error 1: in a device's memory: copy them to a Tensor of the host first
// error 2: in a device's memory: copy them to a Tensor of the host first
// error 3: in a device's memory: copy them to a Tensor of the host first
// error 4: in a device's memory: copy them to a Tensor of the host first
// error 5: in a device's memory: copy them to a Tensor of the host first
// error 6: no matching (function|constructor)
// error 7: inaccessible base|private base
// error 8: take
#include <cstddef>

#include "nasnet/core/tensor.hpp"

struct Gpu {
  static void* take(std::size_t bytes);
  static void give_back(void* block, std::size_t bytes);
};

using DeviceTensor = nasnet::Tensor<float, Gpu>;

float* good(nasnet::DeviceAllocator<Gpu>& allocator) {
  DeviceTensor tensor({2, 3}, allocator);
  tensor.reshape({6});
  return tensor.data();
}

#if CASE == 1
float bad(const DeviceTensor& tensor) { return tensor[0]; }
#elif CASE == 2
float bad(const DeviceTensor& tensor) { return tensor(0, 0, 0, 0); }
#elif CASE == 3
auto bad(DeviceTensor& tensor) { return tensor.values().size(); }
#elif CASE == 4
void bad(DeviceTensor& tensor) { tensor.fill(0); }
#elif CASE == 5
DeviceTensor bad(const DeviceTensor& tensor) { return tensor.clone(); }
#elif CASE == 6  // the host's memory for a device
DeviceTensor bad(nasnet::Allocator& allocator) { return DeviceTensor({2}, allocator); }
#elif CASE == 7  // a device's memory for the host
nasnet::Tensor<float> bad(nasnet::DeviceAllocator<Gpu>& allocator) { return nasnet::Tensor<float>({2}, allocator); }
#elif CASE == 8  // a type that is no device
struct Nothing {};
nasnet::Tensor<float, Nothing> bad() { return nasnet::Tensor<float, Nothing>({2}); }
#endif
