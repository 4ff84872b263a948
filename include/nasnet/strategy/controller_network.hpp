/// The network of a controller: a recurrent network whose softmaxes make one decision after the other.
#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // int32_t, int64_t
#include <span>     // span
#include <string>   // string
#include <vector>   // vector

#include "nasnet/autograd/tape.hpp"
#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/ops/add_bias.hpp"
#include "nasnet/ops/matrix_multiply.hpp"
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
  ControllerNetwork(std::vector<int> choices, ControllerNetworkOptions options, const RandomStream& random);

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
  [[nodiscard]] Scores score(Tape<Scalar>& tape, std::span<const std::vector<int>> sequences) const;

  /// A sequence and its log-probability.
  struct Draw {
    std::vector<int> decisions;
    double log_probability = 0;
  };

  /// Draws a sequence; takes one random number a decision.
  [[nodiscard]] Draw draw(Context& context, RandomStream& random) const;

 private:
  struct Softmax {
    Variable<Scalar> weight, bias;
  };
  struct State {
    Variable<Scalar> hidden, cell;  // [sequences, units]
    bool is_zero = true;            // before the first step
  };

  void check_options() const;

  void check_sequences(std::span<const std::vector<int>> sequences) const;

  [[nodiscard]] Variable<Scalar> add_parameter(std::string name, const Shape& shape, const RandomStream& random);

  /// The row of a choice among the embeddings.
  [[nodiscard]] std::int32_t row_of(std::size_t decision, int choice) const {
    return static_cast<std::int32_t>(first_rows_[decision]) + choice;
  }

  /// What inputs [R,embedding] add to the LSTM's gates: [R,4*units].
  [[nodiscard]] Variable<Scalar> gate_inputs(Tape<Scalar>& tape, const Variable<Scalar>& inputs) const {
    return tape.apply(AddBias{}, {tape.apply(MatrixMultiply{}, {inputs, input_weight_}), gate_bias_});
  }

  /// One step of the LSTM: c = f c + i g, h = o tanh(c), with gates i, f, o and candidate g side by side.
  void advance(Tape<Scalar>& tape, State& state, Variable<Scalar> gates) const;

  /// Log-probabilities of a decision's choices: [sequences, choices].
  [[nodiscard]] Variable<Scalar> log_softmax(Tape<Scalar>& tape, std::size_t decision,
                                             const Variable<Scalar>& hidden) const;

  [[nodiscard]] static Variable<Scalar> sum(Tape<Scalar>& tape, const std::vector<Variable<Scalar>>& terms) {
    return tape.apply(Add{}, std::span<const Variable<Scalar>>(terms));
  }

  /// The choice where the sum of the probabilities passes a number from [0, 1).
  [[nodiscard]] static int choose(const Tensor<Scalar>& logs, double number);

  std::vector<int> choices_;
  ControllerNetworkOptions options_;
  std::vector<std::int64_t> first_rows_;  // of each decision among the embeddings, and their number
  std::vector<TrainableParameter<Scalar>> parameters_;
  Variable<Scalar> embedding_, input_weight_, hidden_weight_, gate_bias_;
  std::vector<Softmax> softmaxes_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/controller_network.ipp"
#endif
