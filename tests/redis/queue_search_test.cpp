// Searches whose trials go through a queue: driver and workers are threads of one process here.
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/evaluator/process_evaluator.hpp"
#include "nasnet/redis/queue_evaluator.hpp"
#include "nasnet/redis/queue_worker.hpp"
#include "nasnet/strategy/average_repeats.hpp"
#include "nasnet/strategy/exhaustive.hpp"
#include "nasnet/strategy/regularized_evolution.hpp"
#include "redis/redis_server.hpp"
#include "search/toy_search.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using nasnet::History;
using nasnet::QueueEvaluator;
using nasnet::QueueOptions;
using namespace std::chrono_literals;

namespace {

/// Workers on threads, which leave when the search is over or this ends.
template <class Evaluator = toy::Evaluator>
class Workers {
 public:
  Workers(const nasnet::QueueAddress& address, int count, Evaluator evaluate = {}) : evaluate_(std::move(evaluate)) {
    for (int worker = 0; worker < count; ++worker) {
      threads_.emplace_back([this, address] {
        nasnet::QueueWorkerOptions options{.pool = pool_, .stop = &stop_};
        recorded_ += nasnet::serve_queue(address, toy::Space::space(), evaluate_, options).recorded;
      });
    }
  }
  ~Workers() {
    stop_ = true;
    join();
  }

  void join() {
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  [[nodiscard]] std::int64_t recorded() const { return recorded_; }

 private:
  Evaluator evaluate_;
  std::shared_ptr<nasnet::ThreadPool> pool_ = std::make_shared<nasnet::ThreadPool>(1);
  std::atomic<bool> stop_ = false;
  std::atomic<std::int64_t> recorded_ = 0;
  std::vector<std::thread> threads_;
};

QueueOptions queue_options() { return {.lease = 300ms}; }

void wait_for(const RedisServer& server) { nasnet::TrialQueue(server.address(), RedisServer::patient()); }

/// Lines of a journal without times.
std::vector<std::string> timeless(const std::filesystem::path& journal) {
  std::vector<std::string> found;
  for (const std::string& line : toy::lines(journal)) {
    nlohmann::json json = nlohmann::json::parse(line);
    json.erase("seconds");
    found.push_back(json.dump());
  }
  return found;
}

/// Says how often it was called for each trial.
struct Counting {
  std::shared_ptr<std::array<std::atomic<int>, 100>> calls = std::make_shared<std::array<std::atomic<int>, 100>>();

  nasnet::Outcome operator()(const nasnet::Architecture& architecture, nasnet::TrialContext& trial) const {
    ++(*calls)[static_cast<std::size_t>(trial.trial)];
    return toy::Evaluator{.fails = false}(architecture, trial);
  }
  [[nodiscard]] nlohmann::json settings() const { return {{"name", "counting"}}; }
};

/// Says what the limit of its memory is, takes some of it, and predicts a need of 0 to 999 bytes.
struct Hungry {
  std::int64_t takes = 0;

  nasnet::Outcome operator()(const nasnet::Architecture&, nasnet::TrialContext& trial) const {
    const nasnet::Tensor<std::uint8_t> taken = trial.context.zeros<std::uint8_t>({takes});
    return nasnet::Evaluation{.validation_accuracy = 0.5,
                              .metrics = {{"limit", static_cast<double>(trial.context.allocator().limit())}}};
  }
  [[nodiscard]] static std::int64_t predicted_bytes(const nasnet::Architecture& architecture) {
    return static_cast<std::int64_t>(nasnet::canonical_hash(architecture) % 1000);
  }
  [[nodiscard]] static nlohmann::json settings() { return {{"name", "hungry"}}; }
};

/// Hangs in trial 0 and crashes in trial 1.
struct Wild {
  nasnet::Outcome operator()(const nasnet::Architecture& architecture, nasnet::TrialContext& trial) const {
    while (trial.trial == 0) ::pause();
    if (trial.trial == 1) std::abort();
    return toy::Evaluator{.fails = false}(architecture, trial);
  }
  [[nodiscard]] static nlohmann::json settings() { return {{"name", "wild"}}; }
};

/// Works until it is given up.
struct Endless {
  nasnet::Outcome operator()(const nasnet::Architecture&, nasnet::TrialContext& trial) const {
    *begun = true;
    while (!trial.is_over()) std::this_thread::yield();
    return nasnet::Evaluation{};
  }
  [[nodiscard]] nlohmann::json settings() const { return {{"name", "endless"}}; }
  std::shared_ptr<std::atomic<bool>> begun = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace

TEST_CASE("a search through a queue is the search") {
  const RedisServer server;
  wait_for(server);
  const TemporaryFolder folder;
  const toy::Evaluator evaluate;

  SECTION("line by line, where results come in the same order") {
    nasnet::SearchOptions options = toy::options(40);
    options.journal = folder / "alone";
    (void)nasnet::search<toy::Space>(toy::Climber(3), evaluate, options);
    options.journal = folder / "queue";
    const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), queue_options());
    Workers workers(server.address(), 3);
    const History history = nasnet::search<toy::Space>(toy::Climber(3), queue, options);
    CHECK(timeless(folder / "queue") == timeless(folder / "alone"));
    queue.finish();
    workers.join();
    CHECK(workers.recorded() == static_cast<std::int64_t>(history.trials.size()));  // the climber gets stuck
  }

  SECTION("result by result, where the strategy learns and the search is ordered") {
    nasnet::SearchOptions options = toy::options(40);
    options.ordered = 5;
    const auto evolution = [] {
      return nasnet::RegularizedEvolution(toy::Space::space(), 3, {.population = 6, .sample = 3});
    };
    const History alone = nasnet::search<toy::Space>(evolution(), evaluate, options);
    const toy::Evaluator pausing{.most_milliseconds = 3};
    const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), queue_options());
    Workers workers(server.address(), 3, pausing);
    options.workers = 5;
    CHECK(results_text(nasnet::search<toy::Space>(evolution(), queue, options)) == results_text(alone));
    queue.finish();
    workers.join();
  }

  SECTION("result by result, with several trials in the queue") {
    const nasnet::RandomSearch strategy(toy::Space::space(), 5);
    const History alone = nasnet::search<toy::Space>(nasnet::RandomSearch(strategy), evaluate, toy::options(60));
    Workers workers(server.address(), 3);  // before there is a search
    const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), queue_options());
    const History history = nasnet::search<toy::Space>(nasnet::RandomSearch(strategy), queue, toy::options(60, 6));
    CHECK(nasnet::results_text(history) == nasnet::results_text(alone));
    CHECK(history.count(nasnet::TrialState::failed) > 0);
  }

  SECTION("repeats of a network are trials of their own") {
    using nasnet::AverageRepeats;
    const nasnet::RandomSearch strategy(toy::Space::space(), 5);
    const History alone = nasnet::search<toy::Space>(AverageRepeats(strategy, 3), evaluate, toy::options(30));
    Workers workers(server.address(), 2);
    const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), queue_options());
    const History history = nasnet::search<toy::Space>(AverageRepeats(strategy, 3), queue, toy::options(30));
    CHECK(nasnet::results_text(history) == nasnet::results_text(alone));
  }
}

TEST_CASE("a server that is killed during a search changes nothing") {
  RedisServer server;
  wait_for(server);
  const toy::Evaluator evaluate{.most_milliseconds = 5};
  const nasnet::RandomSearch strategy(toy::Space::space(), 5);
  const History alone = nasnet::search<toy::Space>(nasnet::RandomSearch(strategy), evaluate, toy::options(60));
  const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), queue_options());
  Workers workers(server.address(), 3, evaluate);
  nasnet::SearchOptions options = toy::options(60, 6);
  options.on_trial = [&](const nasnet::Trial& trial) {
    if (trial.number != 20 && trial.number != 40) return;
    server.kill();
    if (trial.number == 40) std::filesystem::remove_all(server.folder() / "appendonlydir");  // and lost everything
    server.start();
  };
  const History history = nasnet::search<toy::Space>(nasnet::RandomSearch(strategy), queue, options);
  CHECK(nasnet::results_text(history) == nasnet::results_text(alone));
}

TEST_CASE("a search that was stopped takes its results from the queue") {
  const RedisServer server;
  wait_for(server);
  const TemporaryFolder folder;
  const Counting evaluate;
  std::atomic<bool> stop = false;
  nasnet::SearchOptions options = toy::options(12, 4);
  options.journal = folder / "journal";
  options.resume = true;
  options.stop = &stop;
  options.on_trial = [&](const nasnet::Trial& trial) { stop = stop || trial.number == 3; };
  const nasnet::RandomSearch strategy(toy::Space::space(), 5);
  QueueOptions with_stop = queue_options();
  with_stop.stop = &stop;

  Workers<Counting> workers(server.address(), 2, evaluate);
  {
    const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), with_stop);
    const History part = nasnet::search<toy::Space>(nasnet::RandomSearch(strategy), queue, options);
    CHECK(part.interrupted);
    CHECK(part.trials.size() < 12);
    CHECK(part.count(nasnet::TrialState::failed) == 0);
  }
  stop = false;
  CHECK_THROWS_MATCHES(QueueEvaluator(evaluate, toy::Space::space(), server.address(), with_stop),
                       nasnet::ArgumentError, MessageMatches(ContainsSubstring("holds a search already")));
  with_stop.resume = true;
  const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), with_stop);
  options.on_trial = {};
  const History history = nasnet::search<toy::Space>(nasnet::RandomSearch(strategy), queue, options);
  CHECK_FALSE(history.interrupted);
  const History alone = nasnet::search<toy::Space>(nasnet::RandomSearch(strategy), Counting{}, toy::options(12));
  CHECK(nasnet::results_text(history) == nasnet::results_text(alone));
  for (std::size_t trial = 0; trial < 12; ++trial) CHECK((*evaluate.calls)[trial] == 1);  // no network twice
}

TEST_CASE("a worker that is asked to stop gives its trial back") {
  const RedisServer server;
  wait_for(server);
  const Endless evaluate;
  const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), {.lease = 100s});
  std::atomic<bool> stop = false;
  std::vector<nasnet::QueueWork> seen;
  nasnet::QueueWorkerSummary summary;
  std::thread worker([&] {
    nasnet::QueueWorkerOptions options{.stop = &stop};
    options.on_trial = [&](std::int64_t, nasnet::QueueWork work) { seen.push_back(work); };
    summary = nasnet::serve_queue(server.address(), toy::Space::space(), evaluate, options);
  });
  History history;
  std::thread driver([&] {
    history = nasnet::search<toy::Space>(nasnet::RandomSearch(toy::Space::space(), 5), queue, toy::options(1));
  });
  while (!*evaluate.begun) std::this_thread::yield();
  stop = true;
  worker.join();
  CHECK(summary.stopped);
  CHECK(summary.given_back == 1);
  CHECK(seen == std::vector{nasnet::QueueWork::begun, nasnet::QueueWork::given_back});

  // The lease is long, and yet another worker has it at once.
  nasnet::TrialQueue end(server.address());
  end.attach(*end.find());
  std::optional<nasnet::QueuedTrial> trial;
  end.claim("another", 10s, trial);
  REQUIRE(trial);
  end.finish(*trial, R"({"validation_accuracy":0.5,"validation_loss":1,"metrics":{}})");
  driver.join();
  CHECK(history.best().evaluation.validation_accuracy == 0.5);
}

TEST_CASE("a trial that ends its workers is lost, and the strategy is told") {
  const RedisServer server;
  wait_for(server);
  const toy::Evaluator evaluate{.fails = false};
  const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), {.lease = 60ms});
  std::atomic<bool> ended = false;
  std::thread dying([&] {  // claims and never answers
    nasnet::TrialQueue end(server.address());
    end.attach(*end.find());
    for (int worker = 0; !ended; ++worker) {
      std::optional<nasnet::QueuedTrial> trial;
      end.claim("dying " + std::to_string(worker), 10ms, trial);
    }
  });
  toy::Scripted strategy{[](int, int) { return toy::architecture(7); }};
  const History history = nasnet::search<toy::Space>(strategy, queue, toy::options(1));
  ended = true;
  dying.join();
  REQUIRE(strategy.trials.size() == 1);
  CHECK(strategy.trials[0].failure == nasnet::FailureKind::lost);
  CHECK(history.trials[0].failure == nasnet::FailureKind::lost);
  CHECK_THAT(history.trials[0].message, ContainsSubstring("3 workers began it and never answered"));
}

TEST_CASE("a worker whose trials are processes of their own outlives a hang and a crash") {
  const Wild wild;
  const nasnet::ProcessEvaluator isolated(wild, toy::Space::space());  // before the first thread
  const RedisServer server;
  wait_for(server);
  const QueueEvaluator queue(wild, toy::Space::space(), server.address(), queue_options());
  Workers workers(server.address(), 1, isolated);
  nasnet::SearchOptions options = toy::options(4, 2);
  options.trial_seconds = 0.5;
  const History history =
      nasnet::search<toy::Space>(nasnet::RandomSearch(toy::Space::space(), 5), queue, std::move(options));
  queue.finish();
  workers.join();
  CHECK(workers.recorded() == 4);
  REQUIRE(history.trials.size() == 4);
  CHECK(history.trials[0].failure == nasnet::FailureKind::timeout);
  CHECK_THAT(history.trials[0].message, ContainsSubstring("longer than the limit of 0.5 seconds"));
  CHECK(history.trials[1].failure == nasnet::FailureKind::crash);
  CHECK(history.count(nasnet::TrialState::done) == 2);
}

TEST_CASE("a worker that is asked to stop ends the process of its trial and gives that back") {
  const Wild wild;
  const nasnet::ProcessEvaluator isolated(wild, toy::Space::space());  // before the first thread
  const RedisServer server;
  wait_for(server);
  std::atomic<bool> stop_worker = false;
  std::atomic<bool> stop_search = false;
  QueueOptions of_queue = queue_options();
  of_queue.stop = &stop_search;
  const QueueEvaluator queue(wild, toy::Space::space(), server.address(), std::move(of_queue));
  nasnet::QueueWorkerSummary summary;
  std::thread worker([&] {
    const nasnet::QueueWorkerOptions own{.stop = &stop_worker,
                                         .on_trial = [&](std::int64_t, nasnet::QueueWork) { stop_worker = true; }};
    summary = nasnet::serve_queue(server.address(), toy::Space::space(), isolated, own);
    stop_search = true;
  });
  nasnet::SearchOptions options = toy::options(1);
  options.stop = &stop_search;
  const History history =
      nasnet::search<toy::Space>(nasnet::RandomSearch(toy::Space::space(), 5), queue, std::move(options));
  worker.join();
  CHECK(summary.given_back == 1);
  CHECK(history.interrupted);
}

TEST_CASE("a worker that can start no more processes gives its trial back and ends, and others run it") {
  const toy::Evaluator evaluate{.fails = false};
  const nasnet::ProcessEvaluator isolated(evaluate, toy::Space::space());  // before the first thread
  const RedisServer server;
  wait_for(server);
  kill(isolated.server(), SIGKILL);
  const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), {.lease = 100s});
  std::optional<nasnet::Failure> failure;
  std::vector<nasnet::QueueWork> works;
  std::thread worker([&] {
    const auto serve = [&](const auto& evaluator, const nasnet::QueueWorkerOptions& own) {
      return nasnet::serve_queue(server.address(), toy::Space::space(), evaluator, own);
    };
    failure = nasnet::catch_failure([&] {
      (void)serve(isolated, {.on_trial = [&](std::int64_t, nasnet::QueueWork work) { works.push_back(work); }});
    });
    (void)serve(evaluate, {});
  });
  const History history =
      nasnet::search<toy::Space>(nasnet::RandomSearch(toy::Space::space(), 5), queue, toy::options(4, 2));
  queue.finish();
  worker.join();
  REQUIRE(failure);
  CHECK_THAT(failure->message, ContainsSubstring("this worker cannot go on and has left its trial to others"));
  CHECK_THAT(failure->message, ContainsSubstring("the process that starts them has ended"));
  CHECK(works == std::vector{nasnet::QueueWork::begun, nasnet::QueueWork::given_back});
  CHECK(history.count(nasnet::TrialState::done) == 4);
  CHECK(history.count(nasnet::TrialState::failed) == 0);
}

TEST_CASE("the memory limit of a search is that of its trials on workers") {
  const RedisServer server;
  wait_for(server);
  nasnet::SearchOptions options = toy::options(3);
  options.trial_bytes = 1'000'000;
  const auto limits_seen = [&](std::size_t limit_of_worker) {
    const Hungry evaluate;
    const std::string name = "limit-" + std::to_string(limit_of_worker);
    nasnet::QueueAddress address = server.address();
    address.name = name;
    const QueueEvaluator queue(evaluate, toy::Space::space(), address, queue_options());
    std::thread worker([&] {
      nasnet::QueueWorkerOptions own;
      own.trial_bytes = limit_of_worker;
      (void)nasnet::serve_queue(address, toy::Space::space(), evaluate, own);
    });
    const History history = nasnet::search<toy::Space>(nasnet::RandomSearch(toy::Space::space(), 5), queue, options);
    queue.finish();
    worker.join();
    return history.best().evaluation.metrics.at("limit");
  };
  CHECK(limits_seen(static_cast<std::size_t>(-1)) == 1e6);
  CHECK(limits_seen(2'000'000) == 1e6);
  CHECK(limits_seen(500'000) == 5e5);
}

TEST_CASE("a tensor beyond the memory limit of a search fails its trial on a worker as it does here") {
  const RedisServer server;
  wait_for(server);
  nasnet::SearchOptions options = toy::options(4);
  options.trial_bytes = 1'000'000;
  const Hungry evaluate{.takes = 2'000'000};
  const auto strategy = [] { return nasnet::RandomSearch(toy::Space::space(), 5); };
  const History alone = nasnet::search<toy::Space>(strategy(), evaluate, options);
  const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), queue_options());
  Workers<Hungry> workers(server.address(), 2, evaluate);
  const History history = nasnet::search<toy::Space>(strategy(), queue, options);
  CHECK(history.count(nasnet::TrialState::failed) == 4);
  CHECK(history.trials[0].failure == nasnet::FailureKind::out_of_memory);
  CHECK(nasnet::results_text(history) == nasnet::results_text(alone));
}

TEST_CASE("what is predicted to need more memory than there is is rejected by the search, or refused by a worker") {
  const RedisServer server;
  wait_for(server);
  const Hungry evaluate;
  const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), queue_options());
  std::thread worker([&] {
    nasnet::QueueWorkerOptions options;
    options.memory_bytes = 700;
    (void)nasnet::serve_queue(server.address(), toy::Space::space(), evaluate, options);
  });
  nasnet::SearchOptions options = toy::options(40, 6);
  options.memory_bytes = 900;  // of each worker, so that none of the six waits for another
  const History history = nasnet::search<toy::Space>(nasnet::RandomSearch(toy::Space::space(), 5), queue, options);
  queue.finish();
  worker.join();
  CHECK(history.count(nasnet::TrialState::rejected) > 0);
  CHECK(history.count(nasnet::TrialState::failed) > 0);
  CHECK(history.count(nasnet::TrialState::done) > 0);
  for (const nasnet::Trial& trial : history.skipped) {
    if (trial.state == nasnet::TrialState::rejected) CHECK(trial.bytes.value() > 900);
  }
  for (const nasnet::Trial& trial : history.trials) {
    INFO(trial.message);
    CHECK((trial.state == nasnet::TrialState::failed) == (trial.bytes.value() > 700));
    if (trial.state == nasnet::TrialState::done) continue;
    CHECK(trial.failure == nasnet::FailureKind::out_of_memory);
    CHECK_THAT(trial.message, ContainsSubstring(nasnet::join("predicted to need ", *trial.bytes, " bytes of memory")));
  }
  nasnet::QueueWorkerOptions blind;
  blind.memory_bytes = 1;
  CHECK_THROWS_MATCHES(nasnet::serve_queue(server.address(), toy::Space::space(), toy::Evaluator{}, blind),
                       nasnet::ArgumentError, MessageMatches(ContainsSubstring("does not predict")));
}

TEST_CASE("workers that would compute something else are refused") {
  const RedisServer server;
  wait_for(server);
  const toy::Evaluator evaluate;
  const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), queue_options());
  const auto serve = [&](const nasnet::AnySpace& space, const toy::Evaluator& own) {
    (void)nasnet::serve_queue(server.address(), space, own);
  };
  CHECK_THROWS_MATCHES(serve(toy::tiny_space(), evaluate), nasnet::ArgumentError,
                       MessageMatches(ContainsSubstring("cannot take part: space: the search has")));
  CHECK_THROWS_MATCHES(
      serve(toy::Space::space(), {.name = "other"}), nasnet::ArgumentError,
      MessageMatches(ContainsSubstring(R"(evaluator.name: the search has "toy", this worker has "other")")));

  // Searches of another version and another instruction set, as their drivers would have written them.
  nasnet::TrialQueue end(server.address());
  nasnet::QueueSearch search = *end.find();
  for (const auto& [key, value, text] : {std::tuple("nasnet", "99.1.0", "nasnet: the search has \"99.1.0\""),
                                         std::tuple("instruction_set", "tubes", "NASNET_ISA")}) {
    nasnet::QueueSearch other = search;
    other.description[key] = value;
    end.remove();
    REQUIRE(end.open(other));
    CHECK_THROWS_MATCHES(serve(toy::Space::space(), evaluate), nasnet::ArgumentError,
                         MessageMatches(ContainsSubstring(text)));
    QueueOptions resumed = queue_options();
    resumed.resume = true;
    CHECK_THROWS_MATCHES(QueueEvaluator(evaluate, toy::Space::space(), server.address(), resumed),
                         nasnet::ArgumentError,
                         MessageMatches(ContainsSubstring("holds another search") && ContainsSubstring(text)));
  }
}

TEST_CASE("a search whose queue is taken by another one ends, and its trials have not failed") {
  const RedisServer server;
  wait_for(server);
  const TemporaryFolder folder;
  const toy::Evaluator evaluate;
  const QueueEvaluator queue(evaluate, toy::Space::space(), server.address(), queue_options());
  nasnet::TrialQueue end(server.address());
  nasnet::QueueSearch other = *end.find();
  other.id = "other";
  end.remove();
  REQUIRE(end.open(other));
  nasnet::SearchOptions options = toy::options(4, 2);
  options.journal = folder / "journal";
  CHECK_THROWS_MATCHES((void)nasnet::search<toy::Space>(nasnet::RandomSearch(toy::Space::space(), 5), queue, options),
                       nasnet::IoError, MessageMatches(ContainsSubstring("holds another search now")));
  CHECK(nasnet::read_history(folder / "journal").trials.empty());
}
