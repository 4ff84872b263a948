#include "nasnet/strategy/controller_network.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "catch.hpp"
#include "nasnet/autograd/gradient_check.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/ops/add.hpp"
#include "nasnet/ops/elementwise.hpp"
#include "nasnet/space/cell_space.hpp"
#include "nasnet/space/search_space.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

const std::vector<int> few_choices{2, 3, 1, 4, 2};  // 48 sequences

/// Weights large enough for probabilities that differ.
constexpr ControllerNetworkOptions small{.units = 5, .embedding = 3, .first_weights = 1.0};

std::vector<std::vector<int>> all_sequences(const std::vector<int>& choices) {
  std::vector<std::vector<int>> found{{}};
  for (const int count : choices) {
    std::vector<std::vector<int>> longer;
    for (const std::vector<int>& begin : found) {
      for (int choice = 0; choice < count; ++choice) {
        longer.push_back(begin);
        longer.back().push_back(choice);
      }
    }
    found = std::move(longer);
  }
  return found;
}

template <class Scalar>
std::vector<double> probabilities(const ControllerNetwork<Scalar>& network,
                                  const std::vector<std::vector<int>>& sequences) {
  Context context(1);
  Tape<Scalar> tape(context, Recording::off);
  std::vector<double> found;
  const auto scores = network.score(tape, sequences);
  for (const Scalar log : scores.log_probabilities.value().values()) {
    found.push_back(std::exp(static_cast<double>(log)));
  }
  return found;
}

template <class Scalar>
double sum_of_probabilities(const ControllerNetworkOptions& options) {
  const ControllerNetwork<Scalar> network(few_choices, options, RandomStream(3));
  double sum = 0;
  for (const double probability : probabilities(network, all_sequences(few_choices))) sum += probability;
  return sum;
}

double entropy(const ControllerNetwork<double>& network, const std::vector<int>& sequence) {
  Context context(1);
  Tape<double> tape(context, Recording::off);
  return network.score(tape, std::span(&sequence, 1)).entropy.value()[0];
}

/// Probabilities of the first decision.
std::vector<double> first_decision(ControllerNetworkOptions options) {
  const ControllerNetwork<double> network({5}, options, RandomStream(3));
  return probabilities(network, all_sequences({5}));
}

}  // namespace

TEST_CASE("controller network: the probabilities of all sequences sum to 1") {
  ControllerNetworkOptions tempered = small;
  tempered.temperature = 0.3;
  tempered.tanh_constant = 2.5;
  for (const ControllerNetworkOptions& options : {small, tempered}) {
    CHECK(std::abs(sum_of_probabilities<double>(options) - 1) < 1e-9);
    CHECK(std::abs(sum_of_probabilities<float>(options) - 1) < 1e-5);
  }
}

TEST_CASE("controller network: gradients of log-probabilities and entropy agree with finite differences") {
  ControllerNetworkOptions options = small;
  if (GENERATE(false, true)) {
    options.temperature = 0.6;
    options.tanh_constant = 1.5;
  }
  const ControllerNetwork<double> network(few_choices, options, RandomStream(3));
  const std::vector<std::vector<int>> sequences{{0, 2, 0, 3, 1}, {1, 0, 0, 3, 0}, {1, 2, 0, 1, 0}};
  const DifferentiableFunction function = [&](Tape<double>& tape) {
    const auto scores = network.score(tape, sequences);
    const auto logs = tape.apply(detail::WeightedSum{RandomStream(5)}, {scores.log_probabilities});
    return tape.apply(Add{}, {logs, tape.apply(Scale{0.3}, {scores.entropy})});
  };
  std::vector<Variable<double>> variables;
  for (const auto& parameter : network.parameters()) variables.push_back(parameter.variable);
  CHECK(variables.size() == 4 + 2 * few_choices.size());
  Context context(1);
  const GradientCheckResult result = check_gradients(function, variables, context, {.tolerance = 1e-7});
  INFO(result.worst_place);
  CHECK(result.passed);
}

TEST_CASE("controller network: without weights all sequences of the paper's space are equally likely") {
  const SearchSpace space = CellSpace<NasnetOps, 5>::space();
  std::vector<int> choices;
  for (int position = 0; position < space.decisions(); ++position) choices.push_back(space.choices(position));
  const std::vector<int> sequence(50, 0);
  const ControllerNetwork<double> zero(choices, {.first_weights = 0}, RandomStream(3));
  CHECK_THAT(entropy(zero, sequence), Catch::Matchers::WithinAbs(84.5474638, 1e-6));
  const double log = std::log(probabilities(zero, {sequence}).front());
  CHECK_THAT(log, Catch::Matchers::WithinAbs(-84.5474638, 1e-6));
  CHECK_THAT(log, Catch::Matchers::WithinAbs(-space.entropy(), 1e-9));

  // Logits of variance 0.1^2 / 3 take half of that from each of 50 decisions; some more for the LSTM's part.
  const ControllerNetwork<double> first(choices, {}, RandomStream(3));
  CHECK(entropy(first, sequence) < 84.5474638);
  CHECK(entropy(first, sequence) > 84.5474638 - 0.2);

  std::vector<int> cell(choices.begin(), choices.begin() + 25);
  const ControllerNetwork<double> normal(cell, {.first_weights = 0}, RandomStream(3));
  CHECK_THAT(entropy(normal, std::vector<int>(25, 0)), Catch::Matchers::WithinAbs(42.2737319, 1e-6));
}

TEST_CASE("controller network: the entropy is that of the joint distribution, on average") {
  const ControllerNetwork<double> network(few_choices, small, RandomStream(3));
  const auto sequences = all_sequences(few_choices);
  const auto likely = probabilities(network, sequences);
  double joint = 0;
  double average = 0;
  for (std::size_t s = 0; s < sequences.size(); ++s) {
    joint -= likely[s] * std::log(likely[s]);
    average += likely[s] * entropy(network, sequences[s]);
  }
  CHECK_THAT(average, Catch::Matchers::WithinAbs(joint, 1e-9));
}

TEST_CASE("controller network: draws follow the probabilities and know their own") {
  const ControllerNetwork<float> network(few_choices, small, RandomStream(3));
  const auto sequences = all_sequences(few_choices);
  const auto likely = probabilities(network, sequences);
  Context context(1);
  constexpr int draws = 4000;
  std::vector<int> counts(sequences.size());
  for (int k = 0; k < draws; ++k) {
    RandomStream random = RandomStream(9).split("draw", static_cast<std::uint64_t>(k));
    const auto drawn = network.draw(context, random);
    CHECK(random.state().position == few_choices.size());
    std::size_t place = 0;
    for (std::size_t d = 0; d < few_choices.size(); ++d) {
      place = place * static_cast<std::size_t>(few_choices[d]) + static_cast<std::size_t>(drawn.decisions[d]);
    }
    REQUIRE(sequences[place] == drawn.decisions);
    ++counts[place];
    if (k < 100) CHECK_THAT(drawn.log_probability, Catch::Matchers::WithinAbs(std::log(likely[place]), 1e-5));
  }
  for (std::size_t s = 0; s < sequences.size(); ++s) {  // binomial: five deviations, and one count
    const double deviation = std::sqrt(draws * likely[s] * (1 - likely[s]));
    CHECK(std::abs(counts[s] - draws * likely[s]) < 5 * deviation + 1);
  }
}

TEST_CASE("controller network: a decision depends on those before it") {
  const ControllerNetwork<double> network({2, 2, 3}, small, RandomStream(3));
  const auto likely = probabilities(network, all_sequences({2, 2, 3}));
  const double after_0 = likely[0] / (likely[0] + likely[1] + likely[2]);
  const double after_1 = likely[6] / (likely[6] + likely[7] + likely[8]);
  CHECK(std::abs(after_0 - after_1) > 1e-3);
}

TEST_CASE("controller network: temperature and tanh constant change the distribution as they must") {
  const ControllerNetworkOptions plain{.units = 8, .embedding = 4, .first_weights = 2.0};
  const std::vector<double> p = first_decision(plain);
  const auto logit = [&p](std::size_t k) { return std::log(p[k] / p[0]); };  // of choice k, above that of choice 0
  REQUIRE(std::abs(logit(2)) > 0.3);

  ControllerNetworkOptions hot = plain;
  hot.temperature = 3;
  const std::vector<double> tempered = first_decision(hot);
  for (std::size_t k = 1; k < p.size(); ++k) {
    CHECK_THAT(std::log(tempered[k] / tempered[0]), Catch::Matchers::WithinAbs(logit(k) / 3, 1e-9));
  }

  // However the weights are, two choices differ by no more than e^(2 c); a large constant changes little.
  ControllerNetworkOptions bounded = plain;
  bounded.first_weights = 50;
  bounded.tanh_constant = 0.2;
  const std::vector<double> near = first_decision(bounded);
  for (const double one : near) CHECK(std::abs(std::log(one / near[0])) < 0.4 + 1e-9);
  CHECK(std::abs(std::log(*std::max_element(near.begin(), near.end()) / *std::min_element(near.begin(), near.end()))) >
        0.3);
  ControllerNetworkOptions wide{.units = 8, .embedding = 4, .first_weights = 0.1, .tanh_constant = 1};
  const std::vector<double> curved = first_decision(wide);
  wide.tanh_constant = 0;
  const std::vector<double> straight = first_decision(wide);
  for (std::size_t k = 1; k < p.size(); ++k) {  // tanh(x) = x - x^3 / 3 + ...
    CHECK_THAT(std::log(curved[k] / curved[0]), Catch::Matchers::WithinAbs(std::log(straight[k] / straight[0]), 0.01));
  }

  // Temperature first, then the tanh: with a cold enough one all logits are at the bound.
  bounded.temperature = 1e-6;
  for (const double one : first_decision(bounded)) {
    const double difference = std::abs(std::log(one / first_decision(bounded)[0]));
    CHECK((difference < 1e-9 || std::abs(difference - 0.4) < 1e-9));
  }
}

TEST_CASE("controller network: mistakes are named") {
  const auto refuse = [](std::vector<int> choices, ControllerNetworkOptions options, const std::string& sentence) {
    CHECK_THROWS_MATCHES(ControllerNetwork<float>(std::move(choices), options, RandomStream(1)), ArgumentError,
                         MessageMatches(ContainsSubstring(sentence)));
  };
  refuse({}, {}, "no decisions");
  refuse({2, 0}, {}, "a decision with 0 choices");
  refuse({2}, {.units = 0}, "0 units");
  refuse({2}, {.embedding = -1}, "an embedding of -1");
  refuse({2}, {.first_weights = -0.1}, "first weights up to -0.1");
  refuse({2}, {.temperature = 0}, "a temperature of 0");
  refuse({2}, {.tanh_constant = -1}, "a tanh constant of -1");
  const ControllerNetwork<float> network({2, 3}, small, RandomStream(1));
  CHECK_THROWS_AS(probabilities(network, {}), ArgumentError);
  CHECK_THROWS_AS(probabilities(network, {{1, 2}, {1}}), DataError);
  CHECK_THROWS_AS(probabilities(network, {{1, 3}}), DataError);
  CHECK_THROWS_AS(probabilities(network, {{-1, 0}}), DataError);
}
