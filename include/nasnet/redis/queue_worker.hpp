/// The worker's end of a queue: takes trials, evaluates them, brings the results.
///
/// Needs hiredis (the CMake target nasnet::redis).
#pragma once

#include <unistd.h>  // gethostname, getpid

#include <algorithm>           // clamp, min
#include <array>               // array
#include <atomic>              // atomic
#include <chrono>              // duration, duration_cast, milliseconds, steady_clock
#include <condition_variable>  // condition_variable
#include <cstddef>             // size_t
#include <cstdint>             // int64_t
#include <functional>          // function
#include <memory>              // make_shared, shared_ptr
#include <mutex>               // lock_guard, mutex, unique_lock
#include <nlohmann/json.hpp>   // json
#include <optional>            // nullopt, optional
#include <random>              // random_device
#include <string>              // string
#include <string_view>         // string_view
#include <thread>              // thread
#include <utility>             // move

#include "nasnet/core/allocator.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/json_value.hpp"
#include "nasnet/core/progress.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/steady_time.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/evaluator/evaluator_model.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/redis/detail/queue_texts.hpp"
#include "nasnet/redis/queue_address.hpp"
#include "nasnet/redis/trial_queue.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// What became of a trial at a worker.
enum class QueueWork {
  begun,
  recorded,    ///< its result is the trial's
  late,        ///< another result was there before
  given_back,  ///< for another worker, since this one was asked to stop or cannot go on
  dropped,     ///< nobody waits for it any more
};

/// How a worker works.
struct QueueWorkerOptions {
  std::shared_ptr<ThreadPool> pool{};  ///< absent: one of a thread per core
  /// Memory limit of a trial's tensors on this machine. The search may have one too; the smaller one holds.
  std::size_t trial_bytes = static_cast<std::size_t>(-1);

  /// Memory that this machine has for a trial, which runs alone: one that is predicted to need more is refused before
  /// it begins and has failed (FailureKind::out_of_memory). The evaluator has to predict.
  std::optional<std::int64_t> memory_bytes{};

  const std::atomic<bool>* stop =
      nullptr;  ///< true: give back what is under way, and leave; a signal handler may set it
  std::function<void(const std::string&)> notice{};               ///< sentences for the user, from two threads
  std::function<void(std::int64_t trial, QueueWork)> on_trial{};  ///< from one thread
  ProgressCallback progress{};                                    ///< within a trial
  std::chrono::milliseconds server_timeout{10'000};               ///< for connecting and for answers

  [[nodiscard]] bool is_stopping() const { return stop != nullptr && stop->load(); }

  /// A server that cannot be reached yet is waited for.
  [[nodiscard]] RedisOptions connection() const {
    return {.notice = notice,
            .should_stop = [flag = stop] { return flag != nullptr && flag->load(); },
            .timeout = server_timeout,
            .patient = true};
  }
};

/// What a worker did.
struct QueueWorkerSummary {
  std::int64_t recorded = 0;  ///< trials with a result of this worker
  std::int64_t late = 0;
  std::int64_t given_back = 0;
  bool stopped = false;  ///< asked to, before the search was over
};

namespace detail {

/// Says at a third of the lease that a worker lives, on a thread and a connection of its own, whatever the trial does.
class Heartbeat {
 public:
  Heartbeat(const QueueAddress& address, const QueueSearch& search, std::string consumer, const RedisOptions& options)
      : queue_(address, with_end(options)), consumer_(std::move(consumer)) {
    queue_.attach(search);
    thread_ = std::thread([this] { run(); });
  }
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;
  ~Heartbeat() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void begin(const QueuedTrial& trial) {
    const std::lock_guard lock(mutex_);
    unwanted_ = false;
    trial_ = trial;
  }

  void end() {
    const std::lock_guard lock(mutex_);
    trial_.reset();
  }

  /// Whether the trial has a result already, or the queue another search.
  [[nodiscard]] bool is_unwanted() const { return unwanted_; }

 private:
  [[nodiscard]] RedisOptions with_end(RedisOptions options) {
    options.notice = {};  // the worker's own connection speaks
    options.should_stop = [this] { return ending_.load(); };
    return options;
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
      changed_.wait_for(lock, queue_.lease() / 3, [this] { return ending_.load(); });
      if (ending_ || !trial_) continue;
      const QueuedTrial trial = *trial_;
      lock.unlock();
      QueueStep step = QueueStep::done;
      const auto failure =
          catch_failure([&] { step = queue_.beat(consumer_, trial); });  // what is wrong, the worker meets too
      lock.lock();
      const bool is_same = trial_ && trial_->entry == trial.entry;
      if (!failure && is_same && step == QueueStep::gone) unwanted_ = true;
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<QueuedTrial> trial_;
  std::atomic<bool> unwanted_ = false;
  std::atomic<bool> ending_ = false;
  TrialQueue queue_;
  std::string consumer_;
  std::thread thread_;
};

/// One worker from when it joins to when it leaves.
class QueueWorker {
 public:
  QueueWorker(const QueueAddress& address, nlohmann::json own, OpTable ops, const EvaluatorInterface& evaluator,
              QueueWorkerOptions options)
      : options_(std::move(options)),
        own_(std::move(own)),
        ops_(std::move(ops)),
        evaluator_(evaluator),
        queue_(address, options_.connection()),
        consumer_(consumer_name()) {
    if (!options_.pool) options_.pool = std::make_shared<ThreadPool>(ThreadPool::hardware_threads());
  }

  [[nodiscard]] QueueWorkerSummary run() {
    const std::optional<QueueSearch> search = wait_for_search();
    if (!search) return stopped();
    require_part_in(*search);
    queue_.attach(*search);
    Heartbeat heartbeat(queue_.address(), *search, consumer_, options_.connection());
    while (!options_.is_stopping()) {
      std::optional<QueuedTrial> trial;
      const QueueStep step = queue_.claim(consumer_, pause(), trial);
      if (trial) {
        work(*trial, heartbeat);
      } else if (step == QueueStep::gone) {
        if (!wait_until_back()) break;
      } else if (step == QueueStep::done && is_over()) {
        return summary_;
      }
    }
    return stopped();
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// Names of workers that were never there before.
  [[nodiscard]] static std::string consumer_name() {
    std::array<char, 256> host{};
    if (gethostname(host.data(), host.size() - 1) != 0) host = {'?'};
    return join(static_cast<const char*>(host.data()), ':', static_cast<std::int64_t>(getpid()), ':',
                std::random_device{}());
  }

  [[nodiscard]] QueueWorkerSummary stopped() {
    summary_.stopped = true;
    return summary_;
  }

  /// How long one wait for a trial lasts: how soon abandoned trials and a request to stop are seen.
  [[nodiscard]] std::chrono::milliseconds pause() const {
    constexpr std::chrono::milliseconds least{20};
    constexpr std::chrono::milliseconds most{1000};
    return std::clamp(queue_.lease() / 3, least, most);
  }

  [[nodiscard]] std::optional<QueueSearch> wait_for_search() {
    constexpr std::chrono::milliseconds patience{500};
    while (!options_.is_stopping()) {
      if (auto search = queue_.await(patience)) return search;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string place() const {
    return join("the queue '", queue_.address().name, "' on ", queue_.address().server());
  }

  void require_part_in(const QueueSearch& search) const {
    if (const auto reason = reason_against_taking_part(search.description, own_, "this worker")) {
      fail<ArgumentError>(place(), ": this worker cannot take part: ", *reason);
    }
  }

  /// The server lost the search, and its driver will tell it again; or somebody began another one there.
  [[nodiscard]] bool wait_until_back() {
    const std::optional<QueueSearch> search = wait_for_search();
    if (search && search->id != queue_.id())
      fail<ArgumentError>(place(), " holds another search now: start this worker anew");
    return search.has_value();
  }

  [[nodiscard]] bool is_over() {
    const std::optional<QueueSearch> search = queue_.find();
    return search && search->finished;
  }

  void work(const QueuedTrial& queued, Heartbeat& heartbeat) {
    std::optional<ReadTrial> trial;
    if (const auto failure = catch_failure([&] { trial = read_trial(queued.trial); })) {
      finish(queued, -1, Outcome::failed(FailureKind::exception, failure->message));
      return;
    }
    if (trial->search != queue_.id()) {
      queue_.give_back(consumer_, queued);
      fail<ArgumentError>(place(), " holds another search now: start this worker anew");
    }
    tell(trial->trial, QueueWork::begun);
    bool is_cut = false;
    heartbeat.begin(queued);
    const Outcome outcome = evaluate(*trial, heartbeat, is_cut);
    if (!is_cut && !outcome.is_unresolved()) {
      finish(queued, trial->trial, outcome);  // the lease is kept until the result is there
      heartbeat.end();
      return;
    }
    heartbeat.end();
    const bool is_back = !heartbeat.is_unwanted() && queue_.give_back(consumer_, queued) == QueueStep::done;
    if (is_back) ++summary_.given_back;
    tell(trial->trial, is_back ? QueueWork::given_back : QueueWork::dropped);
    // What this worker has no means for, it would leave unresolved for every other trial too: those are for others.
    if (!is_cut)
      fail<IoError>(place(), ": this worker cannot go on and has left its trial to others: ", outcome.message());
  }

  [[nodiscard]] std::optional<std::string> reason_against(const Candidate& candidate) const {
    if (!options_.memory_bytes) return std::nullopt;
    const std::int64_t bytes = evaluator_.predicted_bytes(candidate);
    if (bytes <= *options_.memory_bytes) return std::nullopt;
    return join("its evaluation is predicted to need ", bytes, " bytes of memory, worker ", consumer_, " has ",
                *options_.memory_bytes);
  }

  [[nodiscard]] Outcome evaluate(const ReadTrial& trial, const Heartbeat& heartbeat, bool& is_cut) {
    TrialContext context{.trial = trial.trial,
                         .random = RandomStream(trial.random),
                         .context = Context(options_.pool, Allocator((std::min)(options_.trial_bytes, trial.bytes))),
                         .ops = ops_,
                         .progress = options_.progress};
    context.budget = trial.budget;
    context.repeat = trial.repeat;
    context.candidate.emplace(trial.architecture, ops_);
    if (trial.seconds) context.deadline = SteadyTime::now() + *trial.seconds;
    context.given_up = [&] {
      if (options_.is_stopping() || heartbeat.is_unwanted()) is_cut = true;
      return is_cut;
    };
    std::optional<Outcome> outcome;
    const auto failure = catch_failure([&] {
      const std::optional<std::string> reason = reason_against(*context.candidate);
      outcome = reason ? Outcome::failed(FailureKind::out_of_memory, *reason)
                       : evaluator_.evaluate(trial.architecture, context);
    });
    if (context.deadline && SteadyTime::now() >= *context.deadline) {
      return Outcome::failed(FailureKind::timeout, join("it ran longer than the limit of ",
                                                        nlohmann::json(*trial.seconds).dump(), " seconds"));
    }
    if (!failure) return *outcome;
    const bool no_memory = failure->kind == Failure::Kind::out_of_memory;
    return Outcome::failed(no_memory ? FailureKind::out_of_memory : FailureKind::exception, failure->message);
  }

  void finish(const QueuedTrial& queued, std::int64_t trial, const Outcome& outcome) {
    switch (queue_.finish(queued, result_text(outcome, consumer_))) {
      case QueueStep::done: ++summary_.recorded; return tell(trial, QueueWork::recorded);
      case QueueStep::late: ++summary_.late; return tell(trial, QueueWork::late);
      default: return tell(trial, QueueWork::dropped);
    }
  }

  void tell(std::int64_t trial, QueueWork what) const {
    if (options_.on_trial) options_.on_trial(trial, what);
  }

  QueueWorkerOptions options_;
  nlohmann::json own_;
  OpTable ops_;
  const EvaluatorInterface& evaluator_;
  TrialQueue queue_;
  std::string consumer_;
  QueueWorkerSummary summary_;
};

}  // namespace detail

/// Waits until a queue holds a search, and says what it is. Nothing where the program was asked to stop.
/// @throws as TrialQueue
[[nodiscard]] inline std::optional<QueueSearch> wait_for_search(const QueueAddress& address,
                                                                const QueueWorkerOptions& options = {}) {
  TrialQueue queue(address, options.connection());
  constexpr std::chrono::milliseconds patience{500};
  while (!options.is_stopping()) {
    if (auto search = queue.await(patience)) return search;
  }
  return std::nullopt;
}

/// Works for the search that a queue holds, or will hold, until that is over: takes trials one after the other, also
/// those whose workers died, evaluates them and brings the results. Results are those that the search would have
/// computed itself.
///
/// Asked to stop, it gives the trial under way back at the next place where the evaluator looks at `is_over()`. Where
/// the evaluator leaves an outcome unresolved, it gives the trial back and ends with an error.
///
/// @throws as TrialQueue, and ArgumentError where version, instruction set, space or evaluator are not those of the
/// search, and for memory_bytes with an evaluator that does not predict; IoError for an outcome that is unresolved.
template <class EvaluatorType>
QueueWorkerSummary serve_queue(const QueueAddress& address, const AnySpace& space, const EvaluatorType& evaluate,
                               QueueWorkerOptions options = {}) {
  static_assert(detail::check_evaluator<EvaluatorType>());
  const detail::EvaluatorModel<const EvaluatorType&> evaluator(evaluate);
  if (options.memory_bytes && !evaluator.predicts_memory()) {
    fail<ArgumentError>(
        "queue: the memory of a worker is limited, but its evaluator does not predict what trials need");
  }
  const JsonValue settings = evaluator.settings().value_or(JsonValue());
  detail::QueueWorker worker(address, detail::search_description(space, settings), space.ops(), evaluator,
                             std::move(options));
  return worker.run();
}

}  // namespace nasnet::inline NASNET_ABI
