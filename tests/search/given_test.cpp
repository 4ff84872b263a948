// What is given to a search beside its strategy: architectures to begin with, results of others, memory.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/journal/warm_start.hpp"
#include "nasnet/report/trials_csv.hpp"
#include "nasnet/search/duplicates.hpp"
#include "nasnet/search/search.hpp"
#include "nasnet/search/search_events.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/average_repeats.hpp"
#include "nasnet/strategy/local_search.hpp"
#include "nasnet/strategy/median_stop.hpp"
#include "nasnet/strategy/random_search.hpp"
#include "nasnet/strategy/regularized_evolution.hpp"
#include "nasnet/strategy/replay_duplicates.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

/// A strategy that learns from all that it hears.
struct Listener {
  RandomSearch random{toy::Space{}, 3};
  std::vector<Trial>* told;
  std::vector<Trial>* informed;

  Proposal ask() { return random.ask(); }
  void tell(const Trial& trial) { told->push_back(trial); }
  void inform(const Trial& trial) { informed->push_back(trial); }
  [[nodiscard]] static nlohmann::json settings() { return {{"name", "listener"}}; }
  [[nodiscard]] static nlohmann::json save() { return nlohmann::json::object(); }
  void load(const nlohmann::json&) {}
};

AnyStrategy evolution() { return RegularizedEvolution(toy::Space{}, 5, {.population = 4, .sample = 2}); }

Trial result(std::int64_t index, double accuracy) {
  Trial trial;
  trial.architecture = toy::architecture(index);
  trial.evaluation.validation_accuracy = accuracy;
  return trial;
}

std::vector<Proposal> proposals(const std::vector<std::int64_t>& indices) {
  std::vector<Proposal> found;
  for (const std::int64_t index : indices) found.push_back({toy::architecture(index)});
  return found;
}

/// Needs as many bytes as a list says, and watches how many are in use.
struct Sized {
  struct Watch {
    std::mutex mutex;
    std::int64_t used = 0;
    std::int64_t most = 0;
    int running = 0;
    int most_running = 0;
  };
  std::map<std::string, std::int64_t>* bytes;
  Watch* watch;

  [[nodiscard]] std::int64_t predicted_bytes(const Architecture& architecture) const {
    return bytes->at(to_text(architecture));
  }
  Evaluation operator()(const Architecture& architecture, TrialContext&) const {
    const std::int64_t needs = predicted_bytes(architecture);
    {
      const std::lock_guard lock(watch->mutex);
      watch->used += needs;
      watch->most = (std::max)(watch->most, watch->used);
      watch->most_running = (std::max)(watch->most_running, ++watch->running);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    const std::lock_guard lock(watch->mutex);
    watch->used -= needs;
    --watch->running;
    return {.validation_accuracy = 0.5};
  }
};

}  // namespace

TEST_CASE("enqueued architectures are evaluated first, and the strategy hears of their results") {
  std::vector<Trial> told, informed;
  SearchOptions options = toy::options(6);
  options.enqueue = proposals({100, 2000, 100});
  toy::Evaluator evaluate;
  evaluate.fails = false;
  const History history = search<toy::Space>(Listener{.told = &told, .informed = &informed}, evaluate, options);
  REQUIRE(history.trials.size() == 6);
  CHECK(history.trials[0].architecture == toy::architecture(100));
  CHECK(history.trials[1].architecture == toy::architecture(2000));
  for (std::size_t n = 0; n < 6; ++n) CHECK(history.trials[n].enqueued == (n < 2));
  REQUIRE(informed.size() == 2);
  CHECK(informed[1].evaluation == history.trials[1].evaluation);
  // The third one is a duplicate of the first, and the user's own.
  const auto of_user =
      std::count_if(history.skipped.begin(), history.skipped.end(), [](const Trial& t) { return t.enqueued; });
  CHECK(of_user == 1);
  CHECK(told.size() == 4 + history.skipped.size() - 1);
}

TEST_CASE("an architecture that is enqueued twice is evaluated twice where duplicates are, also after a stop") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(3);
  options.duplicates = Duplicates::evaluate;
  options.enqueue = proposals({100, 100});
  options.journal = folder / "run.jsonl";
  const auto run = [&] { return search<toy::Space>(RandomSearch(toy::Space{}, 3), toy::Evaluator{}, options); };
  const History history = run();
  CHECK(history.trials[0].architecture == toy::architecture(100));
  CHECK(history.trials[1].architecture == toy::architecture(100));
  CHECK_FALSE(history.trials[2].enqueued);
  const std::string whole = toy::contents(options.journal);
  options.resume = true;
  CHECK(equal_results(run(), history));
  CHECK(toy::contents(options.journal) == whole);
  const std::vector<std::string> lines = toy::lines(options.journal);
  toy::store(options.journal, lines[0] + '\n' + lines[1] + '\n');  // stopped after the first was enqueued
  CHECK(equal_results(run(), history));
}

TEST_CASE("known results: a strategy that takes none is named") {
  SearchOptions options = toy::options(2);
  options.known = {result(7, 0.9)};
  const auto notices_of = [&](auto strategy) {
    return search<toy::Space>(std::move(strategy), toy::Evaluator{}, options).notices;
  };
  std::vector<std::string> heard;
  options.on_notice = [&](const std::string& sentence) { heard.push_back(sentence); };
  const std::vector<std::string> notices = notices_of(toy::Climber(3));
  CHECK(heard == notices);
  REQUIRE(notices.size() == 1);
  CHECK_THAT(notices[0], ContainsSubstring("the strategy climber does not learn from results of other searches"));
  CHECK(notices_of(AnyStrategy(RandomSearch(toy::Space{}, 3))).size() == 1);
  CHECK(notices_of(AverageRepeats(AnyStrategy(toy::Climber(3)), 2)).size() == 1);
  CHECK(notices_of(MedianStop(AnyStrategy(toy::Climber(3)), MedianStopOptions{.budgets = {1, 2}})).size() == 1);
  CHECK(notices_of(ReplayDuplicates(AnyStrategy(toy::Climber(3)))).size() == 1);
  CHECK(notices_of(evolution()).empty());
  CHECK(notices_of(AverageRepeats(AnyStrategy(evolution()), 2)).empty());
}

TEST_CASE("enqueued architectures of no space are refused before anything is written") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(6);
  options.journal = folder / "run.jsonl";
  options.enqueue = {Proposal{Architecture{}}};
  const auto run = [&] { return search<toy::Space>(evolution(), toy::Evaluator{}, options); };
  CHECK_THROWS_AS(run(), Error);
  CHECK(toy::lines(options.journal).size() <= 1);
}

TEST_CASE("enqueued architectures and known results: cut after any line, a search comes to the same end") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(12);
  options.resume = true;
  options.enqueue = proposals({100, 2000, 30});
  options.known = {result(7, 0.9), result(70, 0.8), result(700, 0.7), result(1700, 0.95)};
  options.journal = folder / "whole.jsonl";
  const bool climbs = GENERATE(false, true);
  const auto run = [&] {
    return search<toy::Space>(climbs ? AnyStrategy(LocalSearch(toy::Space{}, 5)) : evolution(), toy::Evaluator{},
                              options);
  };
  const History whole = run();
  CHECK(whole.known.size() == 4);
  const std::string expected = results_text(whole);
  options.journal = folder / "cut.jsonl";
  std::string text;
  for (const std::string& line : toy::lines(folder / "whole.jsonl")) {
    text += line + "\n";
    toy::store(options.journal, text);
    const History history = run();
    REQUIRE(results_text(history) == expected);
    REQUIRE(history.known.size() == 4);
    REQUIRE(results_text(read_history(options.journal)) == expected);
    REQUIRE(read_history(options.journal).known.size() == 4);
  }
  // What was given is in the journal: whoever goes on need not give it again.
  options.enqueue.clear();
  options.known.clear();
  toy::store(options.journal, text.substr(0, text.size() / 2));
  CHECK(results_text(run()) == expected);
}

TEST_CASE("enqueued architectures: more of them when a search goes on") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(4);
  options.journal = folder / "run.jsonl";
  options.resume = true;
  options.enqueue = proposals({100});
  static_cast<void>(search<toy::Space>(evolution(), toy::Evaluator{}, options));
  options.enqueue = proposals({100, 2000});
  options.trials = 6;
  const History history = search<toy::Space>(evolution(), toy::Evaluator{}, options);
  CHECK(history.trials.at(4).architecture == toy::architecture(2000));
  CHECK(history.trials.at(4).enqueued);
  CHECK(equal_results(history, search<toy::Space>(evolution(), toy::Evaluator{}, options)));
}

TEST_CASE("warm start: an evolution begins with the members of another search") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(20);
  options.journal = folder / "old.jsonl";
  const History old = search<toy::Space>(RandomSearch(toy::Space{}, 3), toy::Evaluator{}, options);
  const std::vector<Trial> known = warm_start(options.journal, toy::Space{});
  CHECK(static_cast<std::int64_t>(known.size()) == old.count(TrialState::done));

  SearchOptions warm = toy::options(1);
  warm.known = known;
  RegularizedEvolution strategy(toy::Space{}, 5, {.population = 4, .sample = 2});
  static_cast<void>(search<toy::Space>(strategy, toy::Evaluator{}, warm));
  CHECK(strategy.save()["population"].size() == 4);

  CHECK_THROWS_MATCHES(warm_start(options.journal, toy::tiny_space()), ArgumentError,
                       MessageMatches(ContainsSubstring("is of another space")));
  CHECK_THROWS_AS(warm_start(folder / "none.jsonl", toy::Space{}), IoError);
}

TEST_CASE("warm start: a local search climbs from the best, which it does not evaluate") {
  LocalSearch strategy(toy::Space{}, 5);
  strategy.inform(result(70, 0.8));
  strategy.inform(result(700, 0.9));
  strategy.inform(result(7, 0.7));
  LocalSearch other(toy::Space{}, 5);
  other.load(strategy.save());
  const auto neighbours = toy::Space::space().neighbours(toy::architecture(700));
  for (LocalSearch* search : {&strategy, &other}) {
    const Answer answer = search->ask();
    REQUIRE(answer.has_proposal());
    CHECK(std::find(neighbours.begin(), neighbours.end(), answer.proposal().architecture) != neighbours.end());
  }
}

TEST_CASE("warm start: what is put around a strategy hands results on") {
  MedianStop<RegularizedEvolution> strategy(RegularizedEvolution(toy::Space{}, 5, {.population = 4, .sample = 2}));
  strategy.inform(result(70, 0.8));  // without a budget of its own
  CHECK(strategy.strategy().save()["population"].size() == 1);
}

TEST_CASE("memory: what fits never is rejected, what fits alone runs alone") {
  std::map<std::string, std::int64_t> bytes;
  Sized::Watch watch;
  toy::Scripted strategy{[](int asked, int) { return toy::architecture(asked * 7); }};
  for (int n = 0; n < 100; ++n) {
    bytes[to_text(toy::architecture(n * 7))] = n % 10 == 3 ? 1001 : n % 5 == 0 ? 1000 : 300;
  }
  SearchOptions options = toy::options(30, 4);
  options.memory_bytes = 1000;
  const History history = search<toy::Space>(strategy, Sized{&bytes, &watch}, options);
  CHECK(history.trials.size() == 30);
  CHECK(watch.most == 1000);
  CHECK(watch.most_running <= 3);
  CHECK(history.count(TrialState::rejected) > 0);
  for (const Trial& trial : history.trials) CHECK(trial.bytes.value_or(0) <= 1000);
  for (const Trial& trial : history.skipped) {
    if (trial.state == TrialState::rejected) {
      CHECK(trial.message == "1,001 bytes of memory, at most 1,000 are allowed");
    }
  }
  CHECK(history.settings["memory_bytes"] == 1000);
}

TEST_CASE("memory: nobody waits for ever when a search is stopped") {
  std::map<std::string, std::int64_t> bytes;
  for (int n = 0; n < 100; ++n) bytes[to_text(toy::architecture(n * 7))] = 1000;
  Sized::Watch watch;
  std::atomic<bool> stop = false;
  SearchOptions options = toy::options(30, 4);
  options.memory_bytes = 1000;
  options.stop = &stop;
  options.on_trial = [&](const Trial&) { stop = true; };
  const History history = search<toy::Space>(toy::Scripted{[](int asked, int) { return toy::architecture(asked * 7); }},
                                             Sized{&bytes, &watch}, options);
  CHECK(history.interrupted);
  CHECK(history.trials.size() < 5);
}

TEST_CASE("memory: an evaluator that does not predict is refused") {
  SearchOptions options = toy::options(3);
  options.memory_bytes = 1000;
  const auto run = [&] { return search<toy::Space>(evolution(), toy::Evaluator{}, options); };
  CHECK_THROWS_MATCHES(run(), ArgumentError, MessageMatches(ContainsSubstring("does not predict")));
  options.memory_bytes = 0;
  CHECK_THROWS_MATCHES(run(), ArgumentError, MessageMatches(ContainsSubstring("may have 0 bytes")));
}

TEST_CASE("trials as comma-separated values") {
  History history;
  Trial done = result(70, 0.1);
  done.number = 0;
  done.seconds = 1.5;
  done.worker = 2;
  done.parameters = 12;
  done.evaluation.metrics = {{"a,b", 2}, {"plain", 0.25}};
  Trial failed = result(7, 0.5);
  failed.number = 1;
  failed.proposal = 3;
  failed.state = TrialState::failed;
  failed.failure = FailureKind::crash;
  failed.message = "it \"broke\",\r\nbadly";
  history.trials = {done, failed};
  Trial duplicate = result(70, 0);
  duplicate.state = TrialState::duplicate;
  duplicate.duplicate_of = 0;
  history.skipped = {duplicate};
  const std::string text = trials_csv(history);
  const std::string names =
      "trial,proposal,state,enqueued,best,validation_accuracy,validation_loss,parameters,multiply_adds,bytes,budget,"
      "repeat,seconds,worker,attempt,failure,message,duplicate_of,hash,architecture,\"a,b\",plain\r\n";
  CHECK(text.substr(0, names.size()) == names);
  CHECK_THAT(text, ContainsSubstring("\r\n0,0,done,false,true,0.1,0.0,12,,,,0,1.5,2,0,,,,0000000000000000,"));
  CHECK_THAT(text, ContainsSubstring(",2.0,0.25\r\n1,3,failed,"));
  CHECK_THAT(text, ContainsSubstring(",crash,\"it \"\"broke\"\",\r\nbadly\",,"));
  CHECK_THAT(text, ContainsSubstring("\r\n,0,duplicate,false,false,,,,,,,0,,,,,,0,"));
  CHECK(trials_csv({}).find("architecture\r\n") != std::string::npos);
  const TemporaryFolder folder;
  write_trials_csv(history, folder / "trials.csv");
  CHECK(toy::contents(folder / "trials.csv") == text);
}

TEST_CASE("status: what is done, failed, running and best, when trials begin and end") {
  std::vector<SearchStatus> seen;
  SearchOptions options = toy::options(8, 2);
  options.on_status = [&](const SearchStatus& status) { seen.push_back(status); };
  std::vector<std::string> details;
  options.progress = [&](const Progress& progress) { details.push_back(progress.detail); };
  std::atomic<int> begun{0};
  const auto evaluate = [&](const Architecture& architecture, TrialContext& trial) {
    ++begun;  // the first two trials wait for each other; the limit is for the case that they never meet
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (begun < 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return toy::Evaluator{}(architecture, trial);
  };
  const History history = search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, options);
  REQUIRE(seen.size() == 17);
  CHECK(seen.front().running == 0);
  CHECK(seen.front().total == 8);
  CHECK_FALSE(seen.front().best_accuracy.has_value());
  int most_running = 0;
  for (const SearchStatus& status : seen) most_running = (std::max)(most_running, status.running);
  CHECK(most_running == 2);
  const SearchStatus& last = seen.back();
  CHECK(last.running == 0);
  CHECK(last.done == history.count(TrialState::done));
  CHECK(last.failed == history.count(TrialState::failed));
  CHECK(last.best_trial == history.best().number);
  CHECK(last.best_accuracy == history.best().evaluation.validation_accuracy);
  CHECK(last.seconds_left == 0.0);
  CHECK(std::any_of(details.begin(), details.end(),
                    [](const std::string& detail) { return detail.find(", 2 running") != std::string::npos; }));
}

TEST_CASE("events: a line of JSON for each") {
  std::ostringstream out;
  SearchEvents events(out);
  SearchOptions options = toy::options(8);
  std::int64_t heard = 0;
  options.on_trial = [&](const Trial&) { ++heard; };
  events.attach(options);
  const History history = search<toy::Space>(RandomSearch(toy::Space{}, 3), toy::Evaluator{}, options);
  events.write({{"event", "own"}});
  CHECK(heard == static_cast<std::int64_t>(history.trials.size() + history.skipped.size()));
  std::map<std::string, std::int64_t> counts;
  std::istringstream in(out.str());
  for (std::string line; std::getline(in, line);) ++counts[nlohmann::json::parse(line).at("event").get<std::string>()];
  CHECK(counts["finished"] == history.count(TrialState::done));
  CHECK(counts["failed"] == history.count(TrialState::failed));
  CHECK(counts["progress"] == 17);
  CHECK(counts["own"] == 1);
}
