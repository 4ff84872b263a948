/// How long networks take to predict on this machine: as a metric of trials, and as a limit on proposals.
///
/// Times are not repeatable: the journal records what was measured, and a search that goes on reads it there.
#pragma once

#include <cstdint>            // int64_t, uint64_t
#include <memory>             // make_shared, shared_ptr
#include <mutex>              // lock_guard, mutex
#include <nlohmann/json.hpp>  // json
#include <string>             // string
#include <unordered_map>      // unordered_map
#include <utility>            // move

#include "nasnet/core/context.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/space/constraint.hpp"
#include "nasnet/trial/settings.hpp"

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
  NASNET_LAZY [[nodiscard]] Latency operator()(const Architecture& architecture, const OpTable& ops) const;

  /// What was measured, as a rule that rejects slower architectures before they are evaluated.
  /// @param seconds most that the median may be
  NASNET_LAZY [[nodiscard]] ArchitectureRule at_most(double seconds, OpTable ops) const;

  [[nodiscard]] nlohmann::json settings() const {
    return {{"batch", options_.batch},
            {"threads", options_.threads},
            {"warm_up", options_.warm_up},
            {"repetitions", options_.repetitions}};
  }

 private:
  struct Memory {
    NASNET_LAZY explicit Memory(int threads);
    std::mutex mutex{};
    Context context;
    std::unordered_map<std::uint64_t, Latency> latencies{};
  };

  NASNET_LAZY [[nodiscard]] Latency measure(const Architecture& architecture, const OpTable& ops) const;

  NASNET_LAZY [[nodiscard]] static std::string text(double seconds);

  CountedNetwork counted_;
  LatencyOptions options_;
  std::shared_ptr<Memory> memory_;
};

/// An evaluator around another one: each result gets the median latency as its metric "latency", in seconds.
template <class EvaluatorType>
class MeasureLatency {
 public:
  MeasureLatency(EvaluatorType evaluate, LatencyMeter meter)
      : evaluate_(std::move(evaluate)), meter_(std::move(meter)) {
    static_assert(detail::check_evaluator<EvaluatorType>());
  }

  [[nodiscard]] const EvaluatorType& evaluator() const { return evaluate_; }

  [[nodiscard]] Outcome operator()(const Architecture& architecture, TrialContext& trial) const {
    const double latency = meter_(architecture, trial.ops).median;
    const Outcome outcome = evaluate_(architecture, trial);
    if (!outcome.evaluation()) return outcome;
    Evaluation evaluation = *outcome.evaluation();
    evaluation.metrics["latency"] = latency;
    return evaluation;
  }

  [[nodiscard]] nlohmann::json settings() const {
    nlohmann::json json{{"name", "measure_latency"}, {"latency", meter_.settings()}};
    if constexpr (HasSettings<EvaluatorType>) json["evaluator"] = evaluate_.settings();
    return json;
  }

  [[nodiscard]] CountedNetwork counted_network() const requires CountsNetwork<EvaluatorType> {
    return evaluate_.counted_network();
  }

  [[nodiscard]] std::int64_t predicted_bytes(const Architecture& architecture,
                                             const OpTable& ops) const requires PredictsMemory<EvaluatorType> {
    return evaluate_.predicted_bytes(architecture, ops);
  }

  static constexpr bool runs_elsewhere = RunsElsewhere<EvaluatorType>;

 private:
  EvaluatorType evaluate_;
  LatencyMeter meter_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/evaluator/latency.ipp"
#endif
