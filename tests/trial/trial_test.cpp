// Which architecture of a search is the best, where trials have budgets and repeats.
#include "nasnet/trial/trial.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/strategy/average_repeats.hpp"
#include "nasnet/strategy/pareto_archive.hpp"
#include "nasnet/strategy/successive_halving.hpp"
#include "nasnet/trial/result_ranking.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::WithinAbs;

namespace {

struct Result {
  std::int64_t architecture;
  double accuracy;
  std::optional<std::int64_t> budget{};
  std::int64_t repeat = 0;
};

History history(const std::vector<Result>& results) {
  History found;
  for (const Result& result : results) {
    Trial trial{.number = static_cast<std::int64_t>(found.trials.size()), .hash = 0};
    trial.architecture = toy::architecture(result.architecture);
    trial.hash = static_cast<std::uint64_t>(result.architecture);
    trial.budget = result.budget;
    trial.repeat = result.repeat;
    trial.evaluation.validation_accuracy = result.accuracy;
    trial.parameters = result.architecture;
    found.trials.push_back(trial);
  }
  return found;
}

}  // namespace

TEST_CASE("the best is among those of the largest budget") {
  CHECK(history({{1, 0.9, 1}, {2, 0.8, 3}, {1, 0.7, 3}, {3, 0.95, 1}}).best().number == 1);
  CHECK(history({{1, 0.9, 1}, {2, 0.8, 1}}).best().number == 0);
  CHECK(history({{1, 0.9, 1}, {2, 0.1, 9}}).best().number == 1);
  CHECK(history({{1, 0.9, 1}, {2, 0.1, 9}}).largest_budget() == 9);
  CHECK_FALSE(history({{1, 0.9}}).largest_budget());
}

TEST_CASE("the best: what has no budget was evaluated in full") {
  CHECK(history({{1, 0.9, 1}, {2, 0.7}, {3, 0.6, 3}}).best().number == 1);
  CHECK(history({{1, 0.9, 1}, {2, 0.7}, {3, 0.8, 3}}).best().number == 2);
  CHECK(history({{1, 0.8, 3}, {2, 0.8}}).best().number == 0);
  CHECK(history({{1, 0.8}, {2, 0.8, 3}}).best().number == 0);
}

TEST_CASE("the best: repeats count by their mean") {
  const History lucky = history({{1, 0.9, {}, 0}, {2, 0.8, {}, 0}, {1, 0.5, {}, 1}, {2, 0.78, {}, 1}});
  const RankedResult best = lucky.best_result().value();
  CHECK(best.first->number == 1);
  CHECK(best.evaluations == 2);
  CHECK_THAT(best.accuracy, WithinAbs(0.79, 1e-12));
  // Repeats of other budgets are others.
  CHECK(history({{1, 0.9, 1, 0}, {1, 0.6, 3, 0}, {1, 0.8, 3, 1}, {2, 0.69, 3, 0}}).best_result()->accuracy ==
        (0.6 + 0.8) / 2);
  // The first may end last.
  CHECK(history({{1, 0.5, {}, 2}, {1, 0.5, {}, 0}, {1, 0.5, {}, 1}}).best_result()->evaluations == 3);
}

TEST_CASE("the best is the highest mean, whatever rises and falls on the way") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    RandomStream random(seed);
    std::map<std::int64_t, std::vector<double>> accuracies;  // by architecture
    ResultRanking ranking;
    std::vector<std::unique_ptr<Trial>> trials;
    for (int k = 0; k < 120; ++k) {
      const auto architecture = static_cast<std::int64_t>(random.below(12));
      std::vector<double>& known = accuracies[architecture];
      known.push_back(random.uniform());
      auto trial = std::make_unique<Trial>();
      trial->number = k;
      trial->architecture = toy::architecture(architecture);
      trial->hash = static_cast<std::uint64_t>(architecture);
      trial->repeat = static_cast<std::int64_t>(known.size()) - 1;
      trial->evaluation.validation_accuracy = known.back();
      ranking.add(*trial);
      trials.push_back(std::move(trial));
      double best = 0;
      for (const auto& [number, found] : accuracies) {
        best = std::max(best, std::accumulate(found.begin(), found.end(), 0.0) / static_cast<double>(found.size()));
      }
      REQUIRE_THAT(ranking.best()->accuracy, WithinAbs(best, 1e-12));
    }
  }
}

TEST_CASE("the best: what was evaluated again without being a repeat stands for itself") {
  const RankedResult best = history({{1, 0.5}, {1, 0.9}, {1, 0.6}}).best_result().value();
  CHECK(best.first->number == 1);
  CHECK(best.evaluations == 1);
}

TEST_CASE("the best: equal results have an exact mean, and the earliest wins") {
  const double third = 1.0 / 3;
  const History equal = history({{1, third, {}, 0}, {2, third}, {1, third, {}, 1}, {1, third, {}, 2}});
  CHECK(equal.best_result()->accuracy == third);
  CHECK(equal.best().number == 0);
}

TEST_CASE("the best: failed trials and accuracies that are no numbers are passed over") {
  History broken = history({{1, 0.9, 9}, {2, std::nan("")}, {3, 0.5, 1}});
  broken.trials[0].state = TrialState::failed;
  CHECK(broken.best().number == 2);
  CHECK(broken.largest_budget() == 1);
  broken.trials.pop_back();
  CHECK(broken.find_best() == nullptr);
  CHECK_FALSE(History{}.best_result());
}

TEST_CASE("the best while a search runs is that of its history") {
  std::optional<SearchStatus> last;
  SearchOptions options = toy::options(60);
  options.on_status = [&](const SearchStatus& status) { last = status; };
  const auto check = [&](auto strategy) {
    const History found = search<toy::Space>(strategy, toy::Evaluator{.fails = false}, options);
    CHECK(last.value().best_trial == found.best().number);
    CHECK(last.value().best_accuracy == found.best_result()->accuracy);
    return found;
  };
  const History halved = check(SuccessiveHalving(toy::Space{}, 3, {.most_budget = 4, .reduction = 2}));
  CHECK(halved.largest_budget() == 4);
  CHECK(halved.best().budget == 4);
  const History repeated = check(AverageRepeats(RandomSearch(toy::Space{}, 3), 3));
  CHECK(repeated.best_result()->evaluations == 3);
}

TEST_CASE("a front has no trial with a smaller budget than others") {
  const std::vector<Trial> front =
      pareto_archive(history({{1, 0.9, 1}, {2, 0.8, 3}, {3, 0.85, 3}}), {"parameters"}).front();
  REQUIRE(front.size() == 2);
  CHECK(front[0].number == 2);
  CHECK(front[1].number == 1);
}
