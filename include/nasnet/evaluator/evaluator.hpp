/// What an evaluator is: something that finds out how good an architecture is.
#pragma once

#include <concepts>     // convertible_to
#include <cstdint>      // int64_t
#include <functional>   // function
#include <optional>     // nullopt, optional
#include <string>       // string
#include <type_traits>  // remove_cvref_t
#include <utility>      // move

#include "nasnet/core/context.hpp"
#include "nasnet/core/progress.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/steady_time.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// What an evaluation of one trial may use.
struct TrialContext {
  std::int64_t trial = 0;       ///< its number
  RandomStream random;          ///< keyed by (seed, trial): split it by purpose
  Context context;              ///< threads that are free, and the trial's own memory with its limit
  OpTable ops{};                ///< of the search space, with their expansions
  ProgressCallback progress{};  ///< may be empty; see core/progress.hpp

  /// When the trial's time is over, where there is a limit. An evaluation that goes on beyond it has failed, whatever
  /// it returns.
  std::optional<SteadyTime> deadline = {};

  /// How much the evaluation may spend, in its own unit: what the strategy proposes. Absent: as the evaluator is set.
  std::optional<std::int64_t> budget = {};

  /// Counts evaluations of one architecture that are to differ, as the strategy proposes. The random stream differs
  /// anyhow.
  std::int64_t repeat = 0;

  /// What the proposal was judged by, or made anew of the architecture where the evaluation runs elsewhere.
  std::optional<Candidate> candidate = {};

  /// May be empty. True where nobody waits for the result any more: the machine is wanted back, or the search has gone.
  std::function<bool()> given_up{};

  /// Whether the trial's time is over or it was given up: return anything, soon.
  NASNET_LAZY [[nodiscard]] bool is_over() const;

  /// An architecture with the ops: the candidate, where it is of this architecture, with the graph that it may have.
  NASNET_LAZY [[nodiscard]] Candidate candidate_of(const Architecture& architecture) const;
};

/// What came of an evaluation: a result, or the reason why there is none. Or nothing yet: see `unresolved`.
class Outcome {
 public:
  NASNET_LAZY Outcome(Evaluation evaluation);  // NOLINT: an evaluation is an outcome

  /// @param message one sentence for the user
  NASNET_LAZY [[nodiscard]] static Outcome failed(FailureKind kind, std::string message);

  /// The evaluation goes on elsewhere, or its means have gone: the search ends and records nothing of the trial, which
  /// a resumed search runs again. Without a request to stop, the search ends with an IoError.
  /// @param message one sentence for the user
  NASNET_LAZY [[nodiscard]] static Outcome unresolved(std::string message);

  [[nodiscard]] bool is_unresolved() const { return unresolved_; }
  [[nodiscard]] const std::optional<Evaluation>& evaluation() const { return evaluation_; }
  [[nodiscard]] FailureKind failure() const { return failure_; }  ///< where there is no evaluation
  [[nodiscard]] const std::string& message() const { return message_; }

 private:
  NASNET_LAZY Outcome(FailureKind kind, std::string message);

  std::optional<Evaluation> evaluation_;
  FailureKind failure_ = FailureKind::exception;
  std::string message_;
  bool unresolved_ = false;
};

/// An evaluator: `evaluate(architecture, trial)` gives an Outcome or an Evaluation.
///
/// It is called from several threads at once, hence as const. What it returns depends on the architecture, the random
/// stream of the trial and its own settings, on nothing else. What it throws makes the trial a failed one. It may have
/// `settings() const`, JSON of what its results depend on, which the journal records.
template <class T>
concept Evaluator = requires(const T& evaluate, const Architecture& architecture, TrialContext& trial) {
  { evaluate(architecture, trial) } -> std::convertible_to<Outcome>;
};

/// The network whose parameters and multiply-adds are counted for a proposal.
struct CountedNetwork {
  NetworkConfig network{};
  Size image{};  ///< pixels
};

/// An evaluator that tells which network it makes of an architecture, so that search() can count its costs:
/// `counted_network() const` returns a CountedNetwork.
template <class T>
concept CountsNetwork = requires(const T& evaluate) {
  { evaluate.counted_network() } -> std::convertible_to<CountedNetwork>;
};

/// An evaluator that predicts how much memory an evaluation needs: `predicted_bytes(candidate) const`, of a
/// `const Candidate&` or the `const Architecture&` in it.
template <class T>
concept PredictsMemory = requires(const T& evaluate, const Candidate& candidate) {
  { evaluate.predicted_bytes(candidate) } -> std::convertible_to<std::int64_t>;
};

/// An evaluator whose trials run on other machines, one at a time on each: `static constexpr bool runs_elsewhere =
/// true`. They do not wait for memory here.
template <class T>
concept RunsElsewhere = requires {
  requires std::remove_cvref_t<T>::runs_elsewhere;
};

namespace detail {

/// Says with a sentence what a type lacks of an evaluator.
template <class T>
consteval bool check_evaluator() {
  static_assert(
      Evaluator<T>,
      "an evaluator is called as evaluate(const nasnet::Architecture&, nasnet::TrialContext&), is const (several "
      "threads call it at once) and returns a nasnet::Evaluation or Outcome");
  return true;
}

}  // namespace detail

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/evaluator/evaluator.ipp"
#endif
