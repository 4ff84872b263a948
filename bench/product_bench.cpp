/// Matrix products of pointwise convolutions, this library's beside Eigen's, on one thread.
///
///     product_bench --benchmark_enable_random_interleaving=true --benchmark_repetitions=9
///                   --benchmark_report_aggregates_only=true

#include <benchmark/benchmark.h>

#include <nasnet/nasnet.hpp>
#include <nasnet/ops/eigen.hpp>
#include <string>

#include "random_tensor.hpp"

namespace {

using nasnet::Tensor;

struct Extents {
  const char* place;
  std::int64_t rows, terms, columns;  // of [rows, terms] times [terms, columns]
};

constexpr Extents products[] = {
    {"child_f8", 50176, 8, 8},       {"mobile_f44", 784, 264, 44},   {"mobile_f88", 784, 88, 88},
    {"mobile_f176", 196, 1056, 176}, {"large_f168", 1764, 168, 168}, {"large_f336", 441, 2016, 336},
    {"large_f672", 121, 4032, 672},
};

struct Operands {
  explicit Operands(const Extents& n)
      : a(bench::random_tensor({n.rows, n.terms})),
        b(bench::random_tensor({n.terms, n.columns})),
        c({n.rows, n.columns}) {}
  Tensor<float> a, b, c;
};

void count(benchmark::State& state, const Extents& n) {
  const auto operations = 2.0 * static_cast<double>(n.rows) * static_cast<double>(n.terms) *
                          static_cast<double>(n.columns) * static_cast<double>(state.iterations());
  state.counters["flop/s"] = benchmark::Counter(operations, benchmark::Counter::kIsRate);
}

void ours(benchmark::State& state, const Extents& n) {
  nasnet::Context context(1);
  Operands m(n);
  for (auto _ : state) {
    nasnet::multiply<float>(context, {m.a.data(), n.rows, n.terms}, {m.b.data(), n.terms, n.columns},
                            {m.c.data(), n.rows, n.columns});
    benchmark::ClobberMemory();
  }
  count(state, n);
}

// As a program without -march gets it, like ours.
void eigen(benchmark::State& state, const Extents& n) {
  Operands m(n);
  for (auto _ : state) {
    nasnet::as_eigen(m.c).noalias() = nasnet::as_eigen(m.a) * nasnet::as_eigen(m.b);
    benchmark::ClobberMemory();
  }
  count(state, n);
}

}  // namespace

int main(int argc, char** argv) {
  for (const Extents& n : products) {
    benchmark::RegisterBenchmark((std::string("nasnet/") + n.place).c_str(), ours, n);
    benchmark::RegisterBenchmark((std::string("eigen/") + n.place).c_str(), eigen, n);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
