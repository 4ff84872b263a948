#include "nasnet/strategy/median_stop.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "catch.hpp"
#include "nasnet/strategy/exhaustive.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using toy::done;

namespace {

MedianStop<toy::Scripted> median_stop() {
  return MedianStop(toy::Scripted{[](int asked, int) { return Answer(toy::architecture(asked)); }},
                    {.budgets = {1, 4}, .least_results = 3});
}

}  // namespace

TEST_CASE("median stop: goes on unless below the median of its budget") {
  auto strategy = median_stop();
  const auto evaluate = [&](std::int64_t expected, std::int64_t budget, double accuracy) {
    const Proposal proposal = strategy.ask().proposal();
    CHECK(proposal == Proposal{toy::architecture(expected), budget});
    strategy.tell(done(proposal, accuracy));
  };
  evaluate(0, 1, 0.5);  // too few results to stop
  evaluate(0, 4, 0.55);
  evaluate(1, 1, 0.1);
  evaluate(1, 4, 0.2);
  evaluate(2, 1, 0.3);  // of 0.1, 0.3, 0.5 the median
  evaluate(2, 4, 0.8);
  evaluate(3, 1, 0.2);  // below 0.3 or 0.2: the lower middle of 0.1 0.2 0.3 0.5 is 0.2
  evaluate(3, 4, 0.4);
  evaluate(4, 1, 0.15);  // below 0.2
  evaluate(5, 1, 0.2);
  const std::vector<Trial>& told = strategy.strategy().trials;
  REQUIRE(told.size() == 5);
  CHECK(told[0].budget == 4);
  CHECK(told[0].evaluation.validation_accuracy == 0.55);
  CHECK(told[4].budget == 1);
  CHECK(told[4].evaluation.validation_accuracy == 0.15);
  CHECK(told[4].architecture == toy::architecture(4));
}

TEST_CASE("median stop: where the strategy has nothing left, what is under way goes on") {
  const auto equal = [](const Architecture&, TrialContext&) { return Evaluation{.validation_accuracy = 0.5}; };
  using Ops = OpSet<Identity, MaxPool<3>>;
  const SearchSpace space(Ops::infos(), {.blocks = 1, .combiners = {Combiner::add}, .same_cell = true});
  for (const int workers : {1, 3}) {
    for (const std::int64_t ordered : {0, 4}) {
      SearchOptions options = toy::options(100, workers);
      options.ordered = ordered;
      const History history =
          search(space, MedianStop(Exhaustive(space), {.budgets = {1, 2}, .least_results = 1}), equal, options);
      CHECK(history.exhausted);
      const auto with_budget = [&](std::int64_t budget) {
        return std::count_if(history.trials.begin(), history.trials.end(),
                             [&](const Trial& trial) { return trial.budget == budget; });
      };
      CHECK(with_budget(1) == 10);
      CHECK(with_budget(2) == with_budget(1));  // none is below the median
    }
  }
}

TEST_CASE("median stop: a saved strategy still waits for what is under way") {
  const auto make = [] {
    return MedianStop(
        toy::Scripted{[](int asked, int) { return asked == 0 ? Answer(toy::architecture(0)) : Answer::exhausted(); }},
        {.budgets = {1, 4}});
  };
  auto strategy = make();
  const Proposal proposal = strategy.ask().proposal();
  CHECK(strategy.ask().is_waiting());
  auto other = make();
  static_cast<void>(other.ask());
  other.load(strategy.save());
  CHECK(other.ask().is_waiting());
  other.tell(done(proposal, 0.5));
  CHECK(other.ask().proposal() == Proposal{toy::architecture(0), 4});
  CHECK(other.ask().is_exhausted());
}

TEST_CASE("median stop: a trial without a result is told as it is") {
  auto strategy = median_stop();
  Trial failed = done(strategy.ask().proposal(), 0.9);
  failed.state = TrialState::failed;
  strategy.tell(failed);
  REQUIRE(strategy.strategy().trials.size() == 1);
  CHECK(strategy.strategy().trials[0].state == TrialState::failed);
  CHECK(strategy.ask().proposal() == Proposal{toy::architecture(1), 1});
}

TEST_CASE("median stop: options and budgets out of range are refused") {
  const auto with = [](MedianStopOptions options) { return MedianStop(toy::Climber(1), std::move(options)); };
  CHECK_THROWS_MATCHES(with({.budgets = {}}), ArgumentError, MessageMatches(ContainsSubstring("no budgets")));
  CHECK_THROWS_AS(with({.budgets = {0, 3}}), ArgumentError);
  CHECK_THROWS_AS(with({.budgets = {3, 3}}), ArgumentError);
  CHECK_THROWS_AS(with({.least_results = 0}), ArgumentError);
  auto strategy = median_stop();
  CHECK_THROWS_MATCHES(strategy.tell(done({toy::architecture(0), 2}, 0.5)), ArgumentError,
                       MessageMatches(ContainsSubstring("a budget of 2")));
}
