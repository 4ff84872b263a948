/// Evaluations in processes of their own: a crash, a hang or a lack of memory costs one trial and not the search.
///
/// For POSIX systems. Linux also limits the memory of each process and ends all of them with the program, however it
/// ends; elsewhere tensors alone are limited, and processes end when they notice that the program has.
#pragma once

#include <chrono>             // duration, steady_clock
#include <csignal>            // SIG*
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <limits>             // numeric_limits
#include <memory>             // make_shared, shared_ptr
#include <new>                // set_new_handler
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // move

#include "nasnet/core/allocator.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/progress.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/evaluator/detail/fork_server.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/evaluator/outcome_json.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/settings.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// How trials run in processes of their own.
struct ProcessOptions {
  int threads = 1;  ///< of each trial; other trials cannot lend theirs

  /// What a process may take beside a trial's limit and a quarter of it, where there is a limit: kernels' scratch
  /// memory, buffers that wait for their next use, the evaluator's own.
  std::size_t overhead_bytes = std::size_t{64} << 20U;
};

namespace detail {

/// Where a process says that `new` found no memory, for it may end before it can say more. -1 in the program itself.
inline int out_of_memory_line = -1;

/// The letters that begin what a process sends.
inline constexpr char progress_letter = 'p';
inline constexpr char result_letter = 'r';

NASNET_LAZY [[nodiscard]] std::string progress_text(const Progress& progress);

NASNET_LAZY [[nodiscard]] std::string request_text(const Architecture& architecture, const TrialContext& trial);

/// Limits what this process may take in addition to what it has.
NASNET_LAZY void limit_process_memory(std::size_t bytes, const ProcessOptions& options);

/// Where the system's memory runs out, it shall end a trial rather than the search.
NASNET_LAZY void offer_to_be_killed();

NASNET_LAZY void send_result(int line, char letter, std::string_view text);

/// Called where `new` finds no memory: says so, and lets it fail.
NASNET_LAZY void note_lack_of_memory();

/// The process of one trial: reads the request, evaluates, sends the outcome.
template <class EvaluatorType>
void run_trial(const EvaluatorType& evaluate, const OpTable& ops, const ProcessOptions& options,
               const JobLines& lines) {
  std::uint64_t length = 0;
  if (!read_all(lines.request, writable_bytes_of_value(length))) return;
  std::string text(static_cast<std::size_t>(length), '\0');
  if (!read_all(lines.request, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()})) return;
  offer_to_be_killed();
  out_of_memory_line = lines.result;
  std::set_new_handler(&note_lack_of_memory);

  std::optional<Outcome> outcome;
  const auto failure = catch_failure([&] {
    const nlohmann::json request = nlohmann::json::parse(text, nullptr, false);
    const Architecture architecture = architecture_from_json(request["architecture"], "architecture");
    const auto bytes = request["bytes"].get<std::size_t>();
    limit_process_memory(bytes, options);
    const RandomStream::State state{request["key"].get<std::uint64_t>(), request["position"].get<std::uint64_t>()};
    TrialContext trial{.trial = request["trial"].get<std::int64_t>(),
                       .random = RandomStream(state),
                       .context = Context(std::make_shared<ThreadPool>(options.threads), Allocator(bytes)),
                       .ops = ops};
    if (request.contains("budget")) trial.budget = request["budget"].get<std::int64_t>();
    trial.repeat = request["repeat"].get<std::int64_t>();
    using Clock = std::chrono::steady_clock;
    if (request.contains("seconds")) {
      const std::chrono::duration<double> seconds(request["seconds"].get<double>());
      trial.deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(seconds);
    }
    Clock::time_point reported{};
    if (request["reports"].get<bool>()) {
      trial.progress = [&reported, line = lines.result](const Progress& progress) {
        const Clock::time_point now = Clock::now();
        if (now - reported < std::chrono::milliseconds(50)) return;
        reported = now;
        send_result(line, progress_letter, progress_text(progress));
      };
    }
    outcome = Outcome(evaluate(architecture, trial));
  });
  if (failure) {
    const bool memory = failure->kind == Failure::Kind::out_of_memory;
    outcome = Outcome::failed(memory ? FailureKind::out_of_memory : FailureKind::exception, failure->message);
  }
  send_result(lines.result, result_letter, one_line(to_json(*outcome)));
}

/// Puts together what a process sends.
class TrialReceiver {
 public:
  explicit TrialReceiver(const ProgressCallback& progress) : progress_(progress) {}

  /// False for what no sound process sends.
  NASNET_LAZY [[nodiscard]] bool take(std::string_view piece);

  [[nodiscard]] const std::optional<Outcome>& outcome() const { return outcome_; }
  [[nodiscard]] bool is_sound() const { return is_sound_; }
  [[nodiscard]] bool lacked_memory() const { return lacked_memory_; }

 private:
  NASNET_LAZY [[nodiscard]] bool handle(char letter, std::string_view text);

  const ProgressCallback& progress_;
  std::string buffer_;
  std::optional<Outcome> outcome_;
  bool is_sound_ = true;
  bool lacked_memory_ = false;
};

/// What became of a trial whose process ended so and left no result. Where no process can be had, it is not the trial
/// that failed, and those after it would fare alike: withheld.
NASNET_LAZY [[nodiscard]] Outcome outcome_without_result(const ProcessEnd& end, const TrialReceiver& receiver);

}  // namespace detail

/// An evaluator around another one: each trial is evaluated in a process of its own, to the same result.
///
/// What ends the process makes the trial a failed one: a signal or an early exit is a crash, a lack of memory is
/// out_of_memory, and a process that runs beyond SearchOptions::trial_seconds is killed (timeout), as is one whose
/// trial is given up. Where SearchOptions::trial_bytes limits the memory, it limits all of the process.
/// Where no process can be had any more, since the system makes none or the server has ended, the outcome is withheld:
/// the search ends with a sentence, and a resumed one runs the trial again.
///
/// Make it before the program has threads, hence before the thread pool of the search: the processes are copies of the
/// program as it is now, forked by a server that has none. All of them end with the last copy of this object and with
/// the program, whatever ends it; Ctrl-C and SIGTERM are the program's business alone, and the processes ignore them,
/// as do those that they start. Evaluators may print; what they change stays in their process.
///
///     const ProcessEvaluator isolated(ChildTrainer(images), NasnetOps::table());
///     search(space, NasnetOps::table(), strategy, isolated, options);
template <class EvaluatorType>
class ProcessEvaluator {
 public:
  /// @param ops those of the search, with their expansions
  /// @throws ArgumentError where the program has threads already and for options out of range, IoError where the system
  /// makes no process.
  ProcessEvaluator(EvaluatorType evaluate, OpTable ops, ProcessOptions options = {})
      : evaluate_(std::make_shared<const EvaluatorType>(std::move(evaluate))) {
    static_assert(detail::check_evaluator<EvaluatorType>());
    if (options.threads < 1) {
      fail<ArgumentError>("processes for trials: ", options.threads, " threads for each, 1 or more are wanted");
    }
    server_ = std::make_shared<const detail::ForkServer>(
        [evaluate = evaluate_, ops = std::move(ops), options](const detail::JobLines& lines) {
          detail::run_trial(*evaluate, ops, options, lines);
        });
  }

  /// The evaluator that the processes have a copy of.
  [[nodiscard]] const EvaluatorType& evaluator() const { return *evaluate_; }

  /// The process that starts the others.
  [[nodiscard]] pid_t server() const { return server_->process(); }

  [[nodiscard]] Outcome operator()(const Architecture& architecture, TrialContext& trial) const {
    double seconds = std::numeric_limits<double>::infinity();
    if (trial.deadline) {
      seconds = std::chrono::duration<double>(*trial.deadline - std::chrono::steady_clock::now()).count();
    }
    detail::TrialReceiver receiver(trial.progress);
    const detail::ProcessEnd end = server_->run(
        detail::request_text(architecture, trial), seconds,
        [&receiver](std::string_view piece) { return receiver.take(piece); }, trial.given_up);
    if (receiver.is_sound() && receiver.outcome()) return *receiver.outcome();
    return detail::outcome_without_result(end, receiver);
  }

  [[nodiscard]] nlohmann::json settings() const requires HasSettings<EvaluatorType> { return evaluate_->settings(); }

  [[nodiscard]] CountedNetwork counted_network() const requires CountsNetwork<EvaluatorType> {
    return evaluate_->counted_network();
  }

  [[nodiscard]] std::int64_t predicted_bytes(const Architecture& architecture,
                                             const OpTable& ops) const requires PredictsMemory<EvaluatorType> {
    return evaluate_->predicted_bytes(architecture, ops);
  }

 private:
  std::shared_ptr<const EvaluatorType> evaluate_;
  std::shared_ptr<const detail::ForkServer> server_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/evaluator/process_evaluator.ipp"
#endif
