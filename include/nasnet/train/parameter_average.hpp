/// Moving averages of parameters, used instead of them for evaluation.
#pragma once

#include <cstdint>  // int64_t
#include <span>     // span
#include <vector>   // vector

#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/tensor.hpp"

namespace nasnet::inline NASNET_ABI {

/// Exponential moving average of a model's parameters, batch-norm statistics included (paper's appendix: decay 0.9999).
template <class Scalar>
class ParameterAverage {
 public:
  /// Starts at the parameters' values. @param decay of the average per step, in [0, 1)
  ParameterAverage(double decay, std::span<const Variable<Scalar>> parameters);

  /// Takes the present values in. Early on the decay is (1 + steps) / (10 + steps), so that the start is soon
  /// forgotten.
  void update(std::span<const Variable<Scalar>> parameters);

  /// Exchanges averages and parameters; a second call restores both.
  void swap(std::span<Variable<Scalar>> parameters);

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

#if NASNET_HEADER_ONLY
#include "nasnet/train/parameter_average.ipp"
#endif
