#pragma once

#include "nasnet/model/initialization.hpp"

#include <cmath>    // abs, sqrt
#include <cstddef>  // size_t
#include <cstdint>  // int64_t

#include "nasnet/core/random.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/primitive/parameter.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Normal with mean 0, redrawn beyond two deviations.
NASNET_LAZY [[nodiscard]] inline double truncated_normal(RandomStream& random) {
  double value = random.normal();
  while (std::abs(value) > 2.0) value = random.normal();
  return value;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
Tensor<Scalar> initial_values(const ParameterSpec& spec, RandomStream random) {
  Tensor<Scalar> tensor(spec.shape);
  switch (spec.initializer) {
    case Initializer::zeros: tensor.fill(Scalar{0}); break;
    case Initializer::ones: tensor.fill(Scalar{1}); break;
    case Initializer::values:
      for (std::int64_t i = 0; i < tensor.elements(); ++i) {
        tensor[i] = static_cast<Scalar>(spec.values[static_cast<std::size_t>(i)]);
      }
      break;
    case Initializer::variance_scaling: {
      const double deviation = std::sqrt(1.3 * 2.0 / static_cast<double>(spec.fan_out()));
      for (Scalar& value : tensor.values()) value = static_cast<Scalar>(deviation * detail::truncated_normal(random));
      break;
    }
  }
  return tensor;
}

}  // namespace nasnet::inline NASNET_ABI
