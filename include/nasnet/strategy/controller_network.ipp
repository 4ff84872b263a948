#pragma once

#include "nasnet/strategy/controller_network.hpp"

#include <cmath>    // exp, isfinite
#include <cstddef>  // size_t
#include <cstdint>  // int32_t, int64_t
#include <span>     // span
#include <string>   // string
#include <utility>  // move
#include <vector>   // vector

#include "nasnet/autograd/tape.hpp"
#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/ops/add.hpp"
#include "nasnet/ops/add_bias.hpp"
#include "nasnet/ops/elementwise.hpp"
#include "nasnet/ops/gather.hpp"
#include "nasnet/ops/log_softmax.hpp"
#include "nasnet/ops/matrix_multiply.hpp"
#include "nasnet/ops/reductions.hpp"
#include "nasnet/ops/slice.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
ControllerNetwork<Scalar>::ControllerNetwork(std::vector<int> choices, ControllerNetworkOptions options,
                                             const RandomStream& random)
    : choices_(std::move(choices)), options_(options) {
  check_options();
  first_rows_.push_back(1);  // row 0 is the first input
  for (const int count : choices_) {
    if (count < 1) fail<ArgumentError>("controller: a decision with ", count, " choices");
    first_rows_.push_back(first_rows_.back() + count);
  }
  embedding_ = add_parameter("embedding", {first_rows_.back(), options_.embedding}, random);
  input_weight_ = add_parameter("input.weight", {options_.embedding, 4 * options_.units}, random);
  hidden_weight_ = add_parameter("hidden.weight", {options_.units, 4 * options_.units}, random);
  gate_bias_ = add_parameter("gates.bias", {4 * options_.units}, random);
  for (std::size_t d = 0; d < choices_.size(); ++d) {
    const std::string scope = join("decisions.", d);
    softmaxes_.push_back({add_parameter(scope + ".weight", {options_.units, choices_[d]}, random),
                          add_parameter(scope + ".bias", {choices_[d]}, random)});
  }
}

template <class Scalar>
typename ControllerNetwork<Scalar>::Scores ControllerNetwork<Scalar>::score(
    Tape<Scalar>& tape, std::span<const std::vector<int>> sequences) const {
  check_sequences(sequences);
  const Variable<Scalar> inputs = gate_inputs(tape, embedding_);  // of all choices, since batches repeat them
  std::vector<std::int32_t> rows(sequences.size(), 0);
  std::vector<Variable<Scalar>> picked, entropies;
  State state;
  for (std::size_t d = 0; d < choices_.size(); ++d) {
    advance(tape, state, tape.apply(EmbeddingRow{rows}, {inputs}));
    const Variable<Scalar> logs = log_softmax(tape, d, state.hidden);
    std::vector<std::int32_t> decisions;
    for (std::size_t s = 0; s < sequences.size(); ++s) {
      decisions.push_back(sequences[s][d]);
      rows[s] = row_of(d, sequences[s][d]);
    }
    picked.push_back(tape.apply(PickColumn{std::move(decisions)}, {logs}));
    entropies.push_back(tape.apply(Sum{}, {tape.apply(Multiply{}, {tape.apply(Exp{}, {logs}), logs})}));
  }
  const double share = -1.0 / static_cast<double>(sequences.size());
  return {sum(tape, picked), tape.apply(Scale{share}, {sum(tape, entropies)})};
}

template <class Scalar>
typename ControllerNetwork<Scalar>::Draw ControllerNetwork<Scalar>::draw(Context& context, RandomStream& random) const {
  Tape<Scalar> tape(context, Recording::off);
  Draw drawn;
  State state;
  std::int32_t row = 0;
  for (std::size_t d = 0; d < choices_.size(); ++d) {
    advance(tape, state, gate_inputs(tape, tape.apply(EmbeddingRow{{row}}, {embedding_})));
    const Variable<Scalar> logs = log_softmax(tape, d, state.hidden);
    const int choice = choose(logs.value(), random.uniform());
    drawn.decisions.push_back(choice);
    drawn.log_probability += static_cast<double>(logs.value()[choice]);
    row = row_of(d, choice);
  }
  return drawn;
}

template <class Scalar>
void ControllerNetwork<Scalar>::check_options() const {
  if (choices_.empty()) fail<ArgumentError>("controller: no decisions");
  if (options_.units < 1) fail<ArgumentError>("controller: ", options_.units, " units, 1 or more are wanted");
  if (options_.embedding < 1) {
    fail<ArgumentError>("controller: an embedding of ", options_.embedding, ", 1 or more are wanted");
  }
  if (!(options_.first_weights >= 0) || !std::isfinite(options_.first_weights)) {
    fail<ArgumentError>("controller: first weights up to ", options_.first_weights, ", 0 or more are wanted");
  }
  if (!(options_.temperature > 0) || !std::isfinite(options_.temperature)) {
    fail<ArgumentError>("controller: a temperature of ", options_.temperature, ", more than 0 is wanted");
  }
  if (!(options_.tanh_constant >= 0) || !std::isfinite(options_.tanh_constant)) {
    fail<ArgumentError>("controller: a tanh constant of ", options_.tanh_constant, ", 0 or more is wanted");
  }
}

template <class Scalar>
void ControllerNetwork<Scalar>::check_sequences(std::span<const std::vector<int>> sequences) const {
  if (sequences.empty()) fail<ArgumentError>("controller: no sequences to score");
  for (const std::vector<int>& sequence : sequences) {
    if (sequence.size() == choices_.size()) continue;  // their decisions are checked where they are picked
    fail<DataError>("controller: a sequence of ", sequence.size(), " decisions, ", choices_.size(), " expected");
  }
}

template <class Scalar>
Variable<Scalar> ControllerNetwork<Scalar>::add_parameter(std::string name, const Shape& shape,
                                                          const RandomStream& random) {
  RandomStream own = random.split(name);
  Tensor<Scalar> value(shape);
  for (Scalar& weight : value.values()) {
    weight = static_cast<Scalar>(options_.first_weights * (2 * own.uniform() - 1));
  }
  Variable<Scalar> variable(std::move(value), true);
  parameters_.push_back({.name = std::move(name), .variable = variable, .decays = false});
  return variable;
}

template <class Scalar>
void ControllerNetwork<Scalar>::advance(Tape<Scalar>& tape, State& state, Variable<Scalar> gates) const {
  if (!state.is_zero) {
    gates = tape.apply(Add{}, {gates, tape.apply(MatrixMultiply{}, {state.hidden, hidden_weight_})});
  }
  const auto part = [&](std::int64_t k) {
    return tape.apply(Slice{k * options_.units, (k + 1) * options_.units}, {gates});
  };
  const Variable<Scalar> input = tape.apply(Sigmoid{}, {part(0)});
  const Variable<Scalar> forget = tape.apply(Sigmoid{}, {part(1)});
  const Variable<Scalar> output = tape.apply(Sigmoid{}, {part(2)});
  const Variable<Scalar> candidate = tape.apply(Tanh{}, {part(3)});
  const Variable<Scalar> added = tape.apply(Multiply{}, {input, candidate});
  const bool keeps = !state.is_zero;
  state.cell = keeps ? tape.apply(Add{}, {tape.apply(Multiply{}, {forget, state.cell}), added}) : added;
  state.hidden = tape.apply(Multiply{}, {output, tape.apply(Tanh{}, {state.cell})});
  state.is_zero = false;
}

template <class Scalar>
Variable<Scalar> ControllerNetwork<Scalar>::log_softmax(Tape<Scalar>& tape, std::size_t decision,
                                                        const Variable<Scalar>& hidden) const {
  const Softmax& softmax = softmaxes_[decision];
  Variable<Scalar> logits = tape.apply(MatrixMultiply{}, {hidden, softmax.weight});
  logits = tape.apply(AddBias{}, {logits, softmax.bias});
  if (options_.temperature != 1) logits = tape.apply(Scale{1 / options_.temperature}, {logits});
  if (options_.tanh_constant > 0) {
    logits = tape.apply(Scale{options_.tanh_constant}, {tape.apply(Tanh{}, {logits})});
  }
  return tape.apply(LogSoftmax{}, {logits});
}

template <class Scalar>
int ControllerNetwork<Scalar>::choose(const Tensor<Scalar>& logs, double number) {
  const auto last = static_cast<int>(logs.elements()) - 1;
  double passed = 0;
  for (int choice = 0; choice < last; ++choice) {
    passed += std::exp(static_cast<double>(logs[choice]));
    if (number < passed) return choice;
  }
  return last;
}

}  // namespace nasnet::inline NASNET_ABI
