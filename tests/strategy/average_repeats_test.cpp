#include "nasnet/strategy/average_repeats.hpp"

#include <cstdint>
#include <set>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/strategy/random_search.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

AverageRepeats<toy::Scripted> repeats(std::int64_t count) {
  return {toy::Scripted{[](int asked, int) { return Answer(toy::architecture(100 * asked)); }}, count};
}

Trial done(const Proposal& proposal, double accuracy) {
  Trial trial;
  trial.number = proposal.repeat + 10;
  trial.architecture = proposal.architecture;
  trial.repeat = proposal.repeat;
  trial.seconds = 2;
  trial.evaluation = {accuracy, 1 - accuracy, {{"latency", 10 * accuracy}}};
  return trial;
}

}  // namespace

TEST_CASE("average of repeats: each architecture is proposed so often, and the mean is told once") {
  auto strategy = repeats(3);
  std::vector<Proposal> asked;
  for (int k = 0; k < 4; ++k) asked.push_back(strategy.ask().proposal());
  for (std::int64_t k = 0; k < 3; ++k)
    CHECK(asked[static_cast<std::size_t>(k)] == Proposal{toy::architecture(0), {}, k});
  CHECK(asked[3] == Proposal{toy::architecture(100), {}, 0});

  strategy.tell(done(asked[2], 0.9));
  strategy.tell(done(asked[0], 0.3));
  CHECK(strategy.strategy().told == 0);
  strategy.tell(done(asked[1], 0.6));
  REQUIRE(strategy.strategy().trials.size() == 1);
  const Trial& told = strategy.strategy().trials[0];
  CHECK(told.evaluation.validation_accuracy == Approx(0.6));
  CHECK(told.evaluation.validation_loss == Approx(0.4));
  CHECK(told.evaluation.metrics.at("latency") == Approx(6));
  CHECK(told.number == 10);
  CHECK(told.seconds == 6);
  CHECK(told.architecture == toy::architecture(0));
}

TEST_CASE("average of repeats: over those that are done; failed where none is") {
  auto strategy = repeats(2);
  const auto failed = [](const Proposal& proposal) {
    Trial trial = done(proposal, 0);
    trial.state = TrialState::failed;
    trial.failure = FailureKind::crash;
    trial.message = "it fell";
    return trial;
  };
  const Proposal a = strategy.ask().proposal();
  const Proposal b = strategy.ask().proposal();
  strategy.tell(failed(a));
  Trial other = done(b, 0.4);
  other.evaluation.metrics["watts"] = 3;
  strategy.tell(other);
  REQUIRE(strategy.strategy().trials.size() == 1);
  CHECK(strategy.strategy().trials[0].state == TrialState::done);
  CHECK(strategy.strategy().trials[0].evaluation == other.evaluation);
  CHECK_FALSE(strategy.strategy().trials[0].failure);
  const Proposal c = strategy.ask().proposal();
  const Proposal d = strategy.ask().proposal();
  strategy.tell(failed(c));
  strategy.tell(failed(d));
  CHECK(strategy.strategy().trials[1].failure == FailureKind::crash);
}

TEST_CASE("average of repeats: what is not awaited is refused") {
  auto strategy = repeats(2);
  const Proposal a = strategy.ask().proposal();
  Trial early = done(a, 0.5);
  early.repeat = 1;
  const auto refuse = [&](const Trial& trial) {
    CHECK_THROWS_MATCHES(strategy.tell(trial), ArgumentError, MessageMatches(ContainsSubstring("does not wait for")));
  };
  refuse(early);
  strategy.tell(done(a, 0.5));
  refuse(done(a, 0.5));
  refuse(done({toy::architecture(7)}, 0.5));
  CHECK_THROWS_AS(AverageRepeats(RandomSearch(toy::Space{}, 1), 0), ArgumentError);
}

TEST_CASE("average of repeats: in a search repeats are trials with other random numbers, and no duplicates") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(30);
  options.journal = folder / "run.jsonl";
  const History history =
      search<toy::Space>(AverageRepeats(RandomSearch(toy::Space{}, 3), 3), toy::Evaluator{.fails = false}, options);
  std::set<double> accuracies;
  for (const Trial& trial : history.trials) {
    CHECK(trial.repeat == trial.number % 3);
    CHECK(trial.hash == history.trials[static_cast<std::size_t>(trial.number / 3 * 3)].hash);
    accuracies.insert(trial.evaluation.validation_accuracy);
  }
  CHECK(accuracies.size() == 30);
  CHECK(equal_results(read_history(options.journal), history));
}
