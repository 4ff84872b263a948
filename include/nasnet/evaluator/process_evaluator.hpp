/// Evaluations in processes of their own: a crash, a hang or a lack of memory costs one trial and not the search.
///
/// For POSIX systems. Linux also limits the memory of each process and ends all of them with the program, however it
/// ends; elsewhere tensors alone are limited, and processes end when they notice that the program has.
#pragma once

#include <sys/types.h>  // pid_t

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <memory>   // make_shared, shared_ptr
#include <utility>  // move

#include "nasnet/core/json_value.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/evaluator/evaluator_model.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/trial/settings.hpp"

namespace nasnet::inline NASNET_ABI {

/// How trials run in processes of their own.
struct ProcessOptions {
  int threads = 1;  ///< of each trial; other trials cannot lend theirs

  /// What a process may take beside a trial's limit and a quarter of it, where there is a limit: kernels' scratch
  /// memory, buffers that wait for their next use, the evaluator's own.
  std::size_t overhead_bytes = std::size_t{64} << 20U;
};

namespace detail {

class ForkServer;

/// The processes that evaluate trials. Copies share them.
class TrialProcesses {
 public:
  /// @throws as ProcessEvaluator's constructor.
  NASNET_LAZY TrialProcesses(std::shared_ptr<const EvaluatorInterface> evaluator, OpTable ops,
                             const ProcessOptions& options);

  NASNET_LAZY [[nodiscard]] Outcome evaluate(const Architecture& architecture, TrialContext& trial) const;

  /// The process that starts the others.
  NASNET_LAZY [[nodiscard]] pid_t server() const;

 private:
  std::shared_ptr<const ForkServer> server_;
};

}  // namespace detail

/// An evaluator around another one: each trial is evaluated in a process of its own, to the same result.
///
/// What ends the process makes the trial a failed one: a signal or an early exit is a crash, a lack of memory is
/// out_of_memory, and a process that runs beyond SearchOptions::trial_seconds is killed (timeout), as is one whose
/// trial is given up. Where SearchOptions::trial_bytes limits the memory, it limits all of the process.
/// Where no process can be had any more, since the system makes none or the server has ended, the outcome is
/// unresolved: the search ends with a sentence, and a resumed one runs the trial again.
///
/// Make it before the program has threads, hence before the thread pool of the search: the processes are copies of the
/// program as it is now, forked by a server that has none. All of them end with the last copy of this object and with
/// the program, whatever ends it; Ctrl-C and SIGTERM are the program's business alone, and the processes ignore them,
/// as do those that they start. Evaluators may print; what they change stays in their process.
///
///     const ProcessEvaluator isolated(ChildTrainer(images), space);
///     search(space, strategy, isolated, options);
template <class EvaluatorType>
class ProcessEvaluator {
 public:
  /// @param space of the search, for its ops
  /// @throws ArgumentError where the program has threads already and for options out of range, IoError where the system
  /// makes no process.
  ProcessEvaluator(EvaluatorType evaluate, const AnySpace& space, ProcessOptions options = {})
      : inner_(std::make_shared<const detail::EvaluatorModel<EvaluatorType>>(std::move(evaluate))),
        processes_(inner_, space.ops(), options) {
    static_assert(detail::check_evaluator<EvaluatorType>());
  }

  /// The evaluator that the processes have a copy of.
  [[nodiscard]] const EvaluatorType& evaluator() const { return inner_->evaluator(); }

  /// The process that starts the others.
  [[nodiscard]] pid_t server() const { return processes_.server(); }

  [[nodiscard]] Outcome operator()(const Architecture& architecture, TrialContext& trial) const {
    return processes_.evaluate(architecture, trial);
  }

  [[nodiscard]] JsonValue settings() const requires HasSettings<EvaluatorType> { return evaluator().settings(); }

  [[nodiscard]] CountedNetwork counted_network() const requires CountsNetwork<EvaluatorType> {
    return evaluator().counted_network();
  }

  [[nodiscard]] std::int64_t predicted_bytes(const Candidate& candidate) const requires PredictsMemory<EvaluatorType> {
    return evaluator().predicted_bytes(candidate);
  }

 private:
  std::shared_ptr<const detail::EvaluatorModel<EvaluatorType>> inner_;
  detail::TrialProcesses processes_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/evaluator/process_evaluator.ipp"
#endif
