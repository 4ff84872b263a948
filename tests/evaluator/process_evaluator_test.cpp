#include "nasnet/evaluator/process_evaluator.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/evaluator/detail/trial_receiver.hpp"
#include "nasnet/search/search.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool under_sanitizer = true;  // it ends a process by itself where memory is lacking
#else
constexpr bool under_sanitizer = false;
#endif

/// An evaluator that does what a function says.
struct Told {
  std::function<Outcome(TrialContext&)> act;

  Outcome operator()(const Architecture&, TrialContext& trial) const { return act(trial); }
};

/// What a search of one trial records.
Trial trial_of(std::function<Outcome(TrialContext&)> act, const std::function<void(SearchOptions&)>& set = {},
               ProcessOptions processes = {}) {
  const ProcessEvaluator<Told> evaluate(Told{std::move(act)}, toy::Space::space(), processes);
  SearchOptions options = toy::options(1);
  options.pool = std::make_shared<ThreadPool>(1);
  if (set) set(options);
  return search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, options).trials.at(0);
}

/// Not there, or ended and only waiting to be counted.
bool is_gone(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  if (!std::getline(status, text)) return true;
  const auto end = text.rfind(')');
  return end != std::string::npos && text.size() > end + 2 && text[end + 2] == 'Z';
}

bool comes_true(const std::function<bool()>& condition) {
  for (int round = 0; round < 3000; ++round) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

/// Numbers of processes, one a line.
std::vector<pid_t> processes_in(const std::filesystem::path& path) {
  std::vector<pid_t> found;
  for (const std::string& line : toy::lines(path)) found.push_back(static_cast<pid_t>(std::stol(line)));
  return found;
}

void add_line(const std::filesystem::path& path, pid_t process) {
  std::ofstream(path, std::ios::app) << std::to_string(process) + "\n";
}

std::int64_t* volatile nowhere = nullptr;

}  // namespace

TEST_CASE("processes: results are those of trials in the program", "[processes]") {
  const toy::Evaluator toy;
  const ProcessEvaluator<toy::Evaluator> isolated(toy, toy::Space::space(), {.threads = 2});
  const History inside = search<toy::Space>(RandomSearch(toy::Space{}, 3), toy, toy::options(30));
  for (const int workers : {1, 3}) {
    const History outside = search<toy::Space>(RandomSearch(toy::Space{}, 3), isolated, toy::options(30, workers));
    CHECK(results_text(outside) == results_text(inside));
  }
  CHECK(inside.count(TrialState::failed) > 3);  // some of each kind
  CHECK(isolated.settings() == toy.settings());
}

TEST_CASE("processes: a crash costs one trial, and the journal says how", "[processes]") {
  const TemporaryFolder folder;
  const ProcessEvaluator<Told> evaluate(Told{[](TrialContext& trial) -> Outcome {
                                          if (trial.trial == 1) *nowhere = 1;
                                          if (trial.trial == 2) std::abort();
                                          if (trial.trial == 3) std::exit(3);
                                          if (trial.trial == 4) _exit(0);
                                          if (trial.trial == 5) fail<DataError>("a reason");
                                          if (trial.trial == 6) kill(getpid(), SIGKILL);
                                          return Evaluation{.validation_accuracy = 0.5};
                                        }},
                                        toy::Space::space());
  SearchOptions options = toy::options(8, 2);
  options.journal = folder / "run.jsonl";
  toy::Scripted strategy{[](int asked, int) { return toy::architecture(asked * 7); }};
  const History history = search<toy::Space>(strategy, evaluate, options);
  REQUIRE(history.trials.size() == 8);
  const auto kinds = [](const std::vector<Trial>& trials) {
    std::vector<std::string> found;
    for (const Trial& trial : trials) found.emplace_back(trial.failure ? to_string(*trial.failure) : "done");
    return found;
  };
  const std::vector<std::string> expected{"done", "crash", "crash", "crash", "crash", "exception", "crash", "done"};
  CHECK(kinds(history.trials) == expected);
  CHECK(kinds(read_history(options.journal).trials) == expected);
  if (!under_sanitizer) {
    CHECK(history.trials[1].message == "its process ended with signal 11 (SIGSEGV)");
    CHECK(history.trials[2].message == "its process ended with signal 6 (SIGABRT)");
  }
  CHECK(history.trials[3].message == "its process ended with exit status 3 and no result");
  CHECK(history.trials[4].message == "its process ended with exit status 0 and no result");
  CHECK(history.trials[5].message == "a reason");
  CHECK(history.trials[6].message == "its process ended with signal 9 (SIGKILL)");
  std::int64_t told = 0;
  for (const Trial& trial : strategy.trials) told += trial.failure == FailureKind::crash ? 1 : 0;
  CHECK(told == 5);
}

TEST_CASE("processes: a trial that hangs is killed at its time", "[processes]") {
  const TemporaryFolder folder;
  const auto begin = std::chrono::steady_clock::now();
  const Trial trial = trial_of(
      [&](TrialContext&) -> Outcome {
        add_line(folder / "pid", getpid());
        if (fork() == 0) add_line(folder / "pid", getpid());  // what a trial starts ends with it
        for (volatile std::int64_t n = 0;;) n = n + 1;
      },
      [](SearchOptions& options) { options.trial_seconds = 0.5; });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  CHECK(trial.failure == FailureKind::timeout);
  CHECK(trial.message == "it ran longer than the limit of 0.5 seconds");
  CHECK(trial.seconds >= 0.5);
  CHECK(seconds < 60);
  for (const pid_t process : processes_in(folder / "pid")) CHECK(comes_true([&] { return is_gone(process); }));
}

TEST_CASE("processes: beyond its memory a trial fails alone", "[processes]") {
  if (under_sanitizer) return;
  const auto limited = [](SearchOptions& options) { options.trial_bytes = std::size_t{64} << 20U; };
  const Trial tensors = trial_of(
      [](TrialContext& trial) -> Outcome {
        const auto tensor = trial.context.tensor<float>({64 << 20});
        return Evaluation{};
      },
      limited);
  CHECK(tensors.failure == FailureKind::out_of_memory);
  CHECK_THAT(tensors.message, ContainsSubstring("exceed the limit of 67108864"));

  const auto take_all = [] {
    std::vector<std::vector<char>> blocks;
    for (int n = 0; n < 4000; ++n) blocks.emplace_back(std::size_t{1} << 20U, 'x');
    return Evaluation{.validation_accuracy = static_cast<double>(blocks.size())};
  };
  const Trial heap = trial_of([&](TrialContext&) -> Outcome { return take_all(); }, limited);
  CHECK(heap.failure == FailureKind::out_of_memory);

  const Trial in_a_thread = trial_of(
      [&](TrialContext&) -> Outcome {
        std::thread([&] { static_cast<void>(take_all()); }).join();  // ends the process
        return Evaluation{};
      },
      limited);
  CHECK(in_a_thread.failure == FailureKind::out_of_memory);
  CHECK_THAT(in_a_thread.message, ContainsSubstring("its process found no memory and ended with signal 6"));

  const Trial small = trial_of(
      [](TrialContext& trial) -> Outcome {
        const auto tensor = trial.context.zeros<float>({15 << 20});
        return Evaluation{.validation_accuracy = 0.25};
      },
      limited, {.threads = 4});
  CHECK(small.state == TrialState::done);
}

TEST_CASE("processes: results of any size and numbers of any kind arrive as they are", "[processes]") {
  const Trial large = trial_of([](TrialContext& trial) -> Outcome {
    Evaluation evaluation{.validation_accuracy = 0.1, .validation_loss = -0.0};
    RandomStream random = trial.random;
    for (int n = 0; n < 100'000; ++n) evaluation.metrics["metric " + std::to_string(n)] = random.normal() * 1e-310;
    return evaluation;
  });
  REQUIRE(large.evaluation.metrics.size() == 100'000);
  RandomStream random = RandomStream(7).split("trial", 0);
  for (int n = 0; n < 100'000; ++n) {
    if (large.evaluation.metrics.at("metric " + std::to_string(n)) != random.normal() * 1e-310) FAIL(n);
  }
  CHECK(std::signbit(large.evaluation.validation_loss));

  const Trial infinite = trial_of([](TrialContext&) -> Outcome {
    return Evaluation{.metrics = {{"x", -std::numeric_limits<double>::infinity()}}};
  });
  CHECK(infinite.failure == FailureKind::not_a_number);
  CHECK(infinite.message == "the metric x is minus infinite, no finite number");

  const Trial own = trial_of([](TrialContext&) { return Outcome::failed(FailureKind::lost, std::string("a\xff\n")); });
  CHECK(own.failure == FailureKind::lost);
  CHECK(own.message == "a\xEF\xBF\xBD\n");

  const Trial too_large =
      trial_of([](TrialContext&) -> Outcome { fail<DataError>(std::string(std::size_t{65} << 20U, 'x')); });
  CHECK(too_large.failure == FailureKind::crash);
  CHECK_THAT(too_large.message, ContainsSubstring("one of more than 67108864 bytes"));
}

TEST_CASE("processes: budget, repeat, threads, random numbers and reports reach the trial and come back",
          "[processes]") {
  const ProcessEvaluator<Told> evaluate(
      Told{[](TrialContext& trial) -> Outcome {
        trial.progress({.task = "training", .done = 1, .total = 3, .seconds = 0.5, .detail = "loss 1"});
        return Evaluation{.validation_accuracy = 1,
                          .metrics = {{"budget", static_cast<double>(trial.budget.value_or(0))},
                                      {"repeat", static_cast<double>(trial.repeat)},
                                      {"threads", static_cast<double>(trial.context.pool()->size())},
                                      {"trial", static_cast<double>(trial.trial)}}};
      }},
      toy::Space::space(), {.threads = 3});
  SearchOptions options = toy::options(2);
  std::vector<std::string> reports;
  options.trial_progress = [&](std::int64_t trial, const Progress& progress) {
    reports.push_back(join(trial, progress.task, progress.done, progress.total, progress.detail));
  };
  const toy::Scripted strategy{[](int asked, int) {
    return Proposal{toy::architecture(asked * 7), asked + 5, asked + 1};
  }};
  const History history = search<toy::Space>(toy::Scripted(strategy), evaluate, options);
  const std::map<std::string, double> expected{{"budget", 6}, {"repeat", 2}, {"threads", 3}, {"trial", 1}};
  CHECK(history.trials.at(1).evaluation.metrics == expected);
  CHECK(reports == std::vector<std::string>{"0training13loss 1", "1training13loss 1"});
}

TEST_CASE("processes: nothing is left of them", "[processes]") {
  pid_t server = 0;
  {
    const ProcessEvaluator<toy::Evaluator> evaluate(toy::Evaluator{}, toy::Space::space());
    server = evaluate.server();
    CHECK_FALSE(is_gone(server));
    static_cast<void>(search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, toy::options(5)));
  }
  CHECK(kill(server, 0) != 0);
  CHECK(waitpid(-1, nullptr, WNOHANG) < 0);  // no child at all
}

TEST_CASE("processes: a program that is killed leaves none behind", "[processes]") {
  const TemporaryFolder folder;
  const pid_t program = fork();
  if (program == 0) {
    const auto failure = catch_failure([&] {
      const ProcessEvaluator<Told> evaluate(Told{[&](TrialContext&) -> Outcome {
                                              add_line(folder / "pids", getpid());
                                              while (true) std::this_thread::sleep_for(std::chrono::seconds(1));
                                            }},
                                            toy::Space::space());
      add_line(folder / "pids", evaluate.server());
      static_cast<void>(search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, toy::options(9, 2)));
    });
    _exit(failure ? 1 : 0);
  }
  REQUIRE(comes_true([&] { return toy::lines(folder / "pids").size() == 3; }));
  kill(program, SIGKILL);
  REQUIRE(waitpid(program, nullptr, 0) == program);
  for (const pid_t process : processes_in(folder / "pids")) CHECK(comes_true([&] { return is_gone(process); }));
}

TEST_CASE("processes: without the server a search ends, nothing has failed, and a resumed one goes on", "[processes]") {
  const TemporaryFolder folder;
  const auto run = [&](int workers) {
    const ProcessEvaluator<Told> evaluate(Told{[&](TrialContext& trial) -> Outcome {
                                            if (trial.trial != 2 || std::filesystem::exists(folder / "killed")) {
                                              return Evaluation{.validation_accuracy = 0.5};
                                            }
                                            add_line(folder / "killed", getppid());
                                            kill(getppid(), SIGKILL);
                                            while (true) std::this_thread::sleep_for(std::chrono::seconds(1));
                                          }},
                                          toy::Space::space());
    SearchOptions options = toy::options(6, workers);
    options.journal = folder / ("run" + std::to_string(workers) + ".jsonl");
    options.resume = true;
    return search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, options);
  };
  for (const int workers : {1, 3}) {
    CHECK_THROWS_MATCHES(run(workers), IoError,
                         MessageMatches(ContainsSubstring("the process that starts them has ended")));
    const History stopped = read_history(folder / ("run" + std::to_string(workers) + ".jsonl"));
    CHECK(stopped.count(TrialState::failed) == 0);
    CHECK(stopped.count(TrialState::done) < 6);
    const History history = run(workers);
    CHECK(history.count(TrialState::done) == 6);
    CHECK(history.count(TrialState::failed) == 0);
    CHECK(history.trials.at(2).attempt == 1);
    std::filesystem::remove(folder / "killed");
  }
}

TEST_CASE("processes: where the system makes none, the outcome is unresolved, and the next may run", "[processes]") {
  const ProcessEvaluator<toy::Evaluator> evaluate(toy::Evaluator{.fails = false}, toy::Space::space());
  const auto outcome_now = [&] {
    TrialContext trial{.random = RandomStream(7),
                       .context = Context(std::make_shared<ThreadPool>(1)),
                       .ops = toy::Space::space().ops()};
    return evaluate(toy::architecture(7), trial);
  };
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const Outcome without = outcome_now();
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(without.is_unresolved());
  CHECK_THAT(without.message(), ContainsSubstring("the system cannot start a process: "));
  CHECK(outcome_now().evaluation());

  const ProgressCallback no_progress;
  const detail::TrialReceiver nothing_received(no_progress);
  const detail::ProcessEnd no_fork{detail::ProcessEnd::Kind::not_started, EAGAIN, 0};
  CHECK(detail::outcome_without_result(no_fork, nothing_received).is_unresolved());
}

TEST_CASE("processes: an evaluator in one may leave an outcome unresolved", "[processes]") {
  CHECK_THROWS_MATCHES(trial_of([](TrialContext&) { return Outcome::unresolved("the oven is cold"); }), IoError,
                       MessageMatches(ContainsSubstring("the oven is cold")));
}

TEST_CASE("processes: SIGTERM to all of them changes nothing", "[processes]") {
  const ProcessEvaluator<Told> evaluate(Told{[](TrialContext& trial) -> Outcome {
                                          if (trial.trial == 2) std::signal(SIGTERM, SIG_DFL);  // as it likes
                                          kill(getppid(), SIGTERM);
                                          kill(getpid(), SIGTERM);
                                          return Evaluation{.validation_accuracy = 0.5};
                                        }},
                                        toy::Space::space());
  const History history = search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, toy::options(4));
  CHECK(history.count(TrialState::done) == 3);
  CHECK(history.trials.at(2).message == "its process ended with signal 15 (SIGTERM)");
  CHECK_FALSE(is_gone(evaluate.server()));
}

TEST_CASE("processes: searches go on with them and without them", "[processes]") {
  const TemporaryFolder folder;
  const toy::Evaluator toy;
  const ProcessEvaluator<toy::Evaluator> isolated(toy, toy::Space::space());
  SearchOptions options = toy::options(12);
  options.resume = true;
  const std::string expected = results_text(search<toy::Space>(toy::Climber(3), toy, options));
  for (const bool first : {false, true}) {
    options.journal = folder / (first ? "a.jsonl" : "b.jsonl");
    for (const std::int64_t trials : {4, 8, 12}) {
      options.trials = trials;
      const bool isolate = (trials != 8) == first;
      static_cast<void>(isolate ? search<toy::Space>(toy::Climber(3), isolated, options)
                                : search<toy::Space>(toy::Climber(3), toy, options));
    }
    CHECK(results_text(read_history(options.journal)) == expected);
  }
}

TEST_CASE("processes: a program with threads is refused", "[processes]") {
  const ThreadPool pool(2);
  const auto make = [] { return ProcessEvaluator<toy::Evaluator>(toy::Evaluator{}, toy::Space::space()); };
  CHECK_THROWS_MATCHES(make(), ArgumentError, MessageMatches(ContainsSubstring("before the first thread pool")));
}

TEST_CASE("processes: options out of range are refused", "[processes]") {
  const auto make = [] {
    return ProcessEvaluator<toy::Evaluator>(toy::Evaluator{}, toy::Space::space(), {.threads = 0});
  };
  CHECK_THROWS_MATCHES(make(), ArgumentError, MessageMatches(ContainsSubstring("0 threads for each")));
}
