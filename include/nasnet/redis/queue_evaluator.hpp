/// The driver's end of a queue: an evaluator that has trials evaluated by workers elsewhere.
///
/// Needs hiredis (the CMake target nasnet::redis).
#pragma once

#include <algorithm>           // any_of
#include <atomic>              // atomic
#include <chrono>              // milliseconds, steady_clock
#include <condition_variable>  // condition_variable
#include <cstdint>             // int64_t, uint64_t
#include <functional>          // function
#include <map>                 // map
#include <memory>              // make_unique, unique_ptr
#include <mutex>               // lock_guard, mutex, unique_lock
#include <nlohmann/json.hpp>   // json
#include <optional>            // nullopt, optional
#include <random>              // random_device
#include <string>              // string
#include <thread>              // thread
#include <utility>             // move, pair
#include <vector>              // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/json_value.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/redis/detail/queue_texts.hpp"
#include "nasnet/redis/queue_address.hpp"
#include "nasnet/redis/trial_queue.hpp"
#include "nasnet/search/duplicates.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/trial/settings.hpp"

namespace nasnet::inline NASNET_ABI {

/// How a search uses a queue.
struct QueueOptions {
  /// Whether the queue may hold this search already: its results are taken and what is under way goes on. Otherwise a
  /// queue that holds a search is refused.
  bool resume = false;

  /// How long a trial waits for a sign of life of its worker, which gives three in this time, before another worker
  /// takes it.
  std::chrono::milliseconds lease{TrialQueue::default_lease_ms};

  /// Of so many workers that began a trial and never answered, the trial is taken to be the reason: FailureKind::lost.
  std::int64_t deaths = TrialQueue::default_deaths;

  /// As in the search: with `skip`, a network is never evaluated twice, whoever asks for it; with `evaluate`, each
  /// trial is.
  Duplicates duplicates = Duplicates::skip;

  /// What workers need to know to make the same evaluator: they find it as description["program"].
  JsonValue settings{};

  const std::atomic<bool>* stop = nullptr;           ///< that of the search: workers go on, the search does not wait
  std::function<void(const std::string&)> notice{};  ///< sentences for the user, from several threads
  std::chrono::milliseconds server_timeout{10'000};  ///< for connecting and for answers

  /// @throws ArgumentError for a value out of range.
  void check() const {
    if (lease < std::chrono::milliseconds(30))
      fail<ArgumentError>("queue: a lease of ", lease.count(), " ms, 30 or more are wanted");
    if (deaths < 1) fail<ArgumentError>("queue: ", deaths, " deaths, 1 or more are wanted");
    if (!settings.get().is_object()) fail<ArgumentError>("queue: the settings are no JSON object");
  }
};

namespace detail {

/// Puts trials into a queue and waits for their results: two connections, one to send and one on a thread that listens.
class QueueDesk {
 public:
  QueueDesk(const QueueAddress& address, const nlohmann::json& description, QueueOptions options)
      : options_(std::move(options)), sender_(address, connection_options()), receiver_(address, connection_options()) {
    for (const std::string& warning : sender_.warnings()) tell(warning);
    QueueSearch own{.id = fresh_id(), .description = description};
    open(own);
    seen_connections_ = receiver_.connection().connections();
    listener_ = std::thread([this] { listen(); });
  }
  QueueDesk(const QueueDesk&) = delete;
  QueueDesk& operator=(const QueueDesk&) = delete;
  ~QueueDesk() {
    ending_ = true;
    listener_.join();
  }

  [[nodiscard]] const std::string& search_id() const { return search_.id; }

  /// The result of a trial, or the sentence why there is none now.
  struct Answer {
    std::optional<std::string> result{};
    std::string reason{};
  };
  [[nodiscard]] Answer ask(const std::string& key, const std::string& trial) {
    {
      const std::lock_guard lock(mutex_);
      Ticket& ticket = tickets_[key];
      ticket.trial = trial;
      ++ticket.waiting;
    }
    submit(key, trial);
    std::unique_lock lock(mutex_);
    Ticket& ticket = tickets_.at(key);
    changed_.wait(lock, [&] { return ticket.result || !broken_.empty() || is_stopping(); });
    const Answer answer{ticket.result, broken_.empty() ? stopped_sentence() : broken_};
    if (--ticket.waiting == 0) tickets_.erase(key);
    return answer;
  }

  /// Workers leave when the queue is empty.
  void finish() {
    const std::lock_guard lock(sending_);
    sender_.set_finished(true);
  }

 private:
  struct Ticket {
    std::string trial;
    std::optional<std::string> result;
    int waiting = 0;
  };

  static constexpr std::chrono::milliseconds patience{
      300};  // of one wait for answers: how soon a request to stop is seen

  [[nodiscard]] bool is_stopping() const { return ending_ || (options_.stop != nullptr && options_.stop->load()); }

  [[nodiscard]] std::string stopped_sentence() const {
    return join("the search was stopped; its trials stay in the queue '", sender_.address().name, '\'');
  }

  [[nodiscard]] RedisOptions connection_options() {
    return {.notice = [this](const std::string& sentence) { tell(sentence); },
            .should_stop = [this] { return is_stopping(); },
            .timeout = options_.server_timeout};
  }

  void tell(const std::string& sentence) {
    if (!options_.notice) return;
    const std::lock_guard lock(telling_);
    options_.notice(sentence);
  }

  /// Never that of another search, even one of the same name and settings.
  [[nodiscard]] static std::string fresh_id() {
    std::random_device device;
    const auto half = [&device] { return std::uint64_t{device()} << 32U | device(); };
    return join(hex_text(half()), hex_text(half()));
  }

  void open(const QueueSearch& own) {
    const auto opened = sender_.open(own);
    if (!opened) fail<IoError>("queue: stopped before the server ", sender_.address().server(), " was there");
    const std::string where = join("the queue '", own_name(), "' on ", sender_.address().server());
    if (!opened->is_new && !options_.resume) {
      fail<ArgumentError>(where, " holds a search already: go on with it (resume), or choose another name");
    }
    if (const auto reason = reason_against_taking_part(opened->search.description, own.description, "this run")) {
      fail<ArgumentError>(where, " holds another search: ", *reason);
    }
    search_ = opened->search;
    sender_.attach(search_);
    receiver_.attach(search_);
    sender_.set_finished(false);
  }

  [[nodiscard]] const std::string& own_name() const { return sender_.address().name; }

  void submit(const std::string& key, const std::string& trial) {
    std::optional<std::string> result;
    QueueStep step = QueueStep::done;
    std::optional<Failure> failure;
    {
      const std::lock_guard lock(sending_);
      failure = catch_failure([&] {
        step = sender_.submit(key, trial, result);
        // A server that lost everything is told again what the search is.
        if (step == QueueStep::gone && reopen(sender_)) step = sender_.submit(key, trial, result);
      });
    }
    if (failure) return break_off(failure->message);
    if (step == QueueStep::gone) return break_off(join("the queue '", own_name(), "' holds another search now"));
    if (result) deliver({key, *result});
  }

  /// Whether the queue holds this search again.
  [[nodiscard]] bool reopen(TrialQueue& queue) const {
    const auto opened = queue.open(search_);
    return opened && opened->search.id == search_.id;
  }

  void break_off(const std::string& reason) {
    {
      const std::lock_guard lock(mutex_);
      if (broken_.empty()) broken_ = reason;
    }
    changed_.notify_all();
  }

  void deliver(const QueueAnswer& answer) {
    {
      const std::lock_guard lock(mutex_);
      const auto ticket = tickets_.find(answer.key);
      if (ticket == tickets_.end() || ticket->second.result) return;
      ticket->second.result = answer.result;
    }
    changed_.notify_all();
  }

  // ---- on the thread that listens

  void listen() {
    const auto failure = catch_failure([this] {
      while (!ending_) listen_once();
    });
    if (failure) break_off(failure->message);
  }

  void listen_once() {
    reap_now_and_then();
    for (const QueueAnswer& answer : receiver_.answers(last_answer_, patience)) deliver(answer);
    if (receiver_.connection().connections() != seen_connections_) submit_again();
    if (!is_stopping()) return;
    {
      const std::lock_guard lock(mutex_);  // whoever looked before sleeps by now
    }
    changed_.notify_all();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }

  /// Trials that a server lost with its last second are told again; it ignores those that it has.
  void submit_again() {
    seen_connections_ = receiver_.connection().connections();
    std::vector<std::pair<std::string, std::string>> open_trials;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [key, ticket] : tickets_) {
        if (!ticket.result) open_trials.emplace_back(key, ticket.trial);
      }
    }
    for (const auto& [key, trial] : open_trials) submit(key, trial);
  }

  void reap_now_and_then() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_reap_) return;
    next_reap_ = now + receiver_.lease() / 3;
    // Where a server has lost the search, the next trial submitted brings it back, or tells why not.
    if (receiver_.reap() == QueueStep::gone) submit_again();
  }

  QueueOptions options_;
  std::mutex telling_;
  std::atomic<bool> ending_ = false;

  std::mutex sending_;  // of sender_
  TrialQueue sender_;
  TrialQueue receiver_;  // of listener_ alone, once that runs
  QueueSearch search_;

  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::map<std::string, Ticket> tickets_;
  std::string broken_;  // why nothing will come any more

  std::string last_answer_ = "0";
  std::int64_t seen_connections_ = 0;
  std::chrono::steady_clock::time_point next_reap_{};
  std::thread listener_;
};

}  // namespace detail

/// Evaluates by putting trials into a queue and waiting for their results. `workers` of the search is the number of
/// trials in flight; workers on any machines (see serve_queue) do the work. For the rest it is as the evaluator that it
/// stands for: the same settings, the same network counted, and, with the same order of results, the same journal.
///
/// A server that is away is waited for. Where the search is asked to stop, its trials stay in the queue, and a search
/// that goes on takes their results from there. Limits on a trial's time and memory go to the worker, where its time
/// counts from when it is begun. Each trial has its worker's memory to itself: SearchOptions::memory_bytes rejects what
/// needs more, and none waits for another. Seconds in the journal include the time in the queue.
template <class EvaluatorType>
class QueueEvaluator {
 public:
  /// @param evaluate what the workers do; used for its settings, network and prediction of memory, and must outlive
  /// this
  /// @param space of the search
  /// @throws as TrialQueue, and ArgumentError for a queue that holds another search, or this one without `resume`.
  QueueEvaluator(const EvaluatorType& evaluate, AnySpace space, const QueueAddress& address, QueueOptions options = {})
      : evaluate_(evaluate), space_(std::move(space)), duplicates_(options.duplicates) {
    options.check();
    nlohmann::json description = detail::search_description(space_, evaluator_settings());
    description["program"] = options.settings;
    description["lease_ms"] = options.lease.count();
    description["deaths"] = options.deaths;
    description["duplicates"] = duplicates_ == Duplicates::skip ? "skip" : "evaluate";
    desk_ = std::make_unique<detail::QueueDesk>(address, description, std::move(options));
  }

  [[nodiscard]] Outcome operator()(const Architecture& architecture, TrialContext& trial) const {
    const std::string text = detail::trial_text(architecture, trial, desk_->search_id());
    trial.deadline.reset();  // the worker keeps it
    const auto answer = desk_->ask(key_of(architecture, trial), text);
    return answer.result ? detail::read_result(*answer.result) : Outcome::unresolved(answer.reason);
  }

  [[nodiscard]] JsonValue settings() const requires HasSettings<EvaluatorType> { return evaluate_.settings(); }

  [[nodiscard]] CountedNetwork counted_network() const requires CountsNetwork<EvaluatorType> {
    return evaluate_.counted_network();
  }

  [[nodiscard]] std::int64_t predicted_bytes(const Candidate& candidate) const requires PredictsMemory<EvaluatorType> {
    return evaluate_.predicted_bytes(candidate);
  }

  static constexpr bool runs_elsewhere = true;

  /// Says that the search wants nothing more: workers leave.
  void finish() const { desk_->finish(); }

 private:
  [[nodiscard]] nlohmann::json evaluator_settings() const {
    if constexpr (HasSettings<EvaluatorType>) return nlohmann::json(evaluate_.settings());
    return nlohmann::json::object();
  }

  /// Equal for trials that are duplicates.
  [[nodiscard]] std::string key_of(const Architecture& architecture, const TrialContext& trial) const {
    std::string key = hex_text(space_.canonical_hash(architecture));
    if (trial.budget) key.append(join(".budget", *trial.budget));
    if (trial.repeat != 0) key.append(join(".repeat", trial.repeat));
    if (duplicates_ == Duplicates::evaluate) key.append(join(".trial", trial.trial));
    return key;
  }

  const EvaluatorType& evaluate_;
  AnySpace space_;
  Duplicates duplicates_;
  std::unique_ptr<detail::QueueDesk> desk_;
};

}  // namespace nasnet::inline NASNET_ABI
