/// The protocol of a primitive's computation: what one application reads, writes and keeps.
///
/// A primitive `P` computes on a device through two functions, found by argument-dependent lookup:
///
///     template <class Scalar> void forward(const P&, OpCall<Scalar>&);
///     template <class Scalar> void backward(const P&, const OpCall<Scalar>&, const OpGradients<Scalar>&);
#pragma once

#include <cstdint>  // int64_t, uint8_t
#include <span>     // span
#include <vector>   // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/tensor.hpp"

namespace nasnet::inline NASNET_ABI {

/// How normalisation, dropout and drop path behave.
enum class Mode {
  train,     ///< batch statistics, which also move the running ones; dropout and drop path act
  evaluate,  ///< running statistics; no randomness
  frozen,    ///< trains everything but the statistics: running statistics stay bit-equal, dropout and drop path act
};

/// Whether training computes chains of primitives together.
enum class Fusion { on, off };

/// What one run of a network is told.
struct RunOptions {
  Mode mode = Mode::evaluate;
  RandomStream random{};          ///< of this run; each node splits its own stream from it
  double drop_path_keep = 1.0;    ///< probability of the last cell's paths at the end of training; 1 is off
  double drop_path_progress = 0;  ///< part of the training that is done, 0 to 1
  Fusion fusion = Fusion::on;     ///< off only to check or to time what it does
};

/// One application of a primitive.
template <class Scalar>
struct OpCall {
  Context& context;
  RunOptions run{};                             ///< `run.random` belongs to this application alone
  std::vector<const Tensor<Scalar>*> inputs{};  ///< in backward: null unless P::backward_reads_inputs
  std::vector<Tensor<Scalar>*> parameters{};    ///< in the order of P::parameters; statistics are written in training
  Tensor<Scalar> output{};                      ///< made by forward; in backward empty, see `kept_output`
  std::vector<Tensor<Scalar>> saved{};          ///< what forward keeps for backward
  Tensor<std::uint8_t> taps{};                  ///< small indices that forward keeps for backward
  const Tensor<Scalar>* kept_output = nullptr;  ///< in backward: the output if P::backward_reads_output
  bool keep = true;                             ///< whether a backward pass will follow

  [[nodiscard]] const Tensor<Scalar>& input(std::size_t index = 0) const { return *inputs[index]; }
  [[nodiscard]] Tensor<Scalar>& parameter(std::size_t index) const { return *parameters[index]; }
  [[nodiscard]] Tensor<Scalar>& allocate_output(Shape shape) {
    output = context.tensor<Scalar>(shape);
    return output;
  }
};

/// Where a gradient goes: a tensor of the value's shape that is overwritten, or added to. Empty where none is wanted.
template <class Scalar>
struct GradientSlot {
  Tensor<Scalar>* tensor = nullptr;
  bool accumulate = false;

  explicit operator bool() const { return tensor != nullptr; }
};

/// The gradients of one application.
template <class Scalar>
struct OpGradients {
  const Tensor<Scalar>& output;                ///< of the loss by the output
  std::vector<GradientSlot<Scalar>> inputs{};  ///< two may share a tensor: the later one accumulates
  std::vector<GradientSlot<Scalar>> parameters{};
};

}  // namespace nasnet::inline NASNET_ABI
