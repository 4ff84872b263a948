// Operands of the benchmarks. Included by bench only.
#pragma once

#include <nasnet/nasnet.hpp>

namespace bench {

inline nasnet::Tensor<float> random_tensor(const nasnet::Shape& shape) {
  nasnet::Tensor<float> tensor(shape);
  nasnet::RandomStream random(1);
  for (float& value : tensor.values()) value = static_cast<float>(random.normal());
  return tensor;
}

}  // namespace bench
