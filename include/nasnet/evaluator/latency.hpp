/// How long networks take to predict on this machine: as a metric of trials, and as a limit on proposals.
///
/// Times are not repeatable: the journal records what was measured, and a search that goes on reads it there.
#pragma once

#include <cstdint>  // int64_t
#include <memory>   // shared_ptr
#include <utility>  // move

#include "nasnet/core/json_value.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/evaluator/evaluator_model.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/space/constraint.hpp"

namespace nasnet::inline NASNET_ABI {

/// How latencies are measured.
struct LatencyOptions {
  std::int64_t batch = 1;         ///< images at a time
  int threads = 1;                ///< of the prediction
  std::int64_t warm_up = 3;       ///< runs before the first that counts
  std::int64_t repetitions = 15;  ///< runs that count
};

/// Seconds of a prediction, over all repetitions.
struct Latency {
  double median = 0;  ///< the lower one of an even number
  double least = 0;
  double most = 0;
};

/// Measures how long the network of an architecture takes on this machine, as an inference plan. Each architecture is
/// measured once and then remembered. Copies share what they know; calls may overlap, measurements do not.
///
/// Trials that train at the same time disturb it: measure with free cores.
class LatencyMeter {
 public:
  /// @param counted the network around an architecture, and the size of its images
  /// @throws ArgumentError for options out of range.
  NASNET_LAZY explicit LatencyMeter(CountedNetwork counted, LatencyOptions options = {});

  /// @throws as build_network, ShapeError where the images are too small.
  NASNET_LAZY [[nodiscard]] Latency operator()(const Candidate& candidate) const;

  /// What was measured, as a rule that rejects slower architectures before they are evaluated.
  /// @param seconds most that the median may be
  NASNET_LAZY [[nodiscard]] ArchitectureRule at_most(double seconds) const;

  NASNET_LAZY [[nodiscard]] JsonValue settings() const;

 private:
  struct Memory;

  CountedNetwork counted_;
  LatencyOptions options_;
  std::shared_ptr<Memory> memory_;
};

namespace detail {

/// The outcome with the median latency as its metric "latency".
NASNET_LAZY [[nodiscard]] Outcome evaluate_with_latency(const EvaluatorInterface& inner, const LatencyMeter& meter,
                                                        const Architecture& architecture, TrialContext& trial);

NASNET_LAZY [[nodiscard]] JsonValue settings_with_latency(const EvaluatorInterface& inner, const LatencyMeter& meter);

}  // namespace detail

/// An evaluator around another one: each result gets the median latency as its metric "latency", in seconds.
template <class EvaluatorType>
class MeasureLatency {
 public:
  MeasureLatency(EvaluatorType evaluate, LatencyMeter meter) : inner_(std::move(evaluate)), meter_(std::move(meter)) {
    static_assert(detail::check_evaluator<EvaluatorType>());
  }

  [[nodiscard]] const EvaluatorType& evaluator() const { return inner_.evaluator(); }

  [[nodiscard]] Outcome operator()(const Architecture& architecture, TrialContext& trial) const {
    return detail::evaluate_with_latency(inner_, meter_, architecture, trial);
  }

  [[nodiscard]] JsonValue settings() const { return detail::settings_with_latency(inner_, meter_); }

  [[nodiscard]] CountedNetwork counted_network() const requires CountsNetwork<EvaluatorType> {
    return evaluator().counted_network();
  }

  [[nodiscard]] std::int64_t predicted_bytes(const Candidate& candidate) const requires PredictsMemory<EvaluatorType> {
    return evaluator().predicted_bytes(candidate);
  }

  static constexpr bool runs_elsewhere = RunsElsewhere<EvaluatorType>;

 private:
  detail::EvaluatorModel<EvaluatorType> inner_;
  LatencyMeter meter_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/evaluator/latency.ipp"
#endif
