// What every strategy has to do: repeat itself, go on from a journal or a saved state, end in a small space.
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/op_expansions.hpp"
#include "nasnet/search/search.hpp"
#include "search/killed_runs.hpp"
#include "search/toy_search.hpp"
#include "strategy/strategy_cases.hpp"

using namespace nasnet;

namespace {

/// Asks and tells by hand, as a search of several workers would: trials end in random order, some fail, those tried
/// before are duplicates.
class Driver {
 public:
  Driver(AnyStrategy strategy, int in_flight) : strategy_(std::move(strategy)), in_flight_(in_flight) {}

  /// One ask or tell.
  void step() {
    const bool wants_more = static_cast<int>(running_.size()) < in_flight_;
    if (wants_more && ask()) return;
    if (!running_.empty()) tell();
  }

  void run(int steps) {
    for (int k = 0; k < steps; ++k) step();
  }

  /// The same search with another strategy object.
  [[nodiscard]] Driver with(AnyStrategy strategy) const {
    Driver other(std::move(strategy), in_flight_);
    other.random_ = random_;
    other.running_ = running_;
    other.first_ = first_;
    other.trials_ = trials_;
    return other;
  }

  [[nodiscard]] AnyStrategy& strategy() { return strategy_; }
  [[nodiscard]] const std::vector<Proposal>& proposals() const { return proposals_; }

 private:
  bool ask() {
    const Answer answer = strategy_.ask();
    if (!answer.has_proposal()) return false;
    Trial trial;
    trial.architecture = answer.proposal().architecture;
    trial.budget = answer.proposal().budget;
    trial.repeat = answer.proposal().repeat;
    trial.hash = space_.canonical_hash(trial.architecture);
    proposals_.push_back(answer.proposal());
    const auto [first, is_new] = first_.try_emplace({trial.hash, trial.budget, trial.repeat}, trials_);
    if (is_new) {
      trial.number = trials_++;
      running_.push_back(trial);
      return true;
    }
    trial.state = TrialState::duplicate;
    trial.duplicate_of = first->second;
    strategy_.tell(trial);
    return true;
  }

  void tell() {
    const auto place = static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(running_.size())));
    Trial trial = running_[place];
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(place));
    trial.state = random_.below(8) == 0 ? TrialState::failed : TrialState::done;
    if (trial.state == TrialState::failed) trial.failure = FailureKind::exception;
    trial.evaluation.validation_accuracy =
        static_cast<double>((trial.hash + 37 * static_cast<std::uint64_t>(trial.budget.value_or(0))) % 1000) / 1000;
    trial.evaluation.metrics["draw"] = static_cast<double>(trial.hash / 1000 % 1000);
    strategy_.tell(trial);
  }

  AnyStrategy strategy_;
  int in_flight_;
  AnySpace space_ = toy::Space{};
  RandomStream random_{11};
  std::vector<Trial> running_;
  std::map<std::tuple<std::uint64_t, std::optional<std::int64_t>, std::int64_t>, std::int64_t> first_;
  std::int64_t trials_ = 0;
  std::vector<Proposal> proposals_;
};

}  // namespace

TEST_CASE("strategies: proposals depend on the seed and on what was told, on nothing else") {
  for (const toy::StrategyCase& one : toy::strategy_cases()) {
    INFO(one.name);
    const auto proposals = [&one](std::uint64_t seed, int in_flight) {
      Driver driver(one.make(toy::Space{}, seed), in_flight);
      driver.run(150);
      return driver.proposals();
    };
    CHECK(proposals(3, 1) == proposals(3, 1));
    CHECK(proposals(3, 4) == proposals(3, 4));
    CHECK(proposals(3, 4).size() >= 50);
    const bool has_seed = one.make(toy::Space{}, 3).settings() != one.make(toy::Space{}, 4).settings();
    CHECK((proposals(3, 1) != proposals(4, 1)) == has_seed);
    for (const Proposal& one_of : proposals(3, 4)) REQUIRE(toy::Space::space().contains(one_of.architecture));
  }
}

TEST_CASE("strategies: a saved state goes on, whenever it is taken") {
  const int in_flight = GENERATE(1, 4);
  for (const toy::StrategyCase& one : toy::strategy_cases()) {
    INFO(one.name);
    Driver driver(one.make(toy::Space{}, 3), in_flight);
    for (int step = 0; step < 120; ++step) {
      driver.step();
      AnyStrategy loaded = one.make(toy::Space{}, 3);
      loaded.load(nlohmann::json::parse(driver.strategy().save().get().dump()));
      REQUIRE(loaded.save() == driver.strategy().save());
      if (step % 10 != 3) continue;
      Driver other = driver.with(std::move(loaded));
      Driver same = driver.with(one.make(toy::Space{}, 3));
      same.strategy().load(driver.strategy().save());
      other.run(40);
      same.run(40);
      REQUIRE(other.proposals() == same.proposals());
    }
    Driver whole(one.make(toy::Space{}, 3), in_flight);
    whole.run(160);
    AnyStrategy loaded = one.make(toy::Space{}, 3);
    loaded.load(driver.strategy().save());
    Driver rest = driver.with(std::move(loaded));
    rest.run(40);
    std::vector<Proposal> both = driver.proposals();
    both.insert(both.end(), rest.proposals().begin(), rest.proposals().end());
    CHECK(both == whole.proposals());
  }
}

TEST_CASE("strategies: a state that was not saved by them is refused, and leaves them as they are") {
  for (const toy::StrategyCase& one : toy::strategy_cases()) {
    INFO(one.name);
    Driver driver(one.make(toy::Space{}, 3), 2);
    driver.run(40);
    const nlohmann::json state = driver.strategy().save();
    CHECK_THROWS_AS(driver.strategy().load(nlohmann::json(3)), DataError);
    for (const auto& [key, value] : state.items()) {
      nlohmann::json without = state;
      without.erase(key);
      nlohmann::json other = state;
      other[key] = "x";
      if (key != "best" && key != "centre") CHECK_THROWS_AS(driver.strategy().load(without), DataError);
      CHECK_THROWS_AS(driver.strategy().load(other), DataError);
    }
    CHECK(driver.strategy().save() == state);
  }
}

TEST_CASE("strategies: from a journal cut at any event, the results are those of an uninterrupted search") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(30);
  options.resume = true;
  options.pool = std::make_shared<ThreadPool>(1);
  for (const toy::StrategyCase& one : toy::strategy_cases()) {
    INFO(one.name);
    const auto run = [&](const std::filesystem::path& journal) {
      options.journal = journal;
      return search<toy::Space>(one.make(toy::Space{}, 3), toy::Evaluator{}, options);
    };
    std::filesystem::remove(folder / "whole.jsonl");
    const History whole = run(folder / "whole.jsonl");
    std::string text;
    for (const std::string& line : toy::lines(folder / "whole.jsonl")) {
      text += line + "\n";
      toy::store(folder / "cut.jsonl", text);
      const History resumed = run(folder / "cut.jsonl");
      REQUIRE(equal_results(resumed, whole));
      REQUIRE(resumed.skipped.size() == whole.skipped.size());
    }
  }
}

TEST_CASE("strategies: killed at random points, again and again, the results are those of an uninterrupted search") {
  const TemporaryFolder folder;
  RandomStream random(5);
  SearchOptions options = toy::options(25);
  options.resume = true;
  for (const toy::StrategyCase& one : toy::strategy_cases()) {
    INFO(one.name);
    const auto run = [&](const std::filesystem::path& journal, int most_milliseconds) {
      options.journal = journal;
      return search<toy::Space>(one.make(toy::Space{}, 3), toy::Evaluator{.most_milliseconds = most_milliseconds},
                                options);
    };
    const History whole = run(folder / (one.name + " whole"), 0);
    const std::filesystem::path journal = folder / (one.name + " killed");
    const int kills = toy::kill_until_through([&] { static_cast<void>(run(journal, 4)); }, random);
    CHECK(kills > 0);
    CHECK(results_text(run(journal, 0)) == results_text(whole));
    CHECK(results_text(read_history(journal)) == results_text(whole));
  }
}

TEST_CASE("strategies: a journal of several workers is taken up by the same strategy") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(40, 3);
  options.resume = true;
  options.pool = std::make_shared<ThreadPool>(3);
  for (const toy::StrategyCase& one : toy::strategy_cases()) {
    INFO(one.name);
    options.journal = folder / (one.name + ".jsonl");
    const toy::Evaluator evaluate{.most_milliseconds = 1};
    const History first = search<toy::Space>(one.make(toy::Space{}, 3), evaluate, options);
    CHECK(equal_results(search<toy::Space>(one.make(toy::Space{}, 3), evaluate, options), first));
    SearchOptions longer = options;
    longer.trials = 60;
    const History extended = search<toy::Space>(one.make(toy::Space{}, 3), evaluate, longer);
    CHECK(extended.trials.size() == 60);
  }
}

TEST_CASE("strategies: a space that is used up is a result") {
  SearchOptions options = toy::options(100);
  options.max_skipped = 60;
  for (const toy::StrategyCase& one : toy::strategy_cases()) {
    INFO(one.name);
    const SearchSpace space = toy::tiny_space();
    const History history = search(space, one.make(space, 1), toy::Evaluator{.fails = false}, options);
    CHECK(history.exhausted);
    std::set<std::uint64_t> forms;
    for (const Trial& trial : history.trials) forms.insert(trial.hash);
    CHECK(forms.size() == 3);  // of 4 sequences two compute the same
  }
}

TEST_CASE("strategies: a space of one architecture") {
  const auto ops = OpSet<MaxPool<3>>::infos();
  const SearchSpace space(ops, {.blocks = 1, .inputs = 1, .combiners = {Combiner::add}, .same_cell = true});
  REQUIRE(space.sequences() == 1);
  SearchOptions options = toy::options(10);
  for (const toy::StrategyCase& one : toy::strategy_cases()) {
    INFO(one.name);
    const History history = search(space, one.make(space, 1), toy::Evaluator{.fails = false}, options);
    CHECK(history.exhausted);
    CHECK(history.trials.size() == one.trials_of_one);
  }
}
