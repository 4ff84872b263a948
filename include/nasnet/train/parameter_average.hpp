/// Moving averages of parameters, used instead of them for evaluation.
#pragma once

#include <algorithm>  // swap_ranges
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <span>       // span
#include <vector>     // vector

#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/tensor.hpp"

namespace nasnet::inline NASNET_ABI {

/// Exponential moving average of a model's parameters, batch-norm statistics included (paper's appendix: decay 0.9999).
template <class Scalar>
class ParameterAverage {
 public:
  /// Starts at the parameters' values. @param decay of the average per step, in [0, 1)
  ParameterAverage(double decay, std::span<const Variable<Scalar>> parameters) : decay_(decay) {
    for (const Variable<Scalar>& parameter : parameters) averages_.push_back(parameter.value().clone());
  }

  /// Takes the present values in. Early on the decay is (1 + steps) / (10 + steps), so that the start is soon
  /// forgotten.
  void update(std::span<const Variable<Scalar>> parameters) {
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

  /// Exchanges averages and parameters; a second call restores both.
  void swap(std::span<Variable<Scalar>> parameters) {
    for (std::size_t p = 0; p < averages_.size(); ++p) {
      std::swap_ranges(averages_[p].values().begin(), averages_[p].values().end(),
                       parameters[p].value().values().begin());
    }
  }

  [[nodiscard]] std::vector<Tensor<Scalar>>& values() { return averages_; }
  [[nodiscard]] const std::vector<Tensor<Scalar>>& values() const { return averages_; }
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }

 private:
  double decay_;
  std::vector<Tensor<Scalar>> averages_;
  std::int64_t steps_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI
