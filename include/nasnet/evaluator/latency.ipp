#pragma once

#include "nasnet/evaluator/latency.hpp"

#include <algorithm>          // sort
#include <array>              // array
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
#include "nasnet/core/json_value.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/steady_time.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/evaluator/evaluator_model.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/model/inference_plan.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/space/constraint.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline Latency measured_latency(Context& context, const NetworkGraph& graph,
                                                          const CountedNetwork& counted,
                                                          const LatencyOptions& options) {
  const Model<float> model(graph, RandomStream(0));
  const InferencePlan<float> plan(model);
  const Tensor<float> images =
      context.zeros<float>({options.batch, counted.image.height, counted.image.width, counted.network.input_channels});
  std::vector<double> seconds;
  for (std::int64_t run = -options.warm_up; run < options.repetitions; ++run) {
    const SteadyTime begin = SteadyTime::now();
    const Tensor<float> logits = plan.predict(context, images);
    if (run >= 0) seconds.push_back(SteadyTime::now() - begin);
  }
  std::sort(seconds.begin(), seconds.end());
  return {.median = seconds[(seconds.size() - 1) / 2], .least = seconds.front(), .most = seconds.back()};
}

NASNET_LAZY [[nodiscard]] inline std::string milliseconds_text(double seconds) {
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.3g ms", 1000 * seconds);
  return buffer.data();
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

/// What copies of a meter share.
struct LatencyMeter::Memory {
  NASNET_LAZY explicit Memory(int threads) : context(threads) {}

  std::mutex mutex{};
  Context context;
  std::unordered_map<std::uint64_t, Latency> latencies{};
};

NASNET_BODY LatencyMeter::LatencyMeter(CountedNetwork counted, LatencyOptions options)
    : counted_(std::move(counted)), options_(options) {
  if (options.threads < 1) fail<ArgumentError>("latency: ", options.threads, " threads, 1 or more are wanted");
  if (options.batch < 1) fail<ArgumentError>("latency: a batch of ", options.batch, ", 1 or more are wanted");
  if (options.repetitions < 1) {
    fail<ArgumentError>("latency: ", options.repetitions, " repetitions, 1 or more are wanted");
  }
  if (options.warm_up < 0) fail<ArgumentError>("latency: ", options.warm_up, " runs to warm up, 0 or more are wanted");
  memory_ = std::make_shared<Memory>(options.threads);
}

NASNET_BODY Latency LatencyMeter::operator()(const Candidate& candidate) const {
  const std::uint64_t key = text_hash(to_text(candidate.architecture()));
  const std::lock_guard lock(memory_->mutex);
  if (const auto known = memory_->latencies.find(key); known != memory_->latencies.end()) return known->second;
  return memory_->latencies[key] =
             detail::measured_latency(memory_->context, candidate.graph(counted_.network), counted_, options_);
}

NASNET_BODY ArchitectureRule LatencyMeter::at_most(double seconds) const {
  if (!(seconds > 0)) fail<ArgumentError>("latency: at most ", seconds, " seconds, more than 0 are wanted");
  return {.name = join("latency of at most ", detail::milliseconds_text(seconds), " (", settings().get().dump(), ')'),
          .reason_against = [meter = *this, seconds](const Candidate& candidate) -> std::optional<std::string> {
            const double median = meter(candidate).median;
            if (median <= seconds) return std::nullopt;
            return join("a prediction takes ", detail::milliseconds_text(median), ", at most ",
                        detail::milliseconds_text(seconds), " are allowed");
          }};
}

NASNET_BODY JsonValue LatencyMeter::settings() const {
  return nlohmann::json{{"batch", options_.batch},
                        {"threads", options_.threads},
                        {"warm_up", options_.warm_up},
                        {"repetitions", options_.repetitions}};
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY Outcome evaluate_with_latency(const EvaluatorInterface& inner, const LatencyMeter& meter,
                                          const Architecture& architecture, TrialContext& trial) {
  const double latency = meter(trial.candidate_of(architecture)).median;
  Outcome outcome = inner.evaluate(architecture, trial);
  if (!outcome.evaluation()) return outcome;
  Evaluation evaluation = *outcome.evaluation();
  evaluation.metrics["latency"] = latency;
  return evaluation;
}

NASNET_BODY JsonValue settings_with_latency(const EvaluatorInterface& inner, const LatencyMeter& meter) {
  nlohmann::json json{{"name", "measure_latency"}, {"latency", meter.settings()}};
  if (const std::optional<JsonValue> settings = inner.settings()) json["evaluator"] = *settings;
  return json;
}

}  // namespace nasnet::inline NASNET_ABI::detail
