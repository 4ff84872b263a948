/// Whole networks: training steps and single predictions. Times are wall-clock, on all cores.
///
///     network_bench --benchmark_filter=train/ --benchmark_format=json

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <nasnet/nasnet.hpp>
#include <vector>

namespace {

using nasnet::Size;

nasnet::Tensor<float> random_images(std::int64_t batch, Size size, std::int64_t channels) {
  nasnet::Tensor<float> images({batch, size.height, size.width, channels});
  nasnet::RandomStream random(1);
  for (float& value : images.values()) value = static_cast<float>(random.normal());
  return images;
}

nasnet::Model<float> make_model(const nasnet::NetworkDescription& network) {
  return {nasnet::build_network(network.architecture, nasnet::NasnetOps::table(), network.config),
          nasnet::RandomStream(1)};
}

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

/// One step: zero gradients, forward, loss, backward, SGD with Nesterov momentum and weight decay.
void train(benchmark::State& state, const nasnet::NetworkDescription& network, Size size) {
  const std::int64_t batch = state.range(0);
  nasnet::Context context;
  nasnet::Model<float> model = make_model(network);
  nasnet::Optimizer<float> optimizer(nasnet::Sgd{.momentum = 0.9, .nesterov = true, .weight_decay = 5e-4},
                                     nasnet::trainable_parameters(model));
  const nasnet::Tensor<float> images = random_images(batch, size, network.config.input_channels);
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < batch; ++i) labels.push_back(static_cast<std::int32_t>(i % network.config.classes));
  Stopwatch watch(state, batch);
  for (auto _ : state) {
    const nasnet::StepResult result =
        nasnet::train_step(context, model, optimizer, images.clone(context.allocator()), labels, 0.01,
                           {.mode = nasnet::Mode::train, .random = nasnet::RandomStream(2)});
    benchmark::DoNotOptimize(result.loss);
  }
}

void infer(benchmark::State& state, const nasnet::NetworkDescription& network, Size size) {
  const std::int64_t batch = state.range(0);
  nasnet::Context context;
  const nasnet::InferencePlan<float> plan(make_model(network));
  const nasnet::Tensor<float> images = random_images(batch, size, network.config.input_channels);
  Stopwatch watch(state, batch);
  for (auto _ : state) benchmark::DoNotOptimize(plan.predict(context, images).data());
}

nasnet::NetworkDescription child(std::int64_t cells_per_stack, std::int64_t filters, std::int64_t channels) {
  nasnet::NetworkDescription network = nasnet::nasnet_a_cifar(cells_per_stack, filters);
  network.config.input_channels = channels;
  return network;
}

void add(const char* name, void (*run)(benchmark::State&, const nasnet::NetworkDescription&, Size),
         const nasnet::NetworkDescription& network, Size size, std::int64_t batch) {
  benchmark::RegisterBenchmark(name, run, network, size)->Arg(batch)->Unit(benchmark::kMillisecond);
}

}  // namespace

int main(int argc, char** argv) {
  add("train/child_n1_f8_28x28", train, child(1, 8, 1), {28, 28}, 64);
  add("train/child_n2_f32_32x32", train, child(2, 32, 3), {32, 32}, 32);
  add("infer/nasnet_a_mobile_224", infer, nasnet::nasnet_a_mobile(), {224, 224}, 1);
  add("infer/nasnet_a_cifar_6x768", infer, nasnet::nasnet_a_cifar(), {32, 32}, 1);
  add("infer/nasnet_a_large_331", infer, nasnet::nasnet_a_large(), {331, 331}, 1);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
