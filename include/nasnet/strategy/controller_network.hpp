/// The network of a controller: a recurrent network whose softmaxes make one decision after the other.
#pragma once

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
#include "nasnet/train/optimizer.hpp"

namespace nasnet::inline NASNET_ABI {

/// The paper (Zoph et al., CVPR 2018, appendix) states the units and the first weights. It is silent about the
/// embedding, which is as wide as the LSTM here, and has neither temperature nor tanh constant.
struct ControllerNetworkOptions {
  std::int64_t units = 100;      ///< of the LSTM
  std::int64_t embedding = 100;  ///< numbers that stand for a choice where it is fed back
  double first_weights = 0.1;    ///< weights start uniform in [-first_weights, first_weights]
  double temperature = 1;        ///< divides the logits: above 1 choices are closer to uniform
  double tanh_constant = 0;      ///< c > 0: logits, after the temperature, become c tanh(logits); 0: they stay

  bool operator==(const ControllerNetworkOptions&) const = default;
};

/// A distribution over sequences of decisions, each from 0 to choices - 1: figure 3 of the paper.
///
/// A one-layer LSTM runs over the decisions. Each has a softmax of its own, as wide as it has choices, so that a block
/// chooses among the states there are; and each of its choices has an embedding, which is the next decision's input.
/// The first input is learned too. All weights, those of the biases included, start alike; no gate has an offset.
///
/// A sequence has the product of its decisions' probabilities, so all sequences together have 1. Logits are
/// c tanh(logits / temperature), as in ENAS (Pham et al., ICML 2018), where these options are on.
template <class Scalar>
class ControllerNetwork {
 public:
  /// @param choices of each decision, 1 or more
  /// @throws ArgumentError for no decisions or choices, and options out of range.
  ControllerNetwork(std::vector<int> choices, ControllerNetworkOptions options, const RandomStream& random)
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

  [[nodiscard]] const std::vector<int>& choices() const { return choices_; }
  [[nodiscard]] const ControllerNetworkOptions& options() const { return options_; }

  /// All weights, by unique names. They share their values with the network.
  [[nodiscard]] const std::vector<TrainableParameter<Scalar>>& parameters() const { return parameters_; }

  /// What the network says of some sequences.
  struct Scores {
    Variable<Scalar> log_probabilities;  ///< [sequences]
    Variable<Scalar> entropy;            ///< [1]: of the decisions on the way, summed; the mean over the sequences
  };

  /// On sequences that the network has drawn, the entropy is an unbiased estimate of the joint one.
  /// @throws ArgumentError for no sequences, DataError for one that is too long or short or has a decision out of
  /// range.
  [[nodiscard]] Scores score(Tape<Scalar>& tape, std::span<const std::vector<int>> sequences) const {
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

  /// A sequence and its log-probability.
  struct Draw {
    std::vector<int> decisions;
    double log_probability = 0;
  };

  /// Draws a sequence; takes one random number a decision.
  [[nodiscard]] Draw draw(Context& context, RandomStream& random) const {
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

 private:
  struct Softmax {
    Variable<Scalar> weight, bias;
  };
  struct State {
    Variable<Scalar> hidden, cell;  // [sequences, units]
    bool is_zero = true;            // before the first step
  };

  void check_options() const {
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

  void check_sequences(std::span<const std::vector<int>> sequences) const {
    if (sequences.empty()) fail<ArgumentError>("controller: no sequences to score");
    for (const std::vector<int>& sequence : sequences) {
      if (sequence.size() == choices_.size()) continue;  // their decisions are checked where they are picked
      fail<DataError>("controller: a sequence of ", sequence.size(), " decisions, ", choices_.size(), " expected");
    }
  }

  [[nodiscard]] Variable<Scalar> add_parameter(std::string name, const Shape& shape, const RandomStream& random) {
    RandomStream own = random.split(name);
    Tensor<Scalar> value(shape);
    for (Scalar& weight : value.values()) {
      weight = static_cast<Scalar>(options_.first_weights * (2 * own.uniform() - 1));
    }
    Variable<Scalar> variable(std::move(value), true);
    parameters_.push_back({.name = std::move(name), .variable = variable, .decays = false});
    return variable;
  }

  /// The row of a choice among the embeddings.
  [[nodiscard]] std::int32_t row_of(std::size_t decision, int choice) const {
    return static_cast<std::int32_t>(first_rows_[decision]) + choice;
  }

  /// What inputs [R,embedding] add to the LSTM's gates: [R,4*units].
  [[nodiscard]] Variable<Scalar> gate_inputs(Tape<Scalar>& tape, const Variable<Scalar>& inputs) const {
    return tape.apply(AddBias{}, {tape.apply(MatrixMultiply{}, {inputs, input_weight_}), gate_bias_});
  }

  /// One step of the LSTM: c = f c + i g, h = o tanh(c), with gates i, f, o and candidate g side by side.
  void advance(Tape<Scalar>& tape, State& state, Variable<Scalar> gates) const {
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

  /// Log-probabilities of a decision's choices: [sequences, choices].
  [[nodiscard]] Variable<Scalar> log_softmax(Tape<Scalar>& tape, std::size_t decision,
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

  [[nodiscard]] static Variable<Scalar> sum(Tape<Scalar>& tape, const std::vector<Variable<Scalar>>& terms) {
    return tape.apply(Add{}, std::span<const Variable<Scalar>>(terms));
  }

  /// The choice where the sum of the probabilities passes a number from [0, 1).
  [[nodiscard]] static int choose(const Tensor<Scalar>& logs, double number) {
    const auto last = static_cast<int>(logs.elements()) - 1;
    double passed = 0;
    for (int choice = 0; choice < last; ++choice) {
      passed += std::exp(static_cast<double>(logs[choice]));
      if (number < passed) return choice;
    }
    return last;
  }

  std::vector<int> choices_;
  ControllerNetworkOptions options_;
  std::vector<std::int64_t> first_rows_;  // of each decision among the embeddings, and their number
  std::vector<TrainableParameter<Scalar>> parameters_;
  Variable<Scalar> embedding_, input_weight_, hidden_weight_, gate_bias_;
  std::vector<Softmax> softmaxes_;
};

}  // namespace nasnet::inline NASNET_ABI
