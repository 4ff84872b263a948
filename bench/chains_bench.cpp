/// What it gains to compute a chain of ops together: chains as they stand in cells, several in a row, on one thread.
///
///     chains_bench --benchmark_filter=sep_5x5 --benchmark_enable_random_interleaving=true --benchmark_repetitions=5
///
/// Names are chain/way/channels x extent/batch. Ways: `plan` and `model` predict, with the inference plan and node by
/// node; `units` and `nodes` train, a forward and a backward pass, with chains computed together and node by node.
/// Counters are those of kernels_bench, for what a prediction must do at least: `bytes/s` counts a map read and a map
/// written for each chain. A training counts three times that.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <nasnet/nasnet.hpp>
#include <string>
#include <utility>

#include "random_tensor.hpp"
#include "rates.hpp"

namespace {

using nasnet::GraphBuilder;
using nasnet::Value;

struct Map {
  std::int64_t channels, extent, batch;
};

using Link = Value (*)(GraphBuilder&, Value);

template <int kernel>
Value separable(GraphBuilder& builder, Value x) {
  x = builder.depthwise(builder.relu(x), {.kernel = kernel});
  return builder.batch_norm(builder.pointwise(x, x.channels));
}

Value pointwise(GraphBuilder& builder, Value x) {
  return builder.batch_norm(builder.pointwise(builder.relu(x), x.channels));
}

Value average_and_itself(GraphBuilder& builder, Value x) {
  return builder.add(builder.average_pool(x, {.kernel = 3}), x);
}

Value maximum_and_itself(GraphBuilder& builder, Value x) { return builder.add(builder.max_pool(x, {.kernel = 3}), x); }

constexpr int links = 6;  // so many that what comes in and goes out is little

nasnet::Model<float> chain_of(Link link, std::int64_t channels) {
  GraphBuilder builder(channels);
  Value x = builder.input();
  for (int i = 0; i < links; ++i) {
    const auto scope = builder.scope("link", i);
    x = link(builder, x);
  }
  return {std::move(builder).finish(builder.global_average_pool(x)), nasnet::RandomStream(1)};
}

nasnet::Tensor<float> images_of(const Map& map) {
  return bench::random_tensor({map.batch, map.extent, map.extent, map.channels});
}

void count(benchmark::State& state, const nasnet::NetworkGraph& graph, const Map& map, double passes) {
  const double operations = 2.0 * static_cast<double>(map.batch) *
                            static_cast<double>(nasnet::multiply_adds(graph, {map.extent, map.extent}));
  const double bytes = 2.0 * sizeof(float) * static_cast<double>(map.batch * map.extent * map.extent * map.channels);
  bench::print_rates(state, {.operations = passes * operations, .bytes = passes * links * bytes, .at_a_time = bytes});
}

void plan(benchmark::State& state, Link link, const Map& map) {
  nasnet::Context context(1);
  const nasnet::InferencePlan<float> network(chain_of(link, map.channels));
  const nasnet::Tensor<float> images = images_of(map);
  for (auto _ : state) benchmark::DoNotOptimize(network.predict(context, images).data());
  count(state, network.graph(), map, 1);
}

void model(benchmark::State& state, Link link, const Map& map) {
  nasnet::Context context(1);
  const nasnet::Model<float> network = chain_of(link, map.channels);
  const nasnet::Tensor<float> images = images_of(map);
  for (auto _ : state) benchmark::DoNotOptimize(network.predict(context, images).data());
  count(state, network.graph(), map, 1);
}

template <nasnet::Fusion fusion>
void train(benchmark::State& state, Link link, const Map& map) {
  nasnet::Context context(1);
  nasnet::Model<float> network = chain_of(link, map.channels);
  nasnet::Variable<float> images(images_of(map), true);
  for (auto _ : state) {
    nasnet::Tape<float> tape(context);
    const nasnet::RunOptions run{.mode = nasnet::Mode::train, .fusion = fusion};
    nasnet::Variable<float> output = network.forward(tape, images, run).logits;
    nasnet::Tensor<float> gradient = output.value().clone(context.allocator());
    const nasnet::Tape<float>::SeededOutput seed{std::move(output), std::move(gradient)};
    tape.backward({&seed, 1});
    network.clear_gradients();
    images.clear_gradient();
  }
  count(state, network.graph(), map, 3);
}

}  // namespace

int main(int argc, char** argv) {
  const std::pair<const char*, Link> chains[] = {{"sep_3x3", separable<3>},
                                                 {"sep_5x5", separable<5>},
                                                 {"sep_7x7", separable<7>},
                                                 {"conv_1x1", pointwise},
                                                 {"avg_pool_3x3_add", average_and_itself},
                                                 {"max_pool_3x3_add", maximum_and_itself}};
  using Way = void (*)(benchmark::State&, Link, const Map&);
  const std::pair<const char*, Way> ways[] = {
      {"plan", plan}, {"model", model}, {"units", train<nasnet::Fusion::on>}, {"nodes", train<nasnet::Fusion::off>}};
  const Map maps[] = {{44, 28, 1}, {168, 42, 1}, {672, 11, 1}, {8, 28, 64}, {32, 32, 32}};
  for (const auto& [chain, link] : chains) {
    for (const Map& map : maps) {
      for (const auto& [way, run] : ways) {
        const std::string name = nasnet::join(chain, '/', way, '/', map.channels, 'x', map.extent, '/', map.batch);
        benchmark::RegisterBenchmark(name.c_str(), run, link, map)->Unit(benchmark::kMicrosecond);
      }
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
