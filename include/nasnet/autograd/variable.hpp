/// A tensor that may have a gradient.
#pragma once

#include <memory>   // shared_ptr, make_shared
#include <utility>  // move

#include "nasnet/core/context.hpp"
#include "nasnet/core/tensor.hpp"

namespace nasnet::inline NASNET_ABI {

/// The gradient of a value, which may not have been computed yet.
template <class Scalar>
struct Gradient {
  Tensor<Scalar> tensor;
  bool filled = false;  ///< else the next write overwrites
};

/// A value in a computation, and its gradient if one is wanted. Copies share both.
template <class Scalar>
class Variable {
 public:
  Variable() = default;

  /// @param wants_gradient whether backward passes compute d loss / d value: true for parameters
  explicit Variable(Tensor<Scalar> value, bool wants_gradient = false)
      : value_(std::make_shared<Tensor<Scalar>>(std::move(value))),
        gradient_(wants_gradient ? std::make_shared<Gradient<Scalar>>() : nullptr) {}

  [[nodiscard]] const Tensor<Scalar>& value() const { return *value_; }
  [[nodiscard]] Tensor<Scalar>& value() { return *value_; }
  [[nodiscard]] const Shape& shape() const { return value_->shape(); }

  [[nodiscard]] bool wants_gradient() const { return gradient_ != nullptr; }
  /// Whether a backward pass has reached this variable since the last `clear_gradient`.
  [[nodiscard]] bool has_gradient() const { return gradient_ != nullptr && gradient_->filled; }
  /// d loss / d value, of the value's shape. Only where `has_gradient()`.
  [[nodiscard]] const Tensor<Scalar>& gradient() const { return gradient_->tensor; }
  [[nodiscard]] Tensor<Scalar>& gradient() { return gradient_->tensor; }
  /// Takes the memory of a wanted gradient now, so that no backward pass has to.
  void reserve_gradient(Context& context) {
    if (!wants_gradient() || gradient_->tensor.shape() == shape()) return;
    gradient_->tensor = context.tensor<Scalar>(shape());
  }
  /// Forgets the gradient; its memory is used again.
  void clear_gradient() {
    if (gradient_ != nullptr) gradient_->filled = false;
  }

  [[nodiscard]] const std::shared_ptr<Tensor<Scalar>>& shared_value() const { return value_; }
  [[nodiscard]] const std::shared_ptr<Gradient<Scalar>>& shared_gradient() const { return gradient_; }

 private:
  std::shared_ptr<Tensor<Scalar>> value_;
  std::shared_ptr<Gradient<Scalar>> gradient_;
};

}  // namespace nasnet::inline NASNET_ABI
