// What benchmarks of kernels print of their work. Included by bench only.
#pragma once

#include <benchmark/benchmark.h>

#include "copy_rate.hpp"
#include "multiply_adds.hpp"

namespace bench {

/// What one iteration does.
struct Work {
  double operations = 0;  ///< floating-point ones; 0: they are not counted
  double bytes = 0;       ///< read and written
  double at_a_time = 0;   ///< bytes of the maps that one op reads and writes: the size of the copy beside it
};

/// `flop/s` and `bytes/s`, and their parts of what one thread can do at most and of what a copy reaches.
inline void print_rates(benchmark::State& state, const Work& work) {
  using benchmark::Counter;
  const auto runs = static_cast<double>(state.iterations());
  if (work.operations > 0) {
    static const double limit = multiply_add_limit();
    state.counters["flop/s"] = Counter(work.operations * runs, Counter::kIsRate);
    state.counters["of_limit"] = Counter(work.operations * runs / limit, Counter::kIsRate);
  }
  state.counters["bytes/s"] = Counter(work.bytes * runs, Counter::kIsRate);
  state.counters["of_copy"] = Counter(work.bytes * runs / copy_rate(work.at_a_time), Counter::kIsRate);
}

}  // namespace bench
