#include "nasnet/strategy/ppo_controller.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "nasnet/autograd/gradient_check.hpp"
#include "nasnet/ops/reductions.hpp"
#include "nasnet/space/nasbench201_space.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/random_search.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using Catch::Matchers::WithinAbs;
using toy::done;

namespace {

/// Quick to train, and quick to learn.
PpoOptions quick() { return {.network = {.units = 16, .embedding = 8}, .batch = 10, .learning_rate = 0.03}; }

/// The part of an architecture's decisions that agree with one that is best.
double agreement(const Architecture& architecture) {
  static const std::vector<int> best{1, 0, 2, 1, 1, 0, 1, 0, 2, 1};
  const std::vector<int> decisions = toy::Space::space().encode(architecture);
  int equal = 0;
  for (std::size_t d = 0; d < best.size(); ++d) equal += decisions[d] == best[d] ? 1 : 0;
  return equal / 10.0;
}

/// How often the best architecture is found within 250 trials, of 12 searches.
template <class Make>
int times_found(const Make& make) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    AnyStrategy strategy = make(seed);
    bool is_found = false;
    for (int k = 0; k < 250 && !is_found; ++k) {
      Architecture proposal = strategy.ask().proposal().architecture;
      const double accuracy = agreement(proposal);
      is_found = accuracy == 1;
      strategy.tell(done(std::move(proposal), accuracy));
    }
    found += is_found ? 1 : 0;
  }
  return found;
}

double log_probability(const PpoController& controller, const Architecture& architecture) {
  Context context(1);
  Tape<float> tape(context, Recording::off);
  const std::vector<int> decisions = toy::Space::space().encode(architecture);
  const auto scores = controller.network().score(tape, std::span(&decisions, 1));
  return static_cast<double>(scores.log_probabilities.value()[0]);
}

Variable<double> row(const std::vector<double>& values, bool wants_gradient = false) {
  Tensor<double> tensor({static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.values().begin());
  return Variable<double>(std::move(tensor), wants_gradient);
}

}  // namespace

TEST_CASE("ppo controller: what the paper says is what one gets") {
  const PpoOptions options;
  CHECK(options.network.units == 100);
  CHECK(options.gradient == PolicyGradient::ppo);
  CHECK(options.batch == 20);
  CHECK(options.learning_rate == 0.00035);
  CHECK(options.entropy_weight == 0.00001);
  CHECK(options.baseline_decay == 0.95);
  const PpoController controller(toy::Space{}, 1);
  double least = 0, most = 0;
  for (const TrainableParameter<float>& parameter : controller.network().parameters()) {
    for (const float value : parameter.variable.value().values()) {
      least = std::min(least, static_cast<double>(value));
      most = std::max(most, static_cast<double>(value));
    }
  }
  CHECK(least >= -0.1);
  CHECK(least < -0.099);
  CHECK(most <= 0.1);
  CHECK(most > 0.099);
}

TEST_CASE("ppo controller: a weight of the entropy spreads the decisions") {
  const auto entropy_after = [](double weight) {
    PpoOptions options = quick();
    options.entropy_weight = weight;
    options.learning_rate = 0.01;
    PpoController controller(toy::Space{}, 1, options);
    for (int k = 0; k < 200; ++k) {
      Architecture proposal = controller.ask().proposal().architecture;
      const double accuracy = agreement(proposal);
      controller.tell(done(std::move(proposal), accuracy));
    }
    Context context(1);
    Tape<float> tape(context, Recording::off);
    std::vector<std::vector<int>> drawn;
    for (int k = 0; k < 50; ++k) drawn.push_back(toy::Space::space().encode(controller.ask().proposal().architecture));
    return static_cast<double>(controller.network().score(tape, drawn).entropy.value()[0]);
  };
  CHECK(entropy_after(1) > entropy_after(0) + 1);
}

TEST_CASE("ppo controller: the clipped surrogate is what its formula says, and so is its gradient") {
  const std::vector<double> ratios{1.0, 1.1, 1.5, 0.9, 0.5, 1.1, 1.5, 0.9, 0.5, 9.0, 40.0, 40.0, 1e-5};
  const std::vector<double> advantages{2, 2, 2, 2, 2, -2, -2, -2, -2, -1, -1, 1, -1};
  const std::vector<double> expected{2, 2.2, 2.4, 1.8, 1.0, -2.2, -3.0, -1.8, -1.6, -9, -10, 1.2, -0.8};
  std::vector<double> sampled, now;
  for (std::size_t k = 0; k < ratios.size(); ++k) {
    sampled.push_back(-3.0 - 0.1 * static_cast<double>(k));
    now.push_back(sampled.back() + std::log(ratios[k]));
  }
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> logs = row(now, true);
  const auto surrogate = [&](Tape<double>& on) {
    return clipped_surrogate(on, logs, row(sampled), row(advantages), 0.2);
  };
  const Variable<double> found = surrogate(tape);
  for (std::size_t k = 0; k < ratios.size(); ++k) {
    INFO("ratio " << ratios[k] << ", advantage " << advantages[k]);
    CHECK_THAT(found.value().values()[k], WithinAbs(expected[k], 1e-12));
  }
  const GradientCheckResult result =
      check_gradients([&](Tape<double>& on) { return on.apply(Sum{}, {surrogate(on)}); }, {logs}, context);
  INFO(result.worst_place);
  CHECK(result.passed);
}

TEST_CASE("ppo controller: the clipped surrogate stays finite, however far a policy has moved") {
  Context context(1);
  Tape<float> tape(context);
  Tensor<float> logs({2}), sampled({2}), advantages({2});
  logs[0] = -1, sampled[0] = -1000, advantages[0] = -1;
  logs[1] = -1000, sampled[1] = -1, advantages[1] = 1;
  const Variable<float> variable(std::move(logs), true);
  const Variable<float> found = clipped_surrogate(tape, variable, Variable<float>(std::move(sampled)),
                                                  Variable<float>(std::move(advantages)), 0.2);
  tape.backward(tape.apply(Sum{}, {found}));
  for (const float value : found.value().values()) CHECK(std::isfinite(value));
  for (const float value : variable.gradient().values()) CHECK(std::isfinite(value));
}

TEST_CASE("ppo controller: the baseline is a moving average of the rewards") {
  RewardBaseline baseline(0.95);
  CHECK(!baseline.value());
  std::vector<double> rewards;
  for (const double reward : {0.5, 0.9, 0.1, 0.7}) {
    baseline.add(reward);
    rewards.push_back(reward);
    double sum = 0;
    double weights = 0;
    for (std::size_t k = 0; k < rewards.size(); ++k) {
      const double weight = std::pow(0.95, static_cast<double>(rewards.size() - 1 - k));
      sum += weight * rewards[k];
      weights += weight;
    }
    CHECK_THAT(baseline.value().value(), WithinAbs(sum / weights, 1e-12));
  }
  for (int k = 0; k < 400; ++k) baseline.add(0.2);
  const double before = baseline.value().value();
  baseline.add(1.2);
  CHECK_THAT(baseline.value().value(), WithinAbs(0.95 * before + 0.05 * 1.2, 1e-8));
}

TEST_CASE("ppo controller: an advantage is a reward less the baseline before it") {
  PpoController controller(toy::Space{}, 1, quick());
  CHECK(!controller.baseline());
  double expected = 0;
  RewardBaseline baseline(0.95);
  for (const double reward : {0.5, 0.9, 0.1}) {
    controller.tell(done(controller.ask().proposal().architecture, reward));
    expected = reward - baseline.value().value_or(reward);
    baseline.add(reward);
    CHECK(controller.save()["batch"].back()["advantage"].get<double>() == expected);
    CHECK(controller.baseline() == baseline.value());
  }
  CHECK(controller.save()["batch"][0]["advantage"] == 0.0);
}

TEST_CASE("ppo controller: a batch makes the better proposals likelier and the worse ones less likely") {
  PpoOptions options = quick();
  options.gradient = GENERATE(PolicyGradient::ppo, PolicyGradient::reinforce);
  options.learning_rate = 0.003;
  PpoController controller(toy::Space{}, 1, options);
  std::vector<Architecture> proposals;
  for (int k = 0; k < 10; ++k) proposals.push_back(controller.ask().proposal().architecture);
  std::vector<double> before;
  for (const Architecture& one : proposals) before.push_back(log_probability(controller, one));
  for (int k = 0; k < 9; ++k) {
    controller.tell(done(proposals[static_cast<std::size_t>(k)], k < 5 ? 0.5 : 0.9));
    CHECK(controller.save()["steps"] == 0);
  }
  controller.tell(done(proposals[9], 0.1));
  CHECK(controller.save()["steps"] == (options.gradient == PolicyGradient::ppo ? 4 : 1));
  CHECK(controller.save()["batch"].empty());
  CHECK(log_probability(controller, proposals[5]) > before[5]);
  CHECK(log_probability(controller, proposals[9]) < before[9]);
}

TEST_CASE("ppo controller: it finds the best architecture of a toy space, which random search seldom does") {
  // Random search: 250 draws hit one of 5,184 with probability 0.047.
  const auto learns = [](PolicyGradient gradient) {
    PpoOptions options = quick();
    options.gradient = gradient;
    return times_found([&](std::uint64_t seed) -> AnyStrategy { return PpoController(toy::Space{}, seed, options); });
  };
  const int random = times_found([](std::uint64_t seed) -> AnyStrategy { return RandomSearch(toy::Space{}, seed); });
  const int ppo = learns(PolicyGradient::ppo);
  const int reinforce = learns(PolicyGradient::reinforce);
  INFO("random " << random << ", ppo " << ppo << ", reinforce " << reinforce << " of 12");
  CHECK(random <= 4);
  CHECK(ppo >= 8);
  CHECK(reinforce >= 8);
}

TEST_CASE("ppo controller: a late result counts by the probability that it was drawn with") {
  PpoController controller(toy::Space{}, 1, quick());
  const Architecture late = controller.ask().proposal().architecture;
  const double drawn = log_probability(controller, late);
  for (int k = 0; k < 40; ++k) {
    Architecture proposal = controller.ask().proposal().architecture;
    const double accuracy = agreement(proposal);
    if (proposal == late) continue;
    controller.tell(done(std::move(proposal), accuracy));
  }
  REQUIRE(std::abs(log_probability(controller, late) - drawn) > 0.01);
  CHECK_THAT(controller.save()["pending"][0]["log_probability"].get<double>(), WithinAbs(drawn, 1e-5));
  while (!controller.save()["batch"].empty()) {
    controller.tell(done(controller.ask().proposal().architecture, 0.5));
  }
  controller.tell(done(late, 0.5));
  CHECK_THAT(controller.save()["batch"][0]["log_probability"].get<double>(), WithinAbs(drawn, 1e-5));
}

TEST_CASE("ppo controller: trials without a result teach nothing, or what failures are set to") {
  for (const TrialState state : {TrialState::failed, TrialState::rejected, TrialState::duplicate}) {
    for (const bool counts : {false, true}) {
      PpoOptions options = quick();
      if (counts) options.failure_reward = 0;
      PpoController controller(toy::Space{}, 1, options);
      Trial trial = done(controller.ask().proposal().architecture, 0.5);
      trial.state = state;
      controller.tell(trial);
      CHECK(controller.save()["pending"].empty());
      CHECK(controller.baseline().has_value() == (counts && state != TrialState::duplicate));
    }
  }
  PpoController controller(toy::Space{}, 1, quick());
  controller.tell(done(controller.ask().proposal().architecture, std::numeric_limits<double>::quiet_NaN()));
  CHECK(!controller.baseline());
  static_cast<void>(controller.ask());
  Architecture other = toy::architecture(0);
  if (other == controller.ask().proposal().architecture) other = toy::architecture(1);
  const nlohmann::json before = controller.save();
  controller.tell(done(toy::architecture(4000), 0.5));  // seed 1 has not proposed it
  CHECK(controller.save() == before);
}

TEST_CASE("ppo controller: a state saved in the middle of a batch goes on, bit for bit") {
  PpoController controller(toy::Space{}, 1, quick());
  std::vector<Architecture> running;
  const auto step = [](PpoController& with, std::vector<Architecture>& in_flight) {
    while (in_flight.size() < 3) in_flight.push_back(with.ask().proposal().architecture);
    const double accuracy = agreement(in_flight[1]);
    with.tell(done(in_flight[1], accuracy));  // out of order
    in_flight.erase(in_flight.begin() + 1);
  };
  for (int k = 0; k < 37; ++k) step(controller, running);
  REQUIRE(controller.save()["batch"].size() == 7);
  REQUIRE(controller.save()["pending"].size() == 2);
  PpoController loaded(toy::Space{}, 1, quick());
  loaded.load(nlohmann::json::parse(controller.save().get().dump()));
  std::vector<Architecture> same = running;
  for (int k = 0; k < 30; ++k) {
    step(controller, running);
    step(loaded, same);
    REQUIRE(same == running);
  }
  CHECK(loaded.save() == controller.save());
}

TEST_CASE("ppo controller: damaged states are refused and change nothing") {
  PpoController controller(toy::Space{}, 1, quick());
  for (int k = 0; k < 13; ++k) controller.tell(done(controller.ask().proposal().architecture, 0.1 * (k % 7)));
  static_cast<void>(controller.ask());
  const nlohmann::json state = controller.save();
  const auto refuse = [&](const char* pointer, const nlohmann::json& value) {
    INFO(pointer);
    nlohmann::json other = state;
    REQUIRE(other.contains(nlohmann::json::json_pointer(pointer)));
    other[nlohmann::json::json_pointer(pointer)] = value;
    CHECK_THROWS_AS(controller.load(other), DataError);
    CHECK(controller.save() == state);
  };
  refuse("/batch/0/decisions/2", 3);
  refuse("/batch/0/decisions/2", -1);
  refuse("/batch/0/decisions/2", 0.5);
  refuse("/batch/0/decisions", nlohmann::json::array());
  refuse("/batch/0/advantage", nullptr);
  refuse("/pending/0/log_probability", "x");
  refuse("/baseline/weight", -1);
  refuse("/weights/gates.bias/2", "00");
  refuse("/weights/gates.bias", nlohmann::json::array());
  refuse("/weights/decisions.3.bias/0", "7fc000000000000000000000");  // not a number
  refuse("/weights/decisions.3.bias/0", "0000000000000000000000zz");
  PpoOptions smaller = quick();
  smaller.batch = 3;
  PpoController other(toy::Space{}, 1, smaller);
  CHECK_THROWS_MATCHES(other.load(state), DataError, MessageMatches(ContainsSubstring("3 results, a batch 3")));
}

TEST_CASE("ppo controller: it proposes what the space contains") {
  const auto ops = OpSet<Identity, MaxPool<3>>::infos();
  const SearchSpace space(ops, {.blocks = 1, .allow_degenerate = false});
  PpoController controller(space, 1, quick());
  for (int k = 0; k < 40; ++k) {
    Architecture proposal = controller.ask().proposal().architecture;
    REQUIRE(space.contains(proposal));
    controller.tell(done(std::move(proposal), 0.1 * (k % 7)));
  }
  const Nasbench201Space cells;
  PpoController on_table(cells, 1, quick());
  for (int k = 0; k < 40; ++k) {
    Architecture proposal = on_table.ask().proposal().architecture;
    REQUIRE(!cells.reason_against(proposal));
    on_table.tell(done(std::move(proposal), 0.1 * (k % 7)));
  }
}

TEST_CASE("ppo controller: a policy that has settled on what a space does not contain samples it") {
  const auto ops = OpSet<MaxPool<3>>::infos();
  const SearchSpace space(ops,
                          {.blocks = 1, .combiners = {Combiner::add}, .same_cell = true, .allow_degenerate = false});
  PpoOptions options = quick();
  options.network.first_weights = 0;
  PpoController controller(space, 1, options);
  nlohmann::json state = controller.save();
  const std::string sure = "4248000000000000";  // logits 50 and 0
  for (const char* bias : {"decisions.0.bias", "decisions.1.bias"}) state["weights"][bias][0] = sure;
  controller.load(state);
  for (int k = 0; k < 10; ++k) CHECK(space.contains(controller.ask().proposal().architecture));
  // One of the two decisions has the choice of logit 0.
  CHECK_THAT(controller.save()["pending"][0]["log_probability"].get<double>(), WithinAbs(-50, 1e-4));
}

TEST_CASE("ppo controller: options out of range are refused") {
  const auto refuse = [](auto change, const std::string& sentence) {
    PpoOptions options;
    change(options);
    CHECK_THROWS_MATCHES(PpoController(toy::Space{}, 1, options), ArgumentError,
                         MessageMatches(ContainsSubstring(sentence)));
  };
  refuse([](PpoOptions& o) { o.batch = 0; }, "the batch is 0");
  refuse([](PpoOptions& o) { o.epochs = 0; }, "the number of epochs is 0");
  refuse([](PpoOptions& o) { o.clip = 1; }, "the clip is 1");
  refuse([](PpoOptions& o) { o.learning_rate = 0; }, "the learning rate is 0");
  refuse([](PpoOptions& o) { o.learning_rate = std::nan(""); }, "the learning rate is nan");
  refuse([](PpoOptions& o) { o.entropy_weight = -1; }, "the entropy weight is -1");
  refuse([](PpoOptions& o) { o.baseline_decay = 1; }, "the baseline's decay is 1");
  refuse([](PpoOptions& o) { o.failure_reward = std::nan(""); }, "the reward of a failure is nan");
  refuse([](PpoOptions& o) { o.network.units = 0; }, "0 units");
}
