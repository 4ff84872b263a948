#pragma once

#include "nasnet/train/parameter_average.hpp"

#include <algorithm>  // swap_ranges
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <span>       // span

#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/tensor.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
ParameterAverage<Scalar>::ParameterAverage(double decay, std::span<const Variable<Scalar>> parameters) : decay_(decay) {
  for (const Variable<Scalar>& parameter : parameters) averages_.push_back(parameter.value().clone());
}

template <class Scalar>
void ParameterAverage<Scalar>::update(std::span<const Variable<Scalar>> parameters) {
  const double early = (1.0 + static_cast<double>(steps_)) / (10.0 + static_cast<double>(steps_));
  const auto decay = static_cast<Scalar>(early < decay_ ? early : decay_);
  ++steps_;
  for (std::size_t p = 0; p < averages_.size(); ++p) {
    const Tensor<Scalar>& value = parameters[p].value();
    for (std::int64_t i = 0; i < value.elements(); ++i) {
      averages_[p][i] += (1 - decay) * (value[i] - averages_[p][i]);
    }
  }
}

template <class Scalar>
void ParameterAverage<Scalar>::swap(std::span<Variable<Scalar>> parameters) {
  for (std::size_t p = 0; p < averages_.size(); ++p) {
    std::swap_ranges(averages_[p].values().begin(), averages_[p].values().end(),
                     parameters[p].value().values().begin());
  }
}

}  // namespace nasnet::inline NASNET_ABI
