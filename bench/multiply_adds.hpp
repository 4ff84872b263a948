/// What a core can do at most: multiply-adds that need no memory.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nasnet/core/instruction_set.hpp>
#include <nasnet/ops/detail/simd.hpp>

namespace bench {

struct MultiplyAddJob {
  float* sink = nullptr;
  std::int64_t rounds = 0;
};

inline constexpr int accumulators = 12;  // enough to hide the latency of a multiply-add on two ports

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

/// `rounds` times as many multiply-adds as registers hold.
inline void run_multiply_adds(std::int64_t rounds) {
  alignas(64) float sink[accumulators * 16];
  nasnet::detail::run_kernel<MultiplyAddKernel, float>(nasnet::instruction_set(), MultiplyAddJob{sink, rounds});
  benchmark::DoNotOptimize(sink[0]);
}

/// Floating-point operations of the same.
[[nodiscard]] inline double multiply_add_operations(std::int64_t rounds) {
  const auto lanes = static_cast<double>(nasnet::detail::full_width<float>(nasnet::instruction_set()));
  return 2.0 * static_cast<double>(rounds) * accumulators * lanes;
}

/// Floating-point operations a second of one thread, the best of some turns.
[[nodiscard]] inline double multiply_add_limit() {
  using Clock = std::chrono::steady_clock;
  constexpr std::int64_t rounds = 1'000'000;
  double seconds = 1;
  for (int turn = 0; turn < 20; ++turn) {
    const Clock::time_point begin = Clock::now();
    run_multiply_adds(rounds);
    seconds = std::min(seconds, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return multiply_add_operations(rounds) / seconds;
}

}  // namespace bench
