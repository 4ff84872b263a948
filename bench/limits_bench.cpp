/// What this machine can do at most: multiply-adds that need no memory, and copies of arrays that fit each cache.
///
///     limits_bench

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <nasnet/nasnet.hpp>
#include <vector>

namespace {

struct MultiplyAddJob {
  float* sink = nullptr;
  std::int64_t rounds = 0;
};

constexpr int accumulators = 12;  // enough to hide the latency of a multiply-add on two ports

struct MultiplyAddKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const MultiplyAddJob& job) {
    using L = typename Target::Full;
    typename L::Vector sum[accumulators], factor, term;
    nasnet::detail::fill<L>(factor, 0.5F);
    nasnet::detail::fill<L>(term, 1.0F);
    NASNET_UNROLL
    for (int i = 0; i < accumulators; ++i) nasnet::detail::fill<L>(sum[i], static_cast<float>(i));
    for (std::int64_t round = 0; round < job.rounds; ++round) {
      NASNET_UNROLL
      for (int i = 0; i < accumulators; ++i) sum[i] = sum[i] * factor + term;
    }
    NASNET_UNROLL
    for (int i = 0; i < accumulators; ++i) nasnet::detail::store<L>(job.sink + i * L::width, sum[i]);
  }
};

void multiply_adds(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(0));
  nasnet::Context context(threads);
  const nasnet::InstructionSet set = nasnet::instruction_set();
  constexpr std::int64_t rounds = 1'000'000;
  for (auto _ : state) {
    context.parallel_for(threads, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        alignas(64) float sink[accumulators * 16];
        nasnet::detail::run_kernel<MultiplyAddKernel, float>(set, MultiplyAddJob{sink, rounds});
        benchmark::DoNotOptimize(sink[0]);
      }
    });
  }
  const double operations = 2.0 * rounds * accumulators * static_cast<double>(nasnet::detail::full_width<float>(set)) *
                            static_cast<double>(threads) * static_cast<double>(state.iterations());
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
