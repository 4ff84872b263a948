/// What a search has found: trials, their states and results, as plain values.
#pragma once

#include <array>        // array
#include <cstdint>      // int64_t, uint64_t
#include <map>          // map
#include <optional>     // nullopt, optional
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/core/json_value.hpp"
#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI {

/// What became of a proposal. Those done and failed count as trials; those rejected and the duplicates do not.
enum class TrialState {
  done,       ///< evaluated
  failed,     ///< evaluated without a result; see FailureKind
  rejected,   ///< never evaluated: it breaks a limit
  duplicate,  ///< never evaluated: its canonical form was tried before, with the same budget and repeat
};

inline constexpr std::array all_trial_states{TrialState::done, TrialState::failed, TrialState::rejected,
                                             TrialState::duplicate};

/// The name of a state in files and reports.
[[nodiscard]] constexpr std::string_view to_string(TrialState state) {
  switch (state) {
    case TrialState::done: return "done";
    case TrialState::failed: return "failed";
    case TrialState::rejected: return "rejected";
    case TrialState::duplicate: return "duplicate";
  }
  return "unknown";
}

/// Why an evaluation has no result.
enum class FailureKind {
  exception,      ///< the evaluator threw
  not_a_number,   ///< accuracy, loss or another metric is not a finite number
  timeout,        ///< it ran beyond the time limit of a trial
  out_of_memory,  ///< it passed the memory limit of a trial, or the machine had no memory left
  crash,          ///< the process that evaluated it ended by a signal
  lost,           ///< the worker that evaluated it never answered
};

inline constexpr std::array all_failure_kinds{FailureKind::exception, FailureKind::not_a_number,
                                              FailureKind::timeout,   FailureKind::out_of_memory,
                                              FailureKind::crash,     FailureKind::lost};

/// The name of a kind in files and reports.
[[nodiscard]] constexpr std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::exception: return "exception";
    case FailureKind::not_a_number: return "not_a_number";
    case FailureKind::timeout: return "timeout";
    case FailureKind::out_of_memory: return "out_of_memory";
    case FailureKind::crash: return "crash";
    case FailureKind::lost: return "lost";
  }
  return "unknown";
}

/// The kind of this name.
[[nodiscard]] constexpr std::optional<FailureKind> failure_kind_named(std::string_view name) {
  for (const FailureKind kind : all_failure_kinds) {
    if (to_string(kind) == name) return kind;
  }
  return std::nullopt;
}

/// What an evaluator found out about an architecture.
struct Evaluation {
  double validation_accuracy = 0;              ///< fraction of the validation images, 0 to 1; the search maximises it
  double validation_loss = 0;                  ///< mean over the validation images, nats
  std::map<std::string, double> metrics = {};  ///< anything else by name: latency, accuracy by epoch, ...

  bool operator==(const Evaluation&) const = default;
};

/// A proposal of a strategy and what became of it.
struct Trial {
  std::int64_t number = -1;   ///< counts the trials from 0, in the order asked; -1 where it is no trial
  std::int64_t proposal = 0;  ///< counts all proposals from 0, in the order asked
  Architecture architecture{};
  std::uint64_t hash = 0;                ///< of the canonical form: equal for architectures that compute the same
  std::optional<std::int64_t> budget{};  ///< of the proposal
  std::int64_t repeat = 0;               ///< of the proposal
  bool enqueued = false;                 ///< the user's proposal rather than the strategy's
  TrialState state = TrialState::done;

  Evaluation evaluation{};               ///< where done
  std::optional<FailureKind> failure{};  ///< where failed
  std::string message{};                 ///< where failed: what went wrong; where rejected: the limit it breaks
  std::int64_t duplicate_of = -1;        ///< where duplicate: number of the trial with the same canonical form

  std::optional<std::int64_t> parameters{};     ///< trainable, auxiliary head left out; where costs are counted
  std::optional<std::int64_t> multiply_adds{};  ///< for one image, auxiliary head left out; where costs are counted

  std::optional<std::int64_t> bytes{};  ///< memory that its evaluation is predicted to need; where that is asked for

  double seconds = 0;        ///< wall-clock time of its evaluation
  int worker = -1;           ///< which worker evaluated it, from 0
  std::int64_t attempt = 0;  ///< how often it was begun before, in runs that ended in the middle of it

  /// Whether its result may be the best where others have this largest budget: it has no smaller one.
  NASNET_LAZY [[nodiscard]] bool competes(const std::optional<std::int64_t>& largest_budget) const;

  /// Whether it counts as a trial.
  NASNET_LAZY [[nodiscard]] bool counts() const;
};

/// What is known of an architecture: evaluations with one budget that differ in their repeat are one result.
struct RankedResult {
  const Trial* first = nullptr;  ///< the one of the lowest number
  std::int64_t evaluations = 0;
  double accuracy = 0;  ///< on the validation images: the mean of the evaluations
};

/// All that a search has found.
struct History {
  std::uint64_t seed = 0;
  JsonValue settings{};  ///< what the results depend on besides the seed; see search()

  std::vector<Trial> trials{};   ///< done and failed, by number
  std::vector<Trial> skipped{};  ///< rejected and duplicates, by proposal
  std::vector<Trial> known{};    ///< results of other searches that this one was told of

  std::vector<std::string> notices{};  ///< sentences for the user: a torn line dropped, an exhausted space, ...
  bool interrupted = false;            ///< asked to stop before all trials were done
  bool exhausted = false;              ///< ended early because nothing new is left to propose

  /// How many proposals ended in this state.
  NASNET_LAZY [[nodiscard]] std::int64_t count(TrialState state) const;

  /// The largest budget of a trial that is done; absent where none has any.
  NASNET_LAZY [[nodiscard]] std::optional<std::int64_t> largest_budget() const;

  /// The best architecture as ResultRanking has it; absent where no trial is done.
  NASNET_LAZY [[nodiscard]] std::optional<RankedResult> best_result() const;

  /// The first trial of the best architecture; nullptr where none is done. Where it has repeats, best_result() has
  /// their mean accuracy.
  NASNET_LAZY [[nodiscard]] const Trial* find_best() const;

  /// The same.
  /// @throws ArgumentError where none is done.
  NASNET_LAZY [[nodiscard]] const Trial& best() const;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/trial/trial.ipp"
#endif
