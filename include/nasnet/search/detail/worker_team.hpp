/// Workers on the threads of a pool: each takes a trial, evaluates it, records it, until there is nothing left.
#pragma once

#include <array>               // array
#include <cmath>               // isfinite
#include <condition_variable>  // condition_variable
#include <cstdint>             // int64_t, uint64_t
#include <cstdio>              // snprintf
#include <exception>           // exception_ptr
#include <memory>              // shared_ptr
#include <mutex>               // lock_guard, mutex, unique_lock
#include <nlohmann/json.hpp>   // json
#include <optional>            // nullopt, optional
#include <string>              // string, to_string
#include <string_view>         // string_view
#include <utility>             // move

#include "nasnet/core/allocator.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/progress.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/steady_time.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/evaluator/evaluator_model.hpp"
#include "nasnet/search/ledger.hpp"
#include "nasnet/search/search_options.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Holds the first exception of several threads until one of them can let it pass.
class FirstError {
 public:
  /// Runs `call()` and keeps what it throws.
  template <class Call>
  void watch(const Call& call) {
    std::exception_ptr error = catch_exception(call);
    if (!error_) error_ = std::move(error);
  }

  [[nodiscard]] bool any() const { return error_ != nullptr; }

  /// Lets the exception pass, if there is one.
  NASNET_LAZY void raise() const {
    if (error_) throw_again(error_);
  }

 private:
  std::exception_ptr error_;
};

/// The first figure of an evaluation that is no finite number, as a sentence.
NASNET_LAZY [[nodiscard]] inline std::optional<std::string> not_a_number(const Evaluation& evaluation) {
  const auto sentence = [](std::string_view name, double value) {
    return join(name, " is ",
                std::isnan(value) ? "nan"
                : value > 0       ? "infinite"
                                  : "minus infinite",
                ", no finite number");
  };
  if (!std::isfinite(evaluation.validation_accuracy)) {
    return sentence("the validation accuracy", evaluation.validation_accuracy);
  }
  if (!std::isfinite(evaluation.validation_loss)) return sentence("the validation loss", evaluation.validation_loss);
  for (const auto& [name, value] : evaluation.metrics) {
    if (!std::isfinite(value)) return sentence(join("the metric ", name), value);
  }
  return std::nullopt;
}

NASNET_LAZY inline void set_failed(Trial& trial, FailureKind kind, std::string message) {
  trial.state = TrialState::failed;
  trial.failure = kind;
  trial.message = std::move(message);
}

NASNET_LAZY inline void set_outcome(Trial& trial, const Outcome& outcome) {
  if (!outcome.evaluation()) return set_failed(trial, outcome.failure(), outcome.message());
  if (auto reason = not_a_number(*outcome.evaluation())) {
    return set_failed(trial, FailureKind::not_a_number, *std::move(reason));
  }
  trial.state = TrialState::done;
  trial.evaluation = *outcome.evaluation();
}

[[nodiscard]] constexpr FailureKind failure_kind(Failure::Kind kind) {
  return kind == Failure::Kind::out_of_memory ? FailureKind::out_of_memory : FailureKind::exception;
}

class WorkerTeam {
 public:
  /// @param shared_bytes memory for all trials that run together; absent: they wait for none
  NASNET_LAZY WorkerTeam(SearchLedger& ledger, const EvaluatorInterface& evaluator, const SearchOptions& options,
                         std::shared_ptr<ThreadPool> pool, std::optional<std::int64_t> shared_bytes)
      : ledger_(ledger),
        evaluator_(evaluator),
        options_(options),
        pool_(std::move(pool)),
        shared_bytes_(shared_bytes),
        seconds_before_(ledger.seconds() / options.workers) {}

  /// Runs trials until none is left, or the search is asked to stop; then those that run are finished and recorded.
  NASNET_LAZY void run() {
    report();
    pool_->parallel_for(options_.workers, 1, [this](std::int64_t begin, std::int64_t end) {
      for (std::int64_t worker = begin; worker < end; ++worker) work(static_cast<int>(worker));
    });
    error_.raise();
  }

  [[nodiscard]] bool was_stopped() const { return options_.stop != nullptr && options_.stop->load(); }

 private:
  NASNET_LAZY void work(int worker) {
    while (std::optional<StartedTrial> started = claim(worker)) {
      Trial& trial = started->trial;
      if (!wait_for_memory(trial)) return wake_waiting();  // stopped: it runs when the search goes on
      const bool has_ended = evaluate(trial, started->candidate);
      leave_memory(trial);
      if (!has_ended) return;
      record(trial);
    }
  }

  NASNET_LAZY [[nodiscard]] std::optional<StartedTrial> claim(int worker) {
    std::unique_lock lock(mutex_);
    std::optional<StartedTrial> started;
    while (!error_.any()) {
      error_.watch([&] {
        started = ledger_.next(worker, [this] { return was_stopped(); });
        if (started) report();
      });
      if (started || !ledger_.is_waiting()) break;
      recorded_.wait(lock);
    }
    return started;
  }

  /// Trials get their memory in the order in which they wait, so that none waits for ever. False where the search was
  /// stopped meanwhile.
  NASNET_LAZY [[nodiscard]] bool wait_for_memory(const Trial& trial) {
    if (!shared_bytes_) return true;
    std::unique_lock lock(memory_mutex_);
    const std::int64_t bytes = trial.bytes.value_or(0);
    const std::int64_t place = waiting_end_++;
    const auto fits = [&] { return used_bytes_ == 0 || bytes <= *shared_bytes_ - used_bytes_; };
    const bool waits = place != waiting_begin_ || !fits();
    memory_left_.wait(lock, [&] { return place == waiting_begin_ && fits(); });
    ++waiting_begin_;
    const bool runs = !(waits && was_stopped());
    if (runs) used_bytes_ += bytes;
    memory_left_.notify_all();
    return runs;
  }

  NASNET_LAZY void leave_memory(const Trial& trial) {
    if (!shared_bytes_) return;
    const std::lock_guard lock(memory_mutex_);
    used_bytes_ -= trial.bytes.value_or(0);
    memory_left_.notify_all();
  }

  /// Those who wait for the result of a trial that is not run look whether the search was stopped. The lock keeps the
  /// call from coming between their look and their sleep.
  NASNET_LAZY void wake_waiting() {
    { const std::lock_guard lock(mutex_); }
    recorded_.notify_all();
  }

  NASNET_LAZY void record(const Trial& trial) {
    {
      const std::lock_guard lock(mutex_);
      error_.watch([&] {
        ledger_.record(trial);
        report();
      });
    }
    recorded_.notify_all();
  }

  /// False where the outcome is unresolved: nothing is to be recorded, and no further trial to be run.
  NASNET_LAZY [[nodiscard]] bool evaluate(Trial& trial, const Candidate& candidate) {
    const SteadyTime begin = SteadyTime::now();
    TrialContext context = context_of(trial, candidate, begin);
    std::optional<Outcome> outcome;
    const auto failure = catch_failure([&] { outcome = evaluator_.evaluate(trial.architecture, context); });
    const bool is_late = context.is_over();
    trial.seconds = seconds_since(begin);
    if (is_late) {
      set_failed(trial, FailureKind::timeout, timeout_sentence());
    } else if (failure) {
      set_failed(trial, failure_kind(failure->kind), failure->message);
    } else if (outcome->is_unresolved()) {
      end_unresolved(outcome->message());
      return false;
    } else {
      set_outcome(trial, *outcome);
    }
    return true;
  }

  NASNET_LAZY void end_unresolved(const std::string& message) {
    {
      const std::lock_guard lock(mutex_);
      if (!was_stopped()) error_.watch([&] { fail<IoError>(message); });
    }
    recorded_.notify_all();
  }

  NASNET_LAZY [[nodiscard]] TrialContext context_of(const Trial& trial, const Candidate& candidate, SteadyTime begin) {
    TrialContext context{.trial = trial.number,
                         .random = RandomStream(options_.seed).split("trial", static_cast<std::uint64_t>(trial.number)),
                         .context = Context(pool_, Allocator(options_.trial_bytes)),
                         .ops = candidate.ops(),
                         .progress = progress_of(trial.number)};
    context.budget = trial.budget;
    context.repeat = trial.repeat;
    context.candidate = candidate;
    if (options_.trial_seconds) context.deadline = begin + *options_.trial_seconds;
    return context;
  }

  NASNET_LAZY [[nodiscard]] ProgressCallback progress_of(std::int64_t trial) {
    if (!options_.trial_progress) return {};
    return [this, trial](const Progress& progress) {
      const std::lock_guard lock(progress_mutex_);
      options_.trial_progress(trial, progress);
    };
  }

  NASNET_LAZY [[nodiscard]] std::string timeout_sentence() const {
    return join("it ran longer than the limit of ", nlohmann::json(*options_.trial_seconds).dump(), " seconds");
  }

  NASNET_LAZY void report_status() const {
    if (!options_.on_status) return;
    SearchStatus status{.done = ledger_.ended() - ledger_.failed(),
                        .failed = ledger_.failed(),
                        .running = static_cast<int>(ledger_.running()),
                        .total = options_.trials,
                        .seconds = seconds_before_ + seconds_since(begin_)};
    if (const RankedResult* best = ledger_.best()) {
      status.best_accuracy = best->accuracy;
      status.best_trial = best->first->number;
    }
    Progress pace;
    pace.done = ledger_.ended();
    pace.total = status.total;
    pace.seconds = status.seconds;
    const double left = seconds_left(pace);
    if (left >= 0) status.seconds_left = left;
    options_.on_status(status);
  }

  NASNET_LAZY void report() const {
    report_status();
    if (!options_.progress) return;
    options_.progress({.task = "search",
                       .done = ledger_.ended(),
                       .total = options_.trials,
                       .seconds = seconds_before_ + seconds_since(begin_),
                       .detail = detail_text()});
  }

  NASNET_LAZY [[nodiscard]] std::string detail_text() const {
    std::array<char, 48> words{"no result yet"};
    if (const RankedResult* best = ledger_.best()) {
      std::snprintf(words.data(), words.size(), "best %.2f %%", 100 * best->accuracy);
    }
    std::string text(words.data());
    if (ledger_.running() > 0) text.append(join(", ", ledger_.running(), " running"));
    if (ledger_.failed() > 0) text.append(join(", ", ledger_.failed(), " failed"));
    return text;
  }

  NASNET_LAZY [[nodiscard]] static double seconds_since(SteadyTime begin) { return SteadyTime::now() - begin; }

  SearchLedger& ledger_;
  const EvaluatorInterface& evaluator_;
  const SearchOptions& options_;
  std::shared_ptr<ThreadPool> pool_;
  std::optional<std::int64_t> shared_bytes_;
  double seconds_before_;  // spent by earlier runs of this search
  SteadyTime begin_ = SteadyTime::now();

  std::mutex mutex_;  // of the ledger and the error
  std::condition_variable recorded_;
  FirstError error_;
  std::mutex progress_mutex_;

  std::mutex memory_mutex_;
  std::condition_variable memory_left_;
  std::int64_t used_bytes_ = 0;  // predicted, of the trials that run
  std::int64_t waiting_begin_ = 0;
  std::int64_t waiting_end_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI::detail
