#pragma once

#include "nasnet/study/study.hpp"

#include <algorithm>   // find_if, lower_bound, min, none_of, sort, upper_bound
#include <cmath>       // sqrt
#include <cstddef>     // size_t
#include <cstdint>     // int64_t, uint64_t
#include <functional>  // function, greater
#include <memory>      // make_shared, shared_ptr
#include <mutex>       // lock_guard, mutex
#include <optional>    // optional
#include <queue>       // priority_queue
#include <utility>     // move, pair
#include <vector>      // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/steady_time.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/search/ledger.hpp"
#include "nasnet/search/proposal_judge.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/random_search.hpp"
#include "nasnet/strategy/replay_duplicates.hpp"
#include "nasnet/study/benchmark_table.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void StudyOptions::check() const {
  if (evaluations.empty()) fail<ArgumentError>("study: no numbers of evaluations");
  std::int64_t before = 0;
  for (const std::int64_t count : evaluations) {
    if (count <= before) {
      fail<ArgumentError>("study: ", count, " evaluations after ", before, ", ascending numbers from 1 are wanted");
    }
    before = count;
  }
  constexpr std::int64_t most = 1'000'000;
  if (before > most) fail<ArgumentError>("study: ", before, " evaluations, at most ", most, " are possible");
  if (seeds < 1 || seeds > most) fail<ArgumentError>("study: ", seeds, " seeds, 1 to ", most, " are wanted");
  if (workers < 1 || workers > most) fail<ArgumentError>("study: ", workers, " workers, 1 to ", most, " are wanted");
  if (max_skipped < 1) fail<ArgumentError>("study: at most ", max_skipped, " skipped in a row, wanted 1 or more");
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY double t_quantile(double degrees) {
  constexpr double z = 1.959963984540054;
  constexpr double z2 = z * z;
  const double g1 = z * (z2 + 1) / 4;
  const double g2 = z * (5 * z2 * z2 + 16 * z2 + 3) / 96;
  const double g3 = z * (3 * z2 * z2 * z2 + 19 * z2 * z2 + 17 * z2 - 15) / 384;
  return z + g1 / degrees + g2 / (degrees * degrees) + g3 / (degrees * degrees * degrees);
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY SampleSummary summary_of(const std::vector<double>& values) {
  if (values.empty()) fail<ArgumentError>("study: a summary of no values");
  const auto count = static_cast<double>(values.size());
  SampleSummary summary;
  for (const double value : values) summary.mean += value / count;
  double squares = 0;
  for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
  if (values.size() > 1) summary.deviation = std::sqrt(squares / (count - 1));
  const double half = values.size() > 1 ? detail::t_quantile(count - 1) * summary.deviation / std::sqrt(count) : 0.0;
  summary.low = summary.mean - half;
  summary.high = summary.mean + half;
  return summary;
}

NASNET_BODY double probability_above(const std::vector<double>& first, std::vector<double> second) {
  if (first.empty() || second.empty()) fail<ArgumentError>("study: a comparison with no values");
  std::sort(second.begin(), second.end());
  double wins = 0;
  for (const double value : first) {
    const auto below = std::lower_bound(second.begin(), second.end(), value);
    const auto above = std::upper_bound(below, second.end(), value);
    wins += static_cast<double>(below - second.begin()) + static_cast<double>(above - below) / 2;
  }
  return wins / (static_cast<double>(first.size()) * static_cast<double>(second.size()));
}

NASNET_BODY std::vector<double> figures_at(const StudyResult& result, std::int64_t evaluation,
                                           double StudyPoint::*figure) {
  std::vector<double> values;
  for (const StudyRun& run : result.runs) values.push_back(run[static_cast<std::size_t>(evaluation - 1)].*figure);
  return values;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

/// Follows one search and writes down what it has found.
class StudyFollower {
 public:
  /// @param unit the budget of an evaluation
  NASNET_LAZY explicit StudyFollower(std::int64_t unit) : unit_(unit) {}

  /// The search up to now, stretched to so many evaluations; nothing where there was none.
  NASNET_LAZY [[nodiscard]] StudyRun run(std::size_t evaluations) const {
    StudyRun run = run_;
    if (spent_ > 0) run.resize(evaluations, point_);
    return run;
  }

  /// @param budget what the evaluation has cost
  NASNET_LAZY void add(std::uint64_t form, const TableEntry& entry, double seconds, std::int64_t budget) {
    // Evaluations that were full before this one ended know nothing of it.
    while (next_end() < spent_ + budget && spent_ > 0) run_.push_back(point_);
    if (spent_ == 0 || entry.validation_accuracy > point_.validation) {
      point_.validation = entry.validation_accuracy;
      point_.test = entry.test_accuracy;
    }
    rank(form, entry.validation_accuracy);
    point_.top_5 = mean_of_best(5);
    point_.top_25 = mean_of_best(most);
    point_.seconds = seconds;
    spent_ += budget;
    while (next_end() <= spent_) run_.push_back(point_);
  }

 private:
  static constexpr std::size_t most = 25;

  struct Ranked {
    double accuracy;
    std::uint64_t form;
  };

  /// What must be spent for the next point.
  [[nodiscard]] std::int64_t next_end() const { return (static_cast<std::int64_t>(run_.size()) + 1) * unit_; }

  NASNET_LAZY void rank(std::uint64_t form, double accuracy) {
    const auto known =
        std::find_if(best_.begin(), best_.end(), [form](const Ranked& other) { return other.form == form; });
    if (known != best_.end()) {
      if (known->accuracy >= accuracy) return;
      best_.erase(known);
    }
    const auto place = std::upper_bound(best_.begin(), best_.end(), accuracy,
                                        [](double value, const Ranked& other) { return value > other.accuracy; });
    best_.insert(place, {accuracy, form});
    if (best_.size() > most) best_.pop_back();
  }

  NASNET_LAZY [[nodiscard]] double mean_of_best(std::size_t wanted) const {
    const std::size_t count = (std::min)(wanted, best_.size());
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k) sum += best_[k].accuracy;
    return sum / static_cast<double>(count);
  }

  std::int64_t unit_;
  std::int64_t spent_ = 0;
  StudyPoint point_;
  StudyRun run_;
  std::vector<Ranked> best_;  // each form once, the best first
};

/// A search on a table with simulated workers.
class SimulatedSearch {
 public:
  NASNET_LAZY SimulatedSearch(const BenchmarkTable& table, AnyStrategy strategy, const StudyOptions& options,
                              std::uint64_t seed)
      : table_(table),
        seed_(seed),
        evaluations_(options.evaluations.back()),
        unspent_(evaluations_ * table.full_budget()),
        idle_(options.workers),
        ledger_(std::move(strategy), ProposalJudge(table.space()),
                {.trials = unspent_, .duplicates = options.duplicates, .max_skipped = options.max_skipped}),
        follower_(table.full_budget()) {}
  SimulatedSearch(const SimulatedSearch&) = delete;
  SimulatedSearch& operator=(const SimulatedSearch&) = delete;

  NASNET_LAZY [[nodiscard]] StudyRun run() {
    for (start_trials(); !running_.empty(); start_trials()) end_first();
    StudyRun run = follower_.run(static_cast<std::size_t>(evaluations_));
    if (run.empty()) fail<DataError>("study: a strategy proposed nothing on the table ", table_.name());
    return run;
  }

 private:
  struct Running {
    double end;  // virtual time
    Trial trial;
    TableEntry entry;
    [[nodiscard]] bool operator>(const Running& other) const {
      return end != other.end ? end > other.end : trial.number > other.trial.number;
    }
  };

  NASNET_LAZY void start_trials() {
    for (; idle_ > 0 && unspent_ > 0; --idle_) {
      std::optional<StartedTrial> started = ledger_.next(0, [] { return false; });
      if (!started) return;
      Trial& trial = started->trial;
      const TableEntry entry = drawn(trial);
      unspent_ -= cost(trial);
      running_.push({now_ + entry.seconds, std::move(trial), entry});
    }
  }

  NASNET_LAZY [[nodiscard]] TableEntry drawn(const Trial& trial) const {
    RandomStream random = RandomStream(seed_).split("study.draw", static_cast<std::uint64_t>(trial.number));
    const std::int64_t training = random.below(static_cast<std::int64_t>(table_.trainings()));
    return table_.at(trial.architecture, trial.budget, static_cast<std::size_t>(training));
  }

  NASNET_LAZY [[nodiscard]] std::int64_t cost(const Trial& trial) const {
    return trial.budget.value_or(table_.full_budget());
  }

  NASNET_LAZY void end_first() {
    Running first = running_.top();
    running_.pop();
    now_ = first.end;
    first.trial.evaluation.validation_accuracy = first.entry.validation_accuracy;
    first.trial.evaluation.metrics["test_accuracy"] = first.entry.test_accuracy;
    first.trial.seconds = first.entry.seconds;
    ++idle_;
    follower_.add(first.trial.hash, first.entry, now_, cost(first.trial));
    ledger_.record(first.trial);
  }

  const BenchmarkTable& table_;
  std::uint64_t seed_;
  std::int64_t evaluations_;
  std::int64_t unspent_;  // budget of evaluations that are still to begin
  int idle_;
  SearchLedger ledger_;
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running_;
  double now_ = 0;
  StudyFollower follower_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY StudyRun simulate_search(const BenchmarkTable& table, AnyStrategy strategy, const StudyOptions& options,
                                     std::uint64_t seed) {
  options.check();
  if (options.duplicates == Duplicates::evaluate) {
    return detail::SimulatedSearch(table, std::move(strategy), options, seed).run();
  }
  return detail::SimulatedSearch(table, ReplayDuplicates(std::move(strategy)), options, seed).run();
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline StudyStrategy random_strategy() {
  return {"random", [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy { return RandomSearch(space, seed); }};
}

/// All searches of a study, side by side.
class StudyRunner {
 public:
  NASNET_LAZY StudyRunner(const BenchmarkTable& table, const std::vector<StudyStrategy>& strategies, Study& study)
      : table_(table), strategies_(strategies), study_(study) {}

  /// @throws DataError with what went wrong in the first search that failed.
  NASNET_LAZY void run() {
    const auto start = SteadyTime::now();
    std::mutex mutex;  // of the progress
    std::int64_t done = 0;
    const std::int64_t seeds = study_.options.seeds;
    const auto count = static_cast<std::int64_t>(strategies_.size()) * seeds;
    failures_.resize(static_cast<std::size_t>(count));
    const auto pool = study_.options.pool ? study_.options.pool : std::make_shared<ThreadPool>(0);
    pool->parallel_for(count, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t task = begin; task < end; ++task) {
        failures_[static_cast<std::size_t>(task)] =
            catch_failure([&] { run(static_cast<std::size_t>(task / seeds), task % seeds); });
        if (!study_.options.progress) continue;
        const std::lock_guard lock(mutex);
        study_.options.progress(
            {.task = "study", .done = ++done, .total = count, .seconds = SteadyTime::now() - start, .detail = ""});
      }
    });
    for (const std::optional<Failure>& failure : failures_) {
      if (failure) fail<DataError>(failure->message);
    }
  }

 private:
  NASNET_LAZY void run(std::size_t which, std::int64_t search) {
    const std::uint64_t seed = study_.options.first_seed + static_cast<std::uint64_t>(search);
    study_.results[which].runs[static_cast<std::size_t>(search)] =
        simulate_search(table_, strategies_[which].make(table_.space(), seed), study_.options, seed);
  }

  const BenchmarkTable& table_;
  const std::vector<StudyStrategy>& strategies_;
  Study& study_;
  std::vector<std::optional<Failure>> failures_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Study run_study(const BenchmarkTable& table, std::vector<StudyStrategy> strategies, StudyOptions options) {
  options.check();
  const auto is_random = [](const StudyStrategy& strategy) { return strategy.name == "random"; };
  if (std::none_of(strategies.begin(), strategies.end(), is_random)) {
    strategies.insert(strategies.begin(), detail::random_strategy());
  }
  Study study{
      .table = table.name(), .best = table.best(), .full_budget = table.full_budget(), .options = std::move(options)};
  for (const StudyStrategy& strategy : strategies) {
    study.results.push_back({strategy.name, std::vector<StudyRun>(static_cast<std::size_t>(study.options.seeds))});
  }
  detail::StudyRunner(table, strategies, study).run();
  return study;
}

}  // namespace nasnet::inline NASNET_ABI
