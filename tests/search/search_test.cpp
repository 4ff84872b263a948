#include "nasnet/search/search.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/search/duplicates.hpp"
#include "nasnet/space/cell_space.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

History random_history(SearchOptions options, toy::Evaluator evaluate = {}) {
  return search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, std::move(options));
}

/// Asks for the architectures 0, 1, 2, ... of the toy space.
toy::Scripted counting() {
  return {[](int asked, int) { return Answer(toy::architecture(asked)); }};
}

std::int64_t number_of(const History& history, FailureKind kind) {
  std::int64_t sum = 0;
  for (const Trial& trial : history.trials) sum += trial.failure == kind ? 1 : 0;
  return sum;
}

struct Constant {
  Evaluation operator()(const Architecture&, TrialContext&) const { return {.validation_accuracy = 0.5}; }
};

struct Mutable {
  Evaluation operator()(const Architecture&, TrialContext&) { return {}; }
};

struct Mute {
  void operator()(const Architecture&, TrialContext&) const {}
};

struct Deaf {
  static Architecture ask() { return {}; }
};

static_assert(Strategy<RandomSearch> && Strategy<toy::Climber> && Strategy<toy::Scripted>);
static_assert(!Strategy<Deaf> && AskableStrategy<Deaf> && !TellableStrategy<Deaf>);
static_assert(!Strategy<int>);
static_assert(Evaluator<toy::Evaluator> && Evaluator<Constant>);
static_assert(!Evaluator<Mutable> && !Evaluator<Mute> && !Evaluator<int>);

}  // namespace

TEST_CASE("search: the same trials whatever the number of workers") {
  const TemporaryFolder folder;
  std::vector<std::string> results;
  for (const int workers : {1, 2, 3}) {
    SearchOptions options = toy::options(40, workers);
    options.journal = folder / ("run" + std::to_string(workers) + ".jsonl");
    const History history = random_history(options, {.most_milliseconds = 2});
    REQUIRE(history.trials.size() == 40);
    CHECK_FALSE(history.interrupted);
    CHECK_FALSE(history.exhausted);
    for (std::size_t n = 0; n < history.trials.size(); ++n)
      CHECK(history.trials[n].number == static_cast<std::int64_t>(n));
    CHECK(equal_results(history, read_history(options.journal)));
    results.push_back(results_text(history));
  }
  CHECK(results[0] == results[1]);
  CHECK(results[0] == results[2]);

  const History again = random_history(toy::options(40));
  CHECK(results_text(again) == results[0]);
  SearchOptions other = toy::options(40);
  other.seed = 8;
  CHECK(results_text(random_history(other)) != results[0]);
}

TEST_CASE("search: a trial depends on its number and not on the number of trials") {
  const History few = random_history(toy::options(10));
  const History many = random_history(toy::options(20));
  History first = many;
  first.trials.resize(10);
  CHECK(equal_results(few, first));
}

TEST_CASE("search: workers run at the same time, on the pool that is given") {
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  const auto evaluate = [&](const Architecture&, TrialContext& trial) {
    const int now = ++inside;
    int before = most.load();
    while (before < now && !most.compare_exchange_weak(before, now)) {
    }
    // The first three wait for each other; the limit is for the case that they never meet.
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (most.load() < 3 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    std::atomic<std::int64_t> sum{0};
    trial.context.parallel_for(100, 1, [&](std::int64_t begin, std::int64_t) { sum += begin; });
    --inside;
    return Evaluation{.validation_accuracy = static_cast<double>(sum.load())};
  };
  SearchOptions options = toy::options(12, 3);
  options.pool = std::make_shared<ThreadPool>(3);
  const History history = search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, options);
  CHECK(most.load() == 3);
  for (const Trial& trial : history.trials) CHECK(trial.evaluation.validation_accuracy == 4950);
}

TEST_CASE("search: failures of each kind are trials, and the search goes on") {
  const History history = random_history(toy::options(60));
  REQUIRE(history.trials.size() == 60);
  CHECK(number_of(history, FailureKind::exception) > 0);
  CHECK(number_of(history, FailureKind::not_a_number) > 0);
  CHECK(number_of(history, FailureKind::out_of_memory) > 0);
  CHECK(history.count(TrialState::done) + history.count(TrialState::failed) == 60);
  for (const Trial& trial : history.trials) {
    CHECK(trial.failure.has_value() == (trial.state == TrialState::failed));
    if (trial.failure == FailureKind::exception) {
      CHECK(trial.message == "the toy broke in trial " + std::to_string(trial.number));
    }
    if (trial.failure == FailureKind::not_a_number) CHECK_THAT(trial.message, ContainsSubstring("validation accuracy"));
  }
  CHECK(history.best().state == TrialState::done);
}

TEST_CASE("search: no figure of an evaluation may be other than finite") {
  const std::vector<Evaluation> broken{{.validation_accuracy = not_a_number},
                                       {.validation_loss = not_a_number},
                                       {.validation_loss = std::numeric_limits<double>::infinity()},
                                       {.metrics = {{"latency", not_a_number}}}};
  for (const Evaluation& evaluation : broken) {
    const auto evaluate = [&](const Architecture&, TrialContext&) { return evaluation; };
    const History history = search<toy::Space>(counting(), evaluate, toy::options(1));
    CHECK(history.trials.at(0).failure == FailureKind::not_a_number);
    CHECK(history.find_best() == nullptr);
    CHECK_THROWS_AS(history.best(), ArgumentError);
  }
}

TEST_CASE("search: evaluators may say failure without an exception") {
  const auto evaluate = [](const Architecture&, TrialContext&) {
    return Outcome::failed(FailureKind::lost, "the other machine is gone");
  };
  const History history = search<toy::Space>(counting(), evaluate, toy::options(1));
  CHECK(history.trials.at(0).failure == FailureKind::lost);
  CHECK(history.trials.at(0).message == "the other machine is gone");
}

TEST_CASE("search: what is thrown and no exception fails too") {
  const auto evaluate = [](const Architecture&, TrialContext& trial) -> Evaluation {
    if (trial.trial == 0) throw 1;
    if (trial.trial == 1) throw std::bad_alloc();
    return {};
  };
  const History history = search<toy::Space>(counting(), evaluate, toy::options(3));
  CHECK(history.trials[0].failure == FailureKind::exception);
  CHECK(history.trials[1].failure == FailureKind::out_of_memory);
  CHECK(history.trials[2].state == TrialState::done);
}

TEST_CASE("search: a trial beyond its time has failed") {
  SearchOptions options = toy::options(3);
  options.trial_seconds = 0.5;  // long for the first trial, which returns at once, on a busy machine too
  const auto evaluate = [](const Architecture&, TrialContext& trial) {
    REQUIRE(trial.deadline.has_value());
    CHECK_FALSE(trial.is_over());
    while (trial.trial != 0 && !trial.is_over()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (trial.trial == 2) fail<DataError>("too late to be heard");
    return Evaluation{.validation_accuracy = 0.25};
  };
  const History history = search<toy::Space>(counting(), evaluate, options);
  CHECK(history.trials[0].state == TrialState::done);
  for (const std::size_t late : {std::size_t{1}, std::size_t{2}}) {
    CHECK(history.trials[late].failure == FailureKind::timeout);
    CHECK(history.trials[late].message == "it ran longer than the limit of 0.5 seconds");
    CHECK(history.trials[late].seconds >= 0.5);
  }
}

TEST_CASE("search: a trial has the memory that its limit allows, anew each time") {
  SearchOptions options = toy::options(3);
  options.trial_bytes = 1 << 20;
  const auto evaluate = [](const Architecture&, TrialContext& trial) {
    const std::int64_t floats = trial.trial == 1 ? (1 << 18) + 100 : 200'000;
    const auto tensor = trial.context.zeros<float>({floats});
    return Evaluation{.validation_accuracy = static_cast<double>(tensor[0])};
  };
  const History history = search<toy::Space>(counting(), evaluate, options);
  CHECK(history.trials[0].state == TrialState::done);
  CHECK(history.trials[1].failure == FailureKind::out_of_memory);
  CHECK(history.trials[2].state == TrialState::done);
}

TEST_CASE("search: duplicates are skipped, recorded and do not count") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(3);
  options.journal = folder / "run.jsonl";
  toy::Scripted strategy{[](int asked, int) { return Answer(toy::architecture(asked / 3)); }};
  const History history = search<toy::Space>(strategy, Constant{}, options);
  REQUIRE(history.trials.size() == 3);
  std::set<std::uint64_t> hashes;
  for (const Trial& trial : history.trials) hashes.insert(trial.hash);
  CHECK(hashes.size() == 3);
  REQUIRE(history.skipped.size() >= 4);
  for (const Trial& trial : history.skipped) {
    CHECK(trial.state == TrialState::duplicate);
    CHECK(trial.number == -1);
    CHECK(history.trials[static_cast<std::size_t>(trial.duplicate_of)].hash == trial.hash);
  }
  CHECK(history.count(TrialState::duplicate) == static_cast<std::int64_t>(history.skipped.size()));
  CHECK(strategy.told == strategy.asked);
  CHECK(read_history(options.journal).skipped.size() == history.skipped.size());

  toy::Scripted again{strategy.script};
  options.duplicates = Duplicates::evaluate;
  options.journal.clear();
  CHECK(search<toy::Space>(again, Constant{}, options).skipped.empty());
  CHECK(again.asked == 3);
}

TEST_CASE("search: proposals beyond the limits are rejected with the reason") {
  SearchOptions options = toy::options(15);
  options.counted = CountedNetwork{{.input_channels = 1, .cells_per_stack = 1, .filters = 8}, {28, 28}};
  const History all = random_history(options);
  CHECK(all.count(TrialState::rejected) == 0);
  std::vector<std::int64_t> parameters;
  for (const Trial& trial : all.trials) {
    REQUIRE(trial.parameters.has_value());
    const NetworkGraph graph = build_network(trial.architecture, toy::Space::space().ops(), options.counted->network);
    CHECK(*trial.parameters == parameter_count(graph));
    CHECK(*trial.multiply_adds == multiply_adds(graph, {28, 28}));
    parameters.push_back(*trial.parameters);
  }
  std::sort(parameters.begin(), parameters.end());
  const std::int64_t median = parameters[parameters.size() / 2];

  const TemporaryFolder folder;
  options.limits.max_parameters = median;
  options.journal = folder / "run.jsonl";
  const History limited = random_history(options);
  REQUIRE(limited.trials.size() == 15);
  CHECK(limited.count(TrialState::rejected) > 0);
  for (const Trial& trial : limited.trials) CHECK(*trial.parameters <= median);
  for (const Trial& trial : limited.skipped) {
    if (trial.state != TrialState::rejected) continue;
    CHECK(*trial.parameters > median);
    CHECK_THAT(trial.message, ContainsSubstring("parameters, at most "));
  }
  CHECK(read_history(options.journal).count(TrialState::rejected) == limited.count(TrialState::rejected));
}

TEST_CASE("search: what is not of the space is rejected") {
  const Architecture foreign = CellSpace<NasnetOps, 2>::space().at(12'345);
  toy::Scripted strategy{[&](int asked, int) { return Answer(asked == 0 ? foreign : toy::architecture(asked)); }};
  const History history = search<toy::Space>(strategy, Constant{}, toy::options(2));
  REQUIRE(history.skipped.size() == 1);
  CHECK(history.skipped[0].state == TrialState::rejected);
  CHECK(history.trials.size() == 2);

  Architecture reading_itself = toy::architecture(0);
  reading_itself.normal.blocks[0].left.state = 2;
  toy::Scripted broken{[&](int, int) { return Answer(reading_itself); }};
  CHECK_THROWS_AS(search<toy::Space>(broken, Constant{}, toy::options(2)), GenotypeError);
}

TEST_CASE("search: the evaluator tells which network is counted") {
  struct Counting : Constant {
    static CountedNetwork counted_network() { return {{.cells_per_stack = 1, .filters = 4}, {16, 16}}; }
  };
  const History history = search<toy::Space>(counting(), Counting{}, toy::options(2));
  CHECK(history.trials[0].parameters.has_value());
  CHECK(history.settings["counted"]["filters"] == 4);
  CHECK_FALSE(search<toy::Space>(counting(), Constant{}, toy::options(2)).trials[0].parameters.has_value());
}

TEST_CASE("search: an exhausted space is a result") {
  const TemporaryFolder folder;
  const SearchSpace space = toy::tiny_space();
  SearchOptions options = toy::options(100, 2);
  options.max_skipped = 50;
  options.journal = folder / "run.jsonl";
  const History history = search(space, RandomSearch(space, 1), Constant{}, options);
  CHECK(history.exhausted);
  CHECK_FALSE(history.interrupted);
  CHECK(history.trials.size() == 3);  // a+b and b+a are one network
  CHECK(history.skipped.size() >= 50);
  REQUIRE(history.notices.size() == 1);
  CHECK_THAT(history.notices[0], ContainsSubstring("nothing new is left to propose after 3 of 100 trials"));

  const std::string before = toy::contents(options.journal);
  options.resume = true;
  const History resumed = search(space, RandomSearch(space, 1), Constant{}, options);
  CHECK(resumed.exhausted);
  CHECK(resumed.notices == history.notices);
  CHECK(equal_results(history, resumed));
  CHECK(toy::contents(options.journal) == before);
}

TEST_CASE("search: a strategy that repeats itself is asked again after the next result") {
  for (const std::int64_t ordered : {0, 2}) {
    std::atomic<int> asked = 0;
    toy::Scripted strategy;
    strategy.script = [&](int, int) {
      ++asked;
      const bool is_done = std::any_of(strategy.trials.begin(), strategy.trials.end(),
                                       [](const Trial& trial) { return trial.state == TrialState::done; });
      return Answer(toy::architecture(is_done ? 1 : 0));
    };
    SearchOptions options = toy::options(2, 2);
    options.max_skipped = 20;
    options.ordered = ordered;
    // The first trial runs until the strategy has repeated itself too often.
    const auto evaluate = [&](const Architecture&, TrialContext&) {
      while (asked < 1 + options.max_skipped) std::this_thread::yield();
      return Evaluation{.validation_accuracy = 0.5};
    };
    const History history = search<toy::Space>(strategy, evaluate, options);
    CHECK_FALSE(history.exhausted);
    REQUIRE(history.trials.size() == 2);
    CHECK(history.trials[1].architecture == toy::architecture(1));
    CHECK(history.count(TrialState::duplicate) == options.max_skipped);
  }
}

TEST_CASE("search: a strategy may end the search") {
  toy::Scripted strategy{
      [](int asked, int) { return asked < 5 ? Answer(toy::architecture(asked)) : Answer::exhausted(); }};
  const History history = search<toy::Space>(strategy, Constant{}, toy::options(10, 2));
  CHECK(history.exhausted);
  CHECK(history.trials.size() + history.skipped.size() == 5);
}

TEST_CASE("search: a strategy may wait for results") {
  // Three at a time, then waits until all three are told.
  int asked = 0;
  toy::Scripted strategy{
      [&](int, int told) { return asked - told >= 3 ? Answer::waiting() : Answer(toy::architecture(asked++)); }};
  const History history =
      search<toy::Space>(strategy, toy::Evaluator{.fails = false, .most_milliseconds = 2}, toy::options(30, 4));
  CHECK(history.trials.size() == 30);
  CHECK(strategy.told == 30 + static_cast<int>(history.skipped.size()));

  toy::Scripted stuck{[](int, int) { return Answer::waiting(); }};
  CHECK_THROWS_MATCHES(search<toy::Space>(stuck, Constant{}, toy::options(2, 2)), ArgumentError,
                       MessageMatches(ContainsSubstring("waits for results, but no trial is running")));
}

TEST_CASE("search: results are told in the order of the journal") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(20, 3);
  options.journal = folder / "run.jsonl";
  toy::Scripted strategy = counting();
  static_cast<void>(search<toy::Space>(strategy, toy::Evaluator{.most_milliseconds = 3}, options));
  std::vector<std::int64_t> told;
  for (const Trial& trial : strategy.trials) told.push_back(trial.proposal);
  std::vector<std::int64_t> written;
  for (const JournalRecord& record : read_journal(options.journal).records) {
    if (record.event != JournalEvent::started) written.push_back(record.trial.proposal);
  }
  CHECK(told == written);
}

TEST_CASE("search: asked to stop, it records what runs and says so") {
  const TemporaryFolder folder;
  std::atomic<bool> stop{false};
  SearchOptions options = toy::options(50, 2);
  options.stop = &stop;
  options.journal = folder / "run.jsonl";
  std::atomic<int> evaluated{0};
  std::mutex counting_mutex;  // who is tenth comes here after the ninth has asked to stop
  const auto evaluate = [&](const Architecture& architecture, TrialContext& trial) {
    {
      const std::lock_guard lock(counting_mutex);
      if (++evaluated == 9) stop = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return toy::Evaluator{}(architecture, trial);
  };
  const History history = search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, options);
  CHECK(history.interrupted);
  CHECK(history.trials.size() == static_cast<std::size_t>(evaluated.load()));
  CHECK(history.trials.size() <= 10);
  CHECK(history.notices.empty());

  stop = false;
  options.resume = true;
  const History resumed = search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, options);
  CHECK_FALSE(resumed.interrupted);
  CHECK(equal_results(resumed, random_history(toy::options(50))));
}

TEST_CASE("search: a stop after the last trial interrupts nothing") {
  std::atomic<bool> stop{false};
  SearchOptions options = toy::options(3);
  options.stop = &stop;
  options.on_trial = [&](const Trial& trial) { stop = trial.number == 2; };
  CHECK_FALSE(random_history(options).interrupted);
}

TEST_CASE("search: what a strategy throws ends the search with its own type, after the running trials") {
  std::atomic<int> evaluated{0};
  const auto evaluate = [&](const Architecture&, TrialContext&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ++evaluated;
    return Evaluation{};
  };
  toy::Scripted strategy{[](int asked, int) {
    if (asked == 3) fail<ShapeError>("the strategy broke");
    return Answer(toy::architecture(asked * 50));
  }};
  CHECK_THROWS_MATCHES(search<toy::Space>(strategy, evaluate, toy::options(10, 3)), ShapeError,
                       MessageMatches(ContainsSubstring("the strategy broke")));
  CHECK(evaluated == 3);
  CHECK(strategy.told == 3);
}

TEST_CASE("search: progress counts the trials") {
  std::vector<Progress> reports;
  std::vector<std::int64_t> seen;
  std::vector<std::string> details;
  SearchOptions options = toy::options(8, 2);
  options.progress = [&](const Progress& progress) { reports.push_back(progress); };
  options.on_trial = [&](const Trial& trial) { seen.push_back(trial.proposal); };
  options.trial_progress = [&](std::int64_t trial, const Progress& progress) {
    details.push_back(std::to_string(trial) + progress.detail);
  };
  const auto evaluate = [](const Architecture& architecture, TrialContext& trial) {
    trial.progress({.task = "training", .done = 1, .total = 2, .detail = " half"});
    return toy::Evaluator{}(architecture, trial);
  };
  const History history = search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, options);
  REQUIRE(reports.size() == 17);  // before all, and when each trial begins and has ended
  for (std::size_t n = 0; n < reports.size(); ++n) {
    CHECK(reports[n].task == "search");
    CHECK(reports[n].done >= (n == 0 ? 0 : reports[n - 1].done));
    CHECK(reports[n].total == 8);
  }
  CHECK(reports[0].detail == "no result yet");
  CHECK(reports[1].detail == "no result yet, 1 running");
  CHECK(reports[16].done == 8);
  CHECK_THAT(reports[16].detail, ContainsSubstring("best "));
  CHECK(seen.size() == history.trials.size() + history.skipped.size());
  CHECK(details.size() == 8);
}

TEST_CASE("search: options out of range are refused") {
  const auto refused = [](const std::function<void(SearchOptions&)>& change) {
    SearchOptions options = toy::options(2);
    change(options);
    CHECK_THROWS_AS(random_history(options), ArgumentError);
  };
  refused([](SearchOptions& o) { o.trials = 0; });
  refused([](SearchOptions& o) { o.trials = -3; });
  refused([](SearchOptions& o) { o.workers = 0; });
  refused([](SearchOptions& o) { o.max_skipped = 0; });
  refused([](SearchOptions& o) { o.trial_bytes = 0; });
  refused([](SearchOptions& o) { o.trial_seconds = 0.0; });
  refused([](SearchOptions& o) { o.trial_seconds = not_a_number; });
  refused([](SearchOptions& o) { o.settings = nlohmann::json(3); });
  refused([](SearchOptions& o) { o.pool = std::make_shared<ThreadPool>(1), o.workers = 2; });
  refused([](SearchOptions& o) { o.limits.max_parameters = 1000; });
}

TEST_CASE("history: the best is the earliest of equals") {
  History history;
  for (const double accuracy : {0.5, 0.7, 0.6, 0.7}) {
    Trial trial{.number = static_cast<std::int64_t>(history.trials.size())};
    trial.evaluation.validation_accuracy = accuracy;
    history.trials.push_back(trial);
  }
  history.trials.push_back(Trial{.number = 4, .state = TrialState::failed, .evaluation = {.validation_accuracy = 0.9}});
  CHECK(history.best().number == 1);
}

TEST_CASE("search: proposals that break a rule are rejected, written down and told") {
  SearchOptions options = toy::options(10);
  const auto no_pools = [](const Architecture& architecture) -> std::optional<std::string> {
    for (const Block& block : architecture.normal.blocks) {
      if (block.left.op == "max_pool_3x3" || block.right.op == "max_pool_3x3") return "a normal cell with a pool";
    }
    return std::nullopt;
  };
  options.rules = {{"no pools", no_pools}};
  const History history = search<toy::Space>(RandomSearch(toy::Space{}, 3), toy::Evaluator{}, options);
  CHECK(history.trials.size() == 10);
  CHECK(history.count(TrialState::rejected) > 0);
  for (const Trial& trial : history.trials) CHECK_FALSE(no_pools(trial.architecture));
  for (const Trial& trial : history.skipped) {
    if (trial.state == TrialState::rejected) CHECK(trial.message == "a normal cell with a pool");
  }
  CHECK(history.settings["rules"] == nlohmann::json{"no pools"});

  options.rules = {{"nothing", {}}};
  CHECK_THROWS_MATCHES(search<toy::Space>(RandomSearch(toy::Space{}, 3), toy::Evaluator{}, options), ArgumentError,
                       MessageMatches(ContainsSubstring("the rule 'nothing' has no function")));
}

TEST_CASE("search: equal architectures with other budgets or repeats are no duplicates") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(4);
  options.journal = folder / "run.jsonl";
  const std::vector<Proposal> proposals{{toy::architecture(1)},    {toy::architecture(1), 3},
                                        {toy::architecture(1), 3}, {toy::architecture(1), 3, 1},
                                        {toy::architecture(1)},    {toy::architecture(1), 4}};
  const auto strategy = [&] {
    return toy::Scripted{[&](int asked, int) { return Answer(proposals.at(static_cast<std::size_t>(asked))); }};
  };
  const History history = search<toy::Space>(strategy(), toy::Evaluator{.fails = false}, options);
  REQUIRE(history.trials.size() == 4);
  for (std::size_t k = 0; k < 4; ++k) {
    const Trial& trial = history.trials[k];
    CHECK(Proposal{trial.architecture, trial.budget, trial.repeat} ==
          proposals[std::vector<std::size_t>{0, 1, 3, 5}[k]]);
  }
  REQUIRE(history.skipped.size() == 2);
  CHECK(history.skipped[0].duplicate_of == 1);
  CHECK(history.skipped[1].duplicate_of == 0);
  const History read = read_history(options.journal);
  CHECK(equal_results(read, history));
  CHECK(read.trials[2].budget == 3);
  CHECK(read.trials[2].repeat == 1);
  CHECK(read.skipped[0].budget == 3);
  options.resume = true;
  CHECK(equal_results(search<toy::Space>(strategy(), toy::Evaluator{.fails = false}, options), history));
}

TEST_CASE("search: a budget or repeat out of range is an error of the strategy") {
  for (const Proposal& bad : {Proposal{toy::architecture(1), 0}, Proposal{toy::architecture(1), {}, -1}}) {
    CHECK_THROWS_MATCHES(
        search<toy::Space>(toy::Scripted{[&](int, int) { return Answer(bad); }}, toy::Evaluator{}, toy::options(3)),
        ArgumentError, MessageMatches(ContainsSubstring("the strategy proposes ")));
  }
}

TEST_CASE("an unresolved outcome ends the search, and a resumed one runs the trial again") {
  const TemporaryFolder folder;
  struct Withholding {
    std::int64_t from;
    Outcome operator()(const Architecture& architecture, TrialContext& trial) const {
      if (trial.trial >= from) return Outcome::unresolved("the oven is cold");
      return Constant{}(architecture, trial);
    }
  };
  SearchOptions options = toy::options(6);
  options.journal = folder / "journal";
  options.resume = true;
  CHECK_THROWS_MATCHES((void)search<toy::Space>(counting(), Withholding{2}, options), IoError,
                       MessageMatches(ContainsSubstring("the oven is cold")));
  CHECK(read_history(options.journal).trials.size() == 2);

  std::atomic<bool> stop = false;
  options.stop = &stop;
  options.on_trial = [&](const Trial&) { stop = true; };
  const History stopped = search<toy::Space>(counting(), Withholding{3}, options);
  CHECK(stopped.interrupted);
  CHECK(stopped.trials.size() == 3);

  stop = false;
  options.on_trial = {};
  const History history = search<toy::Space>(counting(), Withholding{6}, options);
  CHECK(history.trials.size() == 6);
  CHECK(history.count(TrialState::failed) == 0);
  CHECK(history.trials[2].attempt == 1);
}
