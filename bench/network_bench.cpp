/// Whole networks: training steps and single predictions. Times are wall-clock, on all cores.
///
///     network_bench --benchmark_filter=train/ --benchmark_format=json
///
/// train: a step of a child network. begin: a new child, built, and its first 11 steps. infer: the inference plan;
/// `arena_over_live` is the memory for its maps over the largest set of maps that are needed at one time.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <nasnet/nasnet.hpp>
#include <string>
#include <vector>

#include "networks.hpp"

namespace {

using nasnet::Size;

/// Images a second of wall time: a rate of Google Benchmark's own would be one of the first thread's time.
class Stopwatch {
 public:
  Stopwatch(benchmark::State& state, std::int64_t batch) : state_(state), batch_(batch) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin_;
    state_.counters["images_per_second"] = static_cast<double>(state_.iterations() * batch_) / seconds.count();
  }

 private:
  benchmark::State& state_;
  std::int64_t batch_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// A network in training, with one batch in memory.
class Training {
 public:
  Training(const nasnet::NetworkDescription& network, Size size, std::int64_t batch)
      : model_(bench::new_model(network)),
        optimizer_(nasnet::Sgd{.momentum = 0.9, .nesterov = true, .weight_decay = 5e-4},
                   nasnet::trainable_parameters(model_)),
        images_(bench::random_images(batch, size, network.config.input_channels)) {
    for (std::int64_t i = 0; i < batch; ++i) labels_.push_back(static_cast<std::int32_t>(i % network.config.classes));
  }

  /// Zero gradients, forward, loss, backward, SGD with Nesterov momentum and weight decay.
  void step(nasnet::Context& context) {
    const nasnet::StepResult result =
        nasnet::train_step(context, model_, optimizer_, images_.clone(context.allocator()), labels_, 0.01,
                           {.mode = nasnet::Mode::train, .random = nasnet::RandomStream(2)});
    benchmark::DoNotOptimize(result.loss);
  }

  /// Of a step: each product of the forward pass has two of the same size in the backward pass.
  [[nodiscard]] double multiply_adds(Size size) const {
    return 3.0 * static_cast<double>(images_.extent(0) * nasnet::multiply_adds(model_.graph(), size));
  }

 private:
  nasnet::Model<float> model_;
  nasnet::Optimizer<float> optimizer_;
  nasnet::Tensor<float> images_;
  std::vector<std::int32_t> labels_;
};

void train(benchmark::State& state, const nasnet::NetworkDescription& network, Size size) {
  nasnet::Context context;
  Training training(network, size, state.range(0));
  state.counters["multiply_adds"] = training.multiply_adds(size);
  training.step(context);  // takes the memory that all further steps use again
  Stopwatch watch(state, state.range(0));
  for (auto _ : state) training.step(context);
}

/// What each trial of a search begins with: a network that was never seen before, built, and its first steps.
void begin_child(benchmark::State& state, const nasnet::NetworkDescription& network, Size size) {
  constexpr int steps = 11;
  nasnet::Context context;
  Stopwatch watch(state, state.range(0) * steps);
  for (auto _ : state) {
    Training training(network, size, state.range(0));
    for (int i = 0; i < steps; ++i) training.step(context);
    state.counters["multiply_adds"] = steps * training.multiply_adds(size);
  }
}

void infer(benchmark::State& state, const nasnet::NetworkDescription& network, Size size) {
  const std::int64_t batch = state.range(0);
  nasnet::Context context;
  const nasnet::InferencePlan<float> plan(bench::new_model(network));
  const nasnet::Tensor<float> images = bench::random_images(batch, size, network.config.input_channels);
  benchmark::DoNotOptimize(plan.predict(context, images).data());  // prepares the plan for this size
  state.counters["multiply_adds"] = static_cast<double>(batch * nasnet::multiply_adds(plan.graph(), size));
  state.counters["arena_bytes"] = static_cast<double>(plan.arena_bytes(images.shape()));
  state.counters["arena_over_live"] =
      state.counters["arena_bytes"] / static_cast<double>(plan.live_bytes(images.shape()));
  Stopwatch watch(state, batch);
  for (auto _ : state) benchmark::DoNotOptimize(plan.predict(context, images).data());
}

nasnet::NetworkDescription child(std::int64_t cells_per_stack, std::int64_t filters, std::int64_t channels) {
  nasnet::NetworkDescription network = nasnet::nasnet_a_cifar(cells_per_stack, filters);
  network.config.input_channels = channels;
  return network;
}

using Run = void (*)(benchmark::State&, const nasnet::NetworkDescription&, Size);

benchmark::internal::Benchmark& add(const std::string& name, Run run, const nasnet::NetworkDescription& network,
                                    Size size) {
  return *benchmark::RegisterBenchmark(name.c_str(), run, network, size)->Unit(benchmark::kMillisecond);
}

}  // namespace

int main(int argc, char** argv) {
  add("train/child_n1_f8_28x28", train, child(1, 8, 1), {28, 28}).Arg(64);
  add("train/child_n2_f32_32x32", train, child(2, 32, 3), {32, 32}).Arg(32);
  add("begin/child_n1_f8_28x28", begin_child, child(1, 8, 1), {28, 28}).Arg(64);
  add("begin/child_n2_f32_32x32", begin_child, child(2, 32, 3), {32, 32}).Arg(32);
  for (const bench::InferenceCase& item : bench::inference_cases()) {
    add(std::string("infer/") + item.name, infer, item.network, item.size).Arg(1)->Arg(8);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
