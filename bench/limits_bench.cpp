/// What this machine can do at most: multiply-adds that need no memory, and copies of arrays that fit each cache.
///
///     limits_bench

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <nasnet/nasnet.hpp>
#include <vector>

#include "multiply_adds.hpp"

namespace {

void multiply_adds(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(0));
  nasnet::Context context(threads);
  constexpr std::int64_t rounds = 1'000'000;
  for (auto _ : state) {
    context.parallel_for(threads, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        bench::run_multiply_adds(rounds);
      }
    });
  }
  const double operations =
      bench::multiply_add_operations(rounds) * static_cast<double>(threads) * static_cast<double>(state.iterations());
  state.counters["flop/s"] = benchmark::Counter(operations, benchmark::Counter::kIsRate);
}

/// Bytes read and written.
void copy(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0)) * 1024;
  std::vector<char> from(bytes, 'a'), to(bytes);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), bytes);
    benchmark::ClobberMemory();
  }
  state.counters["bytes/s"] = benchmark::Counter(
      2.0 * static_cast<double>(bytes) * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

BENCHMARK(multiply_adds)->DenseRange(1, nasnet::ThreadPool::hardware_threads())->UseRealTime();
BENCHMARK(copy)->ArgName("KiB")->RangeMultiplier(8)->Range(8, 256 * 1024)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
