#pragma once

#include "nasnet/evaluator/latency.hpp"

#include <algorithm>  // nth_element, sort
#include <array>      // array
#include <chrono>     // duration, steady_clock
#include <cstddef>    // ptrdiff_t, size_t
#include <cstdint>    // int64_t, uint64_t
#include <cstdio>     // snprintf
#include <memory>     // make_shared, shared_ptr
#include <mutex>      // lock_guard, mutex
#include <optional>   // nullopt, optional
#include <string>     // string
#include <utility>    // move
#include <vector>     // vector

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

NASNET_BODY LatencyMeter::LatencyMeter(CountedNetwork counted, LatencyOptions options)
    : counted_(std::move(counted)), options_(options), memory_(std::make_shared<Memory>(options.threads)) {
  if (options.batch < 1) fail<ArgumentError>("latency: a batch of ", options.batch, ", 1 or more are wanted");
  if (options.repetitions < 1) {
    fail<ArgumentError>("latency: ", options.repetitions, " repetitions, 1 or more are wanted");
  }
  if (options.warm_up < 0) fail<ArgumentError>("latency: ", options.warm_up, " runs to warm up, 0 or more are wanted");
}

NASNET_BODY Latency LatencyMeter::operator()(const Architecture& architecture, const OpTable& ops) const {
  const std::uint64_t key = text_hash(to_text(architecture));
  const std::lock_guard lock(memory_->mutex);
  if (const auto known = memory_->latencies.find(key); known != memory_->latencies.end()) return known->second;
  return memory_->latencies[key] = measure(architecture, ops);
}

NASNET_BODY ArchitectureRule LatencyMeter::at_most(double seconds, OpTable ops) const {
  if (!(seconds > 0)) fail<ArgumentError>("latency: at most ", seconds, " seconds, more than 0 are wanted");
  return {.name = join("latency of at most ", text(seconds), " (", settings().dump(), ')'),
          .reason_against = [meter = *this, ops = std::move(ops),
                             seconds](const Architecture& architecture) -> std::optional<std::string> {
            const double median = meter(architecture, ops).median;
            if (median <= seconds) return std::nullopt;
            return join("a prediction takes ", text(median), ", at most ", text(seconds), " are allowed");
          }};
}

NASNET_BODY LatencyMeter::Memory::Memory(int threads) : context(threads) {
  if (threads < 1) fail<ArgumentError>("latency: ", threads, " threads, 1 or more are wanted");
}

NASNET_BODY Latency LatencyMeter::measure(const Architecture& architecture, const OpTable& ops) const {
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

NASNET_BODY std::string LatencyMeter::text(double seconds) {
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.3g ms", 1000 * seconds);
  return buffer.data();
}

}  // namespace nasnet::inline NASNET_ABI
