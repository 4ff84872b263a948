#include "nasnet/strategy/successive_halving.hpp"

#include <cstdint>
#include <map>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using toy::done;

namespace {

SuccessiveHalving halving() { return {toy::Space{}, 1, {.least_budget = 2, .most_budget = 19, .reduction = 3}}; }

}  // namespace

TEST_CASE("successive halving: budgets grow by the reduction, up to the most") {
  CHECK(halving().budgets() == std::vector<std::int64_t>{2, 6, 18});
  CHECK(SuccessiveHalving(toy::Space{}, 1).budgets() == std::vector<std::int64_t>{1, 3, 9, 27});
  CHECK(SuccessiveHalving(toy::Space{}, 1, {.least_budget = 5, .most_budget = 5}).budgets() ==
        std::vector<std::int64_t>{5});
}

TEST_CASE("successive halving: the best third of a rung goes on, the higher rung first") {
  SuccessiveHalving strategy = halving();
  std::vector<Proposal> first;
  for (int k = 0; k < 9; ++k) first.push_back(strategy.ask().proposal());
  for (const Proposal& proposal : first) CHECK(proposal.budget == 2);

  const auto tell = [&](std::size_t k, double accuracy) { strategy.tell(done(first[k], accuracy)); };
  tell(0, 0.1);
  tell(1, 0.9);
  CHECK(strategy.ask().proposal().budget == 2);  // two results: nobody goes on
  tell(2, 0.5);
  const Proposal promoted = strategy.ask().proposal();
  CHECK(promoted == Proposal{first[1].architecture, 6});
  CHECK(strategy.ask().proposal().budget == 2);  // once only

  for (std::size_t k = 3; k < 9; ++k) tell(k, 0.1 * static_cast<double>(k));  // 3 to 8: 0.3 to 0.8
  CHECK(strategy.ask().proposal() == Proposal{first[8].architecture, 6});
  strategy.tell(done(promoted, 0.6));
  strategy.tell(done({first[8].architecture, 6}, 0.7));
  const Proposal third = strategy.ask().proposal();
  CHECK(third == Proposal{first[7].architecture, 6});
  strategy.tell(done(third, 0.65));
  CHECK(strategy.ask().proposal() == Proposal{first[8].architecture, 18});  // the best third of rung 6
}

TEST_CASE("successive halving: trials without a result do not count, other budgets are refused") {
  SuccessiveHalving strategy = halving();
  for (int k = 0; k < 6; ++k) {
    Trial trial = done(strategy.ask().proposal(), 0.5);
    trial.state = k % 2 == 0 ? TrialState::failed : TrialState::duplicate;
    strategy.tell(trial);
  }
  CHECK(strategy.ask().proposal().budget == 2);
  CHECK_THROWS_MATCHES(strategy.tell(done({toy::architecture(1), 7}, 0.5)), ArgumentError,
                       MessageMatches(ContainsSubstring("a budget of 7")));
  CHECK_THROWS_AS(SuccessiveHalving(toy::Space{}, 1, {.least_budget = 0}), ArgumentError);
  CHECK_THROWS_AS(SuccessiveHalving(toy::Space{}, 1, {.least_budget = 5, .most_budget = 4}), ArgumentError);
  CHECK_THROWS_AS(SuccessiveHalving(toy::Space{}, 1, {.reduction = 1}), ArgumentError);
}

TEST_CASE("successive halving: a search hands budgets to the evaluator and writes them down") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(60);
  options.journal = folder / "run.jsonl";
  const auto evaluate = [](const Architecture& architecture, TrialContext& trial) {
    const auto budget = static_cast<double>(trial.budget.value_or(0));
    const double quality = static_cast<double>(toy::Space::space().canonical_hash(architecture) % 1000) / 1000;
    return Evaluation{.validation_accuracy = quality * budget / (budget + 1), .metrics = {{"budget", budget}}};
  };
  const History history = search<toy::Space>(halving(), evaluate, options);
  std::map<std::int64_t, int> counts;
  for (const Trial& trial : history.trials) {
    REQUIRE(trial.budget);
    CHECK(trial.evaluation.metrics.at("budget") == static_cast<double>(*trial.budget));
    ++counts[*trial.budget];
  }
  CHECK(counts[2] > counts[6]);
  CHECK(counts[6] > counts[18]);
  CHECK(counts[18] > 0);
  CHECK(equal_results(read_history(options.journal), history));
  for (const Trial& trial : history.skipped) CHECK(trial.budget == 2);  // going on is no duplicate
}
