// Ordered searches: the same proposals whatever the number of workers and the times that trials take.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/genotype/canonical.hpp"
#include "nasnet/search/search.hpp"
#include "search/killed_runs.hpp"
#include "search/toy_search.hpp"
#include "strategy/strategy_cases.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

/// The toy with trials that end in an order which `shuffle` chooses.
struct Shuffled {
  std::uint64_t shuffle = 0;
  toy::Evaluator evaluate{};

  Evaluation operator()(const Architecture& architecture, TrialContext& trial) const {
    RandomStream random = RandomStream(shuffle).split("pause", static_cast<std::uint64_t>(trial.trial));
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(1500)));
    return evaluate(architecture, trial);
  }
  [[nodiscard]] nlohmann::json settings() const { return evaluate.settings(); }
};

/// The same, of trials that need memory.
struct Heavy : Shuffled {
  [[nodiscard]] static std::int64_t predicted_bytes(const Architecture& architecture) {
    return 200 * static_cast<std::int64_t>(1 + canonical_hash(architecture) % 6);
  }
};

/// A strategy that writes down what it is asked and told.
struct Recorder {
  std::vector<std::string>* log;
  std::int64_t asked = 0;

  Proposal ask() {
    log->push_back("ask " + std::to_string(asked));
    return {toy::architecture(asked++ * 7)};
  }
  void tell(const Trial& trial) { log->push_back("tell " + std::to_string(trial.number)); }
  [[nodiscard]] static nlohmann::json settings() { return {{"name", "recorder"}}; }
  [[nodiscard]] static nlohmann::json save() { return nlohmann::json::object(); }
  void load(const nlohmann::json&) {}
};

/// Trial 0 ends when trials 1 and 2 have.
class FirstIsLate {
 public:
  Evaluation operator()(const Architecture&, TrialContext& trial) const {
    std::unique_lock lock(mutex_);
    if (trial.trial == 0) {
      changed_.wait(lock, [this] { return ended_ >= 2; });
    } else {
      ++ended_;
      changed_.notify_all();
    }
    return {.validation_accuracy = 0.5};
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable int ended_ = 0;
};

SearchOptions ordered_options(std::int64_t trials, int workers, std::int64_t ordered = 4) {
  SearchOptions options = toy::options(trials, workers);
  options.ordered = ordered;
  options.pool = std::make_shared<ThreadPool>(workers);
  return options;
}

/// Calls `check(make)` for every strategy.
template <class Check>
void with_each_strategy(const Check& check) {
  for (const toy::StrategyCase& one : toy::strategy_cases()) {
    INFO(one.name);
    check([&one](const AnySpace& space = toy::Space{}) { return one.make(space, 3); });
  }
}

}  // namespace

TEST_CASE("ordered: asks and tells are in one order, also where the first trial ends late") {
  std::vector<std::string> log;
  const History history = search<toy::Space>(Recorder{&log}, FirstIsLate{}, ordered_options(6, 3, 3));
  CHECK(history.trials.size() == 6);
  CHECK(log == std::vector<std::string>{"ask 0", "ask 1", "ask 2", "tell 0", "ask 3", "tell 1", "ask 4", "tell 2",
                                        "ask 5", "tell 3", "tell 4", "tell 5"});

  log.clear();
  static_cast<void>(search<toy::Space>(Recorder{&log}, FirstIsLate{}, ordered_options(6, 3, 0)));
  std::erase_if(log, [](const std::string& event) { return event.starts_with("ask"); });
  CHECK(log.front() != "tell 0");
}

TEST_CASE("ordered: results that come early are recorded at once") {
  const TemporaryFolder folder;
  SearchOptions options = ordered_options(6, 3, 3);
  options.journal = folder / "run.jsonl";
  std::vector<std::int64_t> recorded;
  options.on_trial = [&recorded](const Trial& trial) { recorded.push_back(trial.number); };
  std::vector<std::string> log;
  static_cast<void>(search<toy::Space>(Recorder{&log}, FirstIsLate{}, options));
  REQUIRE(recorded.size() == 6);
  CHECK(recorded.front() != 0);
  std::vector<std::int64_t> written;
  for (const JournalRecord& record : read_journal(options.journal).records) {
    if (record.event == JournalEvent::finished) written.push_back(record.trial.number);
  }
  CHECK(written == recorded);
}

TEST_CASE("ordered: a strategy that waits is told one result after the other, and no more than it waits for") {
  // Proposes in threes, and waits in between for all of them.
  const auto script = [](int asked, int told) {
    const bool waits = asked / 3 * 3 > told;
    return std::pair(waits, asked);
  };
  std::vector<std::string> log;
  struct Batches : Recorder {
    decltype(script) const* plan;
    int told = 0;
    Answer ask() {
      if (plan->operator()(static_cast<int>(asked), told).first) return Answer::waiting();
      return Recorder::ask();
    }
    void tell(const Trial& trial) {
      ++told;
      Recorder::tell(trial);
    }
  };
  for (const int workers : {1, 3}) {
    log.clear();
    const Shuffled evaluate{.shuffle = static_cast<std::uint64_t>(workers)};
    static_cast<void>(search<toy::Space>(Batches{{.log = &log}, &script}, evaluate, ordered_options(7, workers, 5)));
    CHECK(log == std::vector<std::string>{"ask 0", "ask 1", "ask 2", "tell 0", "tell 1", "tell 2", "ask 3", "ask 4",
                                          "ask 5", "tell 3", "tell 4", "tell 5", "ask 6", "tell 6"});
  }
}

TEST_CASE("ordered: every strategy comes to the same trials with any number of workers") {
  with_each_strategy([](const auto& strategy) {
    const History alone = search<toy::Space>(strategy(), Shuffled{}, ordered_options(40, 1));
    CHECK(alone.trials.size() == 40);
    CHECK(alone.count(TrialState::failed) > 0);
    for (const int workers : {2, 4, 6}) {
      const Shuffled evaluate{.shuffle = static_cast<std::uint64_t>(workers)};
      const History several = search<toy::Space>(strategy(), evaluate, ordered_options(40, workers));
      REQUIRE(results_text(several) == results_text(alone));
      REQUIRE(several.skipped.size() == alone.skipped.size());
    }
  });
}

TEST_CASE("ordered: proposals depend on the number of trials in flight") {
  const auto results = [](std::int64_t ordered) {
    const RegularizedEvolution strategy(toy::Space{}, 3, toy::few_members);
    return results_text(search<toy::Space>(AnyStrategy(strategy), toy::Evaluator{}, ordered_options(40, 1, ordered)));
  };
  CHECK(results(4) != results(1));
  CHECK(results(1) == results(0));  // one worker knows each result before it asks
}

TEST_CASE("ordered: no more trials run than are to be in flight") {
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  const auto evaluate = [&](const Architecture&, TrialContext&) {
    const int now = ++inside;
    int before = most.load();
    while (before < now && !most.compare_exchange_weak(before, now)) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --inside;
    return Evaluation{.validation_accuracy = 0.5};
  };
  static_cast<void>(search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, ordered_options(12, 4, 2)));
  CHECK(most.load() <= 2);
}

TEST_CASE("ordered: trials that wait for memory") {
  std::int64_t rejected = 0;
  with_each_strategy([&rejected](const auto& strategy) {
    const auto run = [&strategy](int workers) {
      SearchOptions options = ordered_options(20, workers);
      options.memory_bytes = 1000;  // those of 1,200 are rejected
      Heavy evaluate;
      evaluate.shuffle = static_cast<std::uint64_t>(workers);
      return search<toy::Space>(strategy(), evaluate, options);
    };
    const History alone = run(1);
    rejected += alone.count(TrialState::rejected);
    REQUIRE(results_text(run(2)) == results_text(alone));
    REQUIRE(results_text(run(4)) == results_text(alone));
  });
  CHECK(rejected > 0);
}

TEST_CASE("ordered: a space that is used up") {
  const SearchSpace space = toy::tiny_space();
  with_each_strategy([&space](const auto& strategy) {
    const auto run = [&](int workers) {
      SearchOptions options = ordered_options(100, workers);
      options.max_skipped = 60;
      const Shuffled evaluate{.shuffle = static_cast<std::uint64_t>(workers), .evaluate = {.fails = false}};
      return search(space, strategy(space), evaluate, options);
    };
    const History alone = run(1);
    CHECK(alone.exhausted);
    const History several = run(3);
    REQUIRE(results_text(several) == results_text(alone));
    REQUIRE(several.exhausted);
    REQUIRE(several.skipped.size() == alone.skipped.size());
  });
}

TEST_CASE("ordered: from a journal of several workers cut after any line, the results are those of one worker") {
  const TemporaryFolder folder;
  SearchOptions options = ordered_options(25, 3);
  options.resume = true;
  for (const std::int64_t index : {100, 2000}) options.enqueue.push_back({toy::architecture(index)});
  options.known.push_back(toy::done(toy::architecture(7), 0.9));
  options.known[0].evaluation.metrics["draw"] = 0.5;
  const auto run = [&options](const auto& strategy, const std::filesystem::path& journal, const auto& evaluate) {
    options.journal = journal;
    return search<toy::Space>(strategy(), evaluate, options);
  };
  int which = 0;
  with_each_strategy([&](const auto& strategy) {
    const std::filesystem::path whole = folder / ("whole" + std::to_string(which++));
    const History history = run(strategy, whole, Shuffled{.shuffle = 5});
    SearchOptions alone = options;
    alone.workers = 1;
    alone.journal.clear();
    REQUIRE(equal_results(history, search<toy::Space>(strategy(), toy::Evaluator{}, alone)));
    std::string text;
    for (const std::string& line : toy::lines(whole)) {
      text += line + "\n";
      toy::store(folder / "cut.jsonl", text);
      const History resumed = run(strategy, folder / "cut.jsonl", toy::Evaluator{});
      REQUIRE(equal_results(resumed, history));
      REQUIRE(resumed.skipped.size() == history.skipped.size());
    }
  });
}

TEST_CASE("ordered: killed at random points, again and again, the results are those of an uninterrupted search") {
  const TemporaryFolder folder;
  RandomStream random(5);
  int which = 0;
  with_each_strategy([&](const auto& strategy) {
    const auto run = [&strategy](const std::filesystem::path& journal, int workers, int most_milliseconds) {
      SearchOptions options = toy::options(25, workers);  // a child has no threads of its parent
      options.ordered = 4;
      options.resume = true;
      options.journal = journal;
      return search<toy::Space>(strategy(), toy::Evaluator{.most_milliseconds = most_milliseconds}, options);
    };
    const std::string name = std::to_string(which++);
    const History whole = run(folder / ("whole" + name), 1, 0);
    const std::filesystem::path journal = folder / ("killed" + name);
    CHECK(toy::kill_until_through([&] { static_cast<void>(run(journal, 3, 6)); }, random) > 0);
    CHECK(results_text(run(journal, 1, 0)) == results_text(whole));
    CHECK(results_text(read_history(journal)) == results_text(whole));
  });
}

TEST_CASE("ordered: more trials extend a search to what it would have been") {
  const TemporaryFolder folder;
  int which = 0;
  with_each_strategy([&](const auto& strategy) {
    SearchOptions options = ordered_options(10, 3);
    options.journal = folder / (std::to_string(which++) + ".jsonl");
    options.resume = true;
    static_cast<void>(search<toy::Space>(strategy(), Shuffled{}, options));
    options.trials = 30;
    options.workers = 2;
    const History extended = search<toy::Space>(strategy(), Shuffled{.shuffle = 1}, options);
    REQUIRE(equal_results(extended, search<toy::Space>(strategy(), toy::Evaluator{}, ordered_options(30, 1))));
  });
}

TEST_CASE("ordered: a search that was stopped goes on to the same results") {
  const TemporaryFolder folder;
  std::atomic<bool> stop = false;
  SearchOptions options = ordered_options(30, 4);
  options.journal = folder / "run.jsonl";
  options.resume = true;
  options.stop = &stop;
  options.on_trial = [&stop](const Trial& trial) {
    if (trial.number == 7) stop = true;
  };
  const auto run = [&options] {
    return search<toy::Space>(toy::Climber(3), Shuffled{.evaluate = {.fails = false}}, options);
  };
  const History stopped = run();
  CHECK(stopped.interrupted);
  options.on_trial = {};
  stop = false;
  SearchOptions alone = ordered_options(30, 1);
  CHECK(equal_results(run(), search<toy::Space>(toy::Climber(3), Shuffled{.evaluate = {.fails = false}}, alone)));
}

TEST_CASE("ordered: belongs to the settings of a search") {
  const TemporaryFolder folder;
  const auto run = [&folder](std::int64_t ordered, const std::string& name) {
    SearchOptions options = ordered_options(5, 1, ordered);
    options.journal = folder / name;
    options.resume = true;
    return search<toy::Space>(RandomSearch(toy::Space{}, 3), toy::Evaluator{}, options);
  };
  CHECK(run(4, "four.jsonl").settings["ordered"] == 4);
  CHECK_FALSE(run(0, "none.jsonl").settings.get().contains("ordered"));
  const auto refused = [&](std::int64_t ordered, const std::string& name, const std::string& sentence) {
    CHECK_THROWS_MATCHES(run(ordered, name), ArgumentError, MessageMatches(ContainsSubstring(sentence)));
  };
  refused(2, "four.jsonl", "another search: ordered: the journal has 4, this run has 2");
  refused(0, "four.jsonl", "another search: ordered: the journal has 4, this run has nothing");
  refused(4, "none.jsonl", "another search: ordered: the journal has nothing, this run has 4");
  refused(-1, "other.jsonl", "ordered with -1 trials in flight, 0 or more are wanted");
}

TEST_CASE("ordered: a journal whose proposals come too early is refused and left as it is") {
  const TemporaryFolder folder;
  SearchOptions options = ordered_options(5, 1, 2);
  options.journal = folder / "run.jsonl";
  options.resume = true;
  const auto run = [&options] { return search<toy::Space>(RandomSearch(toy::Space{}, 3), toy::Evaluator{}, options); };
  static_cast<void>(run());
  std::string text;
  for (const std::string& line : toy::lines(options.journal)) {
    const bool is_result = line.find("started") == std::string::npos && line.find("\"trial\":0") != std::string::npos;
    if (!is_result) text += line + "\n";
  }
  toy::store(options.journal, text);
  CHECK_THROWS_MATCHES(run(), IoError, MessageMatches(ContainsSubstring("comes before the result of trial 0")));
  CHECK(toy::contents(options.journal) == text);
}
