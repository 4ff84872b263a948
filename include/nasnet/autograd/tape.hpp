/// Reverse-mode differentiation: the tape notes what was computed, and plays it backwards.
#pragma once

#include <algorithm>         // count
#include <cstddef>           // size_t
#include <initializer_list>  // initializer_list
#include <memory>            // shared_ptr, unique_ptr
#include <span>              // span
#include <utility>           // as_const, exchange, move
#include <vector>            // vector

#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/structure.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// One application on a tape.
struct TapeEntry {
  TapeEntry() = default;
  TapeEntry(const TapeEntry&) = delete;
  TapeEntry& operator=(const TapeEntry&) = delete;
  virtual ~TapeEntry() = default;
  virtual void play_back() = 0;
};

/// An application of a primitive, with what its backward needs and no more.
template <class P, class Scalar>
class Application final : public TapeEntry {
 public:
  Application(const P& primitive, OpCall<Scalar> call, std::span<const Variable<Scalar>> inputs,
              std::span<const Variable<Scalar>> parameters, const Variable<Scalar>& output)
      : primitive_(primitive),
        call_(std::move(call)),
        parameters_(parameters.begin(), parameters.end()),
        output_gradient_(output.shared_gradient()) {
    const bool reads_inputs = backward_reads_inputs(primitive);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      input_gradients_.push_back(inputs[i].shared_gradient());
      input_shapes_.push_back(inputs[i].shape());
      if (reads_inputs) {
        input_values_.push_back(inputs[i].shared_value());
      } else {
        call_.inputs[i] = nullptr;
      }
    }
    if (backward_reads_output(primitive)) {
      output_value_ = output.shared_value();
      call_.kept_output = output_value_.get();
    }
  }

  void play_back() override {
    if (!output_gradient_->filled) return;  // nothing that led to the loss
    OpGradients<Scalar> gradients{.output = output_gradient_->tensor, .inputs = {}, .parameters = {}};
    Gradient<Scalar>* const receiver = find_receiver();
    for (std::size_t i = 0; i < input_gradients_.size(); ++i) {
      Gradient<Scalar>* const gradient = input_gradients_[i].get();
      gradients.inputs.push_back(gradient != nullptr && gradient == receiver ? GradientSlot<Scalar>{}
                                                                             : slot(gradient, input_shapes_[i]));
    }
    for (const Variable<Scalar>& parameter : parameters_) {
      gradients.parameters.push_back(slot(parameter.shared_gradient().get(), parameter.shape()));
    }
    backward(primitive_, std::as_const(call_), std::as_const(gradients));
    if (receiver == nullptr) return;
    receiver->tensor = std::move(output_gradient_->tensor);
    receiver->filled = true;
  }

 private:
  /// The gradient that takes over the output's, where that is what it would be a copy of: one that nothing has been
  /// added to yet, and of an output that nobody else knows.
  [[nodiscard]] Gradient<Scalar>* find_receiver() const {
    if (output_gradient_.use_count() > 1) return nullptr;
    for (std::size_t i = 0; i < input_gradients_.size(); ++i) {
      Gradient<Scalar>* const gradient = input_gradients_[i].get();
      const auto same = std::count(input_gradients_.begin(), input_gradients_.end(), input_gradients_[i]);
      if (gradient != nullptr && !gradient->filled && same == 1 && passes_gradient(primitive_, i)) return gradient;
    }
    return nullptr;
  }

  // Marks the gradient as filled at once: a variable that stands twice among the inputs accumulates the second time.
  [[nodiscard]] GradientSlot<Scalar> slot(Gradient<Scalar>* gradient, const Shape& shape) {
    if (gradient == nullptr) return {};
    const bool accumulate = std::exchange(gradient->filled, true);
    if (!(gradient->tensor.shape() == shape)) gradient->tensor = call_.context.template tensor<Scalar>(shape);
    return {&gradient->tensor, accumulate};
  }

  P primitive_;
  OpCall<Scalar> call_;
  std::vector<std::shared_ptr<Tensor<Scalar>>> input_values_;
  std::vector<std::shared_ptr<Gradient<Scalar>>> input_gradients_;
  std::vector<Shape> input_shapes_;
  std::vector<Variable<Scalar>> parameters_;
  std::shared_ptr<Tensor<Scalar>> output_value_;
  std::shared_ptr<Gradient<Scalar>> output_gradient_;
};

}  // namespace detail

/// Whether a tape notes what it computes. Evaluation does without.
enum class Recording { on, off };

/// A list of applications in the order in which they ran. `backward` walks it once, from the end, without recursion,
/// and frees what each application kept as soon as it is done with it.
template <class Scalar>
class Tape {
 public:
  /// @param context must outlive the tape
  explicit Tape(Context& context, Recording recording = Recording::on) : context_(context), recording_(recording) {}

  [[nodiscard]] Context& context() { return context_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// Computes a primitive and notes it if an input or a parameter wants a gradient.
  /// @param run its random stream must belong to this application alone
  template <class P>
  [[nodiscard]] Variable<Scalar> apply(const P& primitive, std::span<const Variable<Scalar>> inputs,
                                       std::span<const Variable<Scalar>> parameters = {}, const RunOptions& run = {}) {
    const bool records = recording_ == Recording::on && (any_wants_gradient(inputs) || any_wants_gradient(parameters));
    OpCall<Scalar> call{.context = context_,
                        .run = run,
                        .inputs = {},
                        .parameters = {},
                        .output = {},
                        .saved = {},
                        .taps = {},
                        .kept_output = nullptr,
                        .keep = records};
    for (const Variable<Scalar>& input : inputs) call.inputs.push_back(&input.value());
    for (const Variable<Scalar>& parameter : parameters) call.parameters.push_back(parameter.shared_value().get());
    forward(primitive, call);
    Variable<Scalar> output(std::move(call.output), records);
    if (records) {
      entries_.push_back(
          std::make_unique<detail::Application<P, Scalar>>(primitive, std::move(call), inputs, parameters, output));
    }
    return output;
  }

  template <class P>
  [[nodiscard]] Variable<Scalar> apply(const P& primitive, std::initializer_list<Variable<Scalar>> inputs,
                                       std::initializer_list<Variable<Scalar>> parameters = {},
                                       const RunOptions& run = {}) {
    return apply(primitive, std::span<const Variable<Scalar>>(inputs.begin(), inputs.size()),
                 std::span<const Variable<Scalar>>(parameters.begin(), parameters.size()), run);
  }

  /// Computes the gradients of `loss`, a single number, by all variables that want one, adding to those they have.
  /// The tape is empty afterwards.
  /// @throws ShapeError unless the loss has one element, ArgumentError where nothing led to it.
  void backward(const Variable<Scalar>& loss);

  /// An output and the gradient of the loss by it.
  struct SeededOutput {
    Variable<Scalar> output;
    Tensor<Scalar> gradient;
  };

  /// As above, for a loss that is known only through its gradients by several outputs.
  void backward(std::span<const SeededOutput> seeds);

  /// Forgets everything without a backward pass.
  void clear() { entries_.clear(); }

 private:
  [[nodiscard]] static bool any_wants_gradient(std::span<const Variable<Scalar>> variables);

  void add_seed(const SeededOutput& seed);

  Context& context_;
  Recording recording_;
  std::vector<std::unique_ptr<detail::TapeEntry>> entries_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/autograd/tape.ipp"
#endif
