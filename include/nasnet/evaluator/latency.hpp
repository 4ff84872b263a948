/// How long networks take to predict on this machine: as a metric of trials, and as a limit on proposals.
///
/// Times are not repeatable: the journal records what was measured, and a search that goes on reads it there.
#pragma once

#include <algorithm>          // nth_element, sort
#include <array>              // array
#include <chrono>             // duration, steady_clock
#include <cstddef>            // ptrdiff_t, size_t
#include <cstdint>            // int64_t, uint64_t
#include <cstdio>             // snprintf
#include <memory>             // make_shared, shared_ptr
#include <mutex>              // lock_guard, mutex
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <unordered_map>      // unordered_map
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/model/inference_plan.hpp"
#include "nasnet/model/model.hpp"
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
  explicit LatencyMeter(CountedNetwork counted, LatencyOptions options = {})
      : counted_(std::move(counted)), options_(options), memory_(std::make_shared<Memory>(options.threads)) {
    if (options.batch < 1) fail<ArgumentError>("latency: a batch of ", options.batch, ", 1 or more are wanted");
    if (options.repetitions < 1) {
      fail<ArgumentError>("latency: ", options.repetitions, " repetitions, 1 or more are wanted");
    }
    if (options.warm_up < 0)
      fail<ArgumentError>("latency: ", options.warm_up, " runs to warm up, 0 or more are wanted");
  }

  /// @throws as build_network, ShapeError where the images are too small.
  [[nodiscard]] Latency operator()(const Architecture& architecture, const OpTable& ops) const {
    const std::uint64_t key = text_hash(to_text(architecture));
    const std::lock_guard lock(memory_->mutex);
    if (const auto known = memory_->latencies.find(key); known != memory_->latencies.end()) return known->second;
    return memory_->latencies[key] = measure(architecture, ops);
  }

  /// What was measured, as a rule that rejects slower architectures before they are evaluated.
  /// @param seconds most that the median may be
  [[nodiscard]] ArchitectureRule at_most(double seconds, OpTable ops) const {
    if (!(seconds > 0)) fail<ArgumentError>("latency: at most ", seconds, " seconds, more than 0 are wanted");
    return {.name = join("latency of at most ", text(seconds), " (", settings().dump(), ')'),
            .reason_against = [meter = *this, ops = std::move(ops),
                               seconds](const Architecture& architecture) -> std::optional<std::string> {
              const double median = meter(architecture, ops).median;
              if (median <= seconds) return std::nullopt;
              return join("a prediction takes ", text(median), ", at most ", text(seconds), " are allowed");
            }};
  }

  [[nodiscard]] nlohmann::json settings() const {
    return {{"batch", options_.batch},
            {"threads", options_.threads},
            {"warm_up", options_.warm_up},
            {"repetitions", options_.repetitions}};
  }

 private:
  struct Memory {
    explicit Memory(int threads) : context(threads) {
      if (threads < 1) fail<ArgumentError>("latency: ", threads, " threads, 1 or more are wanted");
    }
    std::mutex mutex{};
    Context context;
    std::unordered_map<std::uint64_t, Latency> latencies{};
  };

  [[nodiscard]] Latency measure(const Architecture& architecture, const OpTable& ops) const {
    Context& context = memory_->context;
    const Model<float> model(build_network(architecture, ops, counted_.network), RandomStream(0));
    const InferencePlan<float> plan(model);
    const Tensor<float> images = context.zeros<float>(
        {options_.batch, counted_.image.height, counted_.image.width, counted_.network.input_channels});
    using Clock = std::chrono::steady_clock;
    std::vector<double> seconds;
    for (std::int64_t run = -options_.warm_up; run < options_.repetitions; ++run) {
      const Clock::time_point begin = Clock::now();
      const Tensor<float> logits = plan.predict(context, images);
      if (run >= 0) seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    }
    std::sort(seconds.begin(), seconds.end());
    return {.median = seconds[(seconds.size() - 1) / 2], .least = seconds.front(), .most = seconds.back()};
  }

  [[nodiscard]] static std::string text(double seconds) {
    std::array<char, 48> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.3g ms", 1000 * seconds);
    return buffer.data();
  }

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
