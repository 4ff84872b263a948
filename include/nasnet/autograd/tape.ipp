#pragma once

#include "nasnet/autograd/tape.hpp"

#include <cstdint>  // int64_t
#include <memory>   // shared_ptr, unique_ptr
#include <span>     // span
#include <utility>  // as_const, exchange, move

#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void Tape<Scalar>::backward(const Variable<Scalar>& loss) {
  if (loss.value().elements() != 1) {
    fail<ShapeError>("backward: the loss has shape ", loss.shape().to_string(), ", one element is wanted");
  }
  Tensor<Scalar> one = context_.tensor<Scalar>(loss.shape());
  one.fill(Scalar{1});
  const SeededOutput seed{loss, std::move(one)};
  backward(std::span(&seed, 1));
}

template <class Scalar>
void Tape<Scalar>::backward(std::span<const SeededOutput> seeds) {
  for (const SeededOutput& seed : seeds) add_seed(seed);
  while (!entries_.empty()) {
    const std::unique_ptr<detail::TapeEntry> last = std::move(entries_.back());
    entries_.pop_back();
    last->play_back();
  }
}

template <class Scalar>
bool Tape<Scalar>::any_wants_gradient(std::span<const Variable<Scalar>> variables) {
  for (const Variable<Scalar>& variable : variables) {
    if (variable.wants_gradient()) return true;
  }
  return false;
}

template <class Scalar>
void Tape<Scalar>::add_seed(const SeededOutput& seed) {
  if (!seed.output.wants_gradient()) {
    fail<ArgumentError>("backward: nothing that wants a gradient led to this output");
  }
  if (!(seed.gradient.shape() == seed.output.shape())) {
    fail<ShapeError>("backward: the output has shape ", seed.output.shape().to_string(), ", its gradient ",
                     seed.gradient.shape().to_string());
  }
  Gradient<Scalar>& gradient = *seed.output.shared_gradient();
  if (!gradient.filled) {
    gradient.tensor = seed.gradient.clone(context_.allocator());
    gradient.filled = true;
    return;
  }
  for (std::int64_t i = 0; i < seed.gradient.elements(); ++i) gradient.tensor[i] += seed.gradient[i];
}

}  // namespace nasnet::inline NASNET_ABI
