#include "nasnet/strategy/replay_duplicates.hpp"

#include <vector>

#include "catch.hpp"
#include "nasnet/strategy/regularized_evolution.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;

namespace {

/// Writes down what it is told.
struct Listener {
  std::vector<Trial> told{};
  static Answer ask() { return Answer::exhausted(); }
  void tell(const Trial& trial) { told.push_back(trial); }
  [[nodiscard]] static nlohmann::json settings() { return {{"name", "listener"}}; }
  [[nodiscard]] static nlohmann::json save() { return nlohmann::json::object(); }
  void load(const nlohmann::json&) {}
};

Trial trial(std::int64_t number, double accuracy) {
  Trial result;
  result.number = number;
  result.architecture = toy::architecture(number);
  result.evaluation = {accuracy, 1 - accuracy, {{"latency", 3.5}}};
  return result;
}

Trial duplicate(std::int64_t of, std::int64_t index) {
  Trial result;
  result.architecture = toy::architecture(index);
  result.state = TrialState::duplicate;
  result.duplicate_of = of;
  result.parameters = 77;
  return result;
}

}  // namespace

TEST_CASE("replay of duplicates: a duplicate is told with the result of the first, as itself") {
  ReplayDuplicates strategy{Listener{}};
  strategy.tell(trial(0, 0.25));
  strategy.tell(duplicate(0, 100));
  REQUIRE(strategy.strategy().told.size() == 2);
  const Trial& told = strategy.strategy().told[1];
  CHECK(told.state == TrialState::done);
  CHECK(told.evaluation == trial(0, 0.25).evaluation);
  CHECK(told.architecture == toy::architecture(100));
  CHECK(told.parameters == 77);
  CHECK(told.duplicate_of == 0);
}

TEST_CASE("replay of duplicates: of a trial that runs, it waits for the result") {
  ReplayDuplicates strategy{Listener{}};
  strategy.tell(duplicate(3, 100));
  strategy.tell(duplicate(4, 101));
  CHECK(strategy.strategy().told.empty());
  Trial failed = trial(3, 0);
  failed.state = TrialState::failed;
  failed.failure = FailureKind::timeout;
  failed.message = "too long";
  strategy.tell(failed);
  REQUIRE(strategy.strategy().told.size() == 2);
  CHECK(strategy.strategy().told[1].state == TrialState::failed);
  CHECK(strategy.strategy().told[1].failure == FailureKind::timeout);
  CHECK(strategy.strategy().told[1].message == "too long");

  ReplayDuplicates loaded{Listener{}};
  loaded.load(nlohmann::json::parse(strategy.save().get().dump()));
  loaded.tell(trial(4, 0.5));
  REQUIRE(loaded.strategy().told.size() == 2);
  CHECK(loaded.strategy().told[1].architecture == toy::architecture(101));
  CHECK(loaded.strategy().told[1].evaluation.validation_accuracy == 0.5);
  loaded.tell(duplicate(3, 102));
  CHECK(loaded.strategy().told.at(2).failure == FailureKind::timeout);
}

TEST_CASE("replay of duplicates: what is rejected passes") {
  ReplayDuplicates strategy{Listener{}};
  Trial rejected = trial(0, 0);
  rejected.number = -1;
  rejected.state = TrialState::rejected;
  strategy.tell(rejected);
  strategy.tell(duplicate(-1, 5));
  REQUIRE(strategy.strategy().told.size() == 2);
  CHECK(strategy.strategy().told[0].state == TrialState::rejected);
  CHECK(strategy.strategy().told[1].state == TrialState::duplicate);
}

TEST_CASE("replay of duplicates: in a search, each proposal is told with a result, and none is evaluated twice") {
  SearchOptions options = toy::options(80);
  ReplayDuplicates strategy{RegularizedEvolution(toy::Space{}, 2, {.population = 1000})};
  const History history = search<toy::Space>(strategy, toy::Evaluator{.fails = false}, options);
  REQUIRE(history.count(TrialState::duplicate) > 0);
  CHECK(strategy.strategy().save()["population"].size() == 80 + history.skipped.size());
  CHECK(strategy.settings()["strategy"]["name"] == "regularized_evolution");
}
