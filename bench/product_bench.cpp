/// Matrix products of pointwise convolutions, this library's beside Eigen's, on one thread; and beside those of oneDNN
/// and libxsmm where they are installed (on Debian libdnnl-dev and libxsmm-dev). `nasnet` multiplies matrices as they
/// are, `packed` and `onednn` one whose second factor was packed beforehand; `packed` adds a bias besides.
///
///     OMP_NUM_THREADS=1 product_bench --benchmark_enable_random_interleaving=true --benchmark_repetitions=9
///                                     --benchmark_report_aggregates_only=true

#include <benchmark/benchmark.h>

#include <nasnet/nasnet.hpp>
#include <nasnet/ops/detail/packed_product.hpp>
#include <nasnet/ops/detail/simd.hpp>
#include <nasnet/ops/eigen.hpp>
#include <string>
#ifdef NASNET_BENCH_ONEDNN
#include <oneapi/dnnl/dnnl.hpp>
#endif
#ifdef NASNET_BENCH_LIBXSMM
#include <libxsmm.h>
#endif

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

// With the second matrix packed beforehand, as an inference plan has weights.
void packed(benchmark::State& state, const Extents& n) {
  const nasnet::InstructionSet set = nasnet::instruction_set();
  Operands m(n);
  nasnet::detail::PackedMatrix<float> b(n.terms, n.columns, nasnet::detail::full_width<float>(set));
  for (std::int64_t term = 0; term < n.terms; ++term) {
    for (std::int64_t column = 0; column < n.columns; ++column) b(term, column) = m.b[term * n.columns + column];
  }
  const Tensor<float> bias = bench::random_tensor({b.columns()});
  Tensor<float> c({n.rows, b.columns()});
  const nasnet::detail::PackedProduct<float> product{.a = m.a.data(),
                                                     .a_stride = n.terms,
                                                     .b = b.panel(0),
                                                     .bias = bias.data(),
                                                     .c = c.data(),
                                                     .c_stride = b.columns(),
                                                     .rows = n.rows,
                                                     .columns = b.columns(),
                                                     .terms = n.terms};
  for (auto _ : state) {
    nasnet::detail::multiply_packed(set, product);
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

#ifdef NASNET_BENCH_ONEDNN
// Weights in the layout that oneDNN likes best, put there beforehand.
void onednn(benchmark::State& state, const Extents& n) {
  using dnnl::memory;
  Operands m(n);
  dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  const auto matrix = [](std::int64_t rows, std::int64_t columns, memory::format_tag layout) {
    return memory::desc({rows, columns}, memory::data_type::f32, layout);
  };
  const memory::desc a = matrix(n.rows, n.terms, memory::format_tag::ab);
  const memory::desc b = matrix(n.terms, n.columns, memory::format_tag::ab);
  const memory::desc c = matrix(n.rows, n.columns, memory::format_tag::ab);
  const dnnl::matmul::primitive_desc plan({a, matrix(n.terms, n.columns, memory::format_tag::any), c}, engine);
  memory given(b, engine, m.b.data());
  memory weights(plan.weights_desc(), engine);
  dnnl::reorder(given, weights).execute(stream, given, weights);
  const dnnl::matmul product(plan);
  const std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, memory(a, engine, m.a.data())},
                                                  {DNNL_ARG_WEIGHTS, weights},
                                                  {DNNL_ARG_DST, memory(c, engine, m.c.data())}};
  for (auto _ : state) {
    product.execute(stream, arguments);
    stream.wait();
  }
  count(state, n);
}
#endif

#ifdef NASNET_BENCH_LIBXSMM
// It makes small products: some rows at a time. Its matrices are stored by columns, so ours are their transposes.
void libxsmm(benchmark::State& state, const Extents& n) {
  constexpr std::int64_t most_rows = 49;  // divides most maps
  Operands m(n);
  const auto kernel_of = [&](std::int64_t rows) {
    const float zero = 0;
    return libxsmm_smmdispatch(static_cast<int>(n.columns), static_cast<int>(rows), static_cast<int>(n.terms), nullptr,
                               nullptr, nullptr, nullptr, &zero, nullptr, nullptr);
  };
  const std::int64_t rest = n.rows % most_rows;
  const libxsmm_smmfunction whole = kernel_of(most_rows);
  const libxsmm_smmfunction last = rest == 0 ? whole : kernel_of(rest);
  if (whole == nullptr || last == nullptr) return state.SkipWithError("libxsmm has no kernel for these extents");
  for (auto _ : state) {
    for (std::int64_t row = 0; row < n.rows; row += most_rows) {
      const libxsmm_smmfunction kernel = n.rows - row < most_rows ? last : whole;
      kernel(m.b.data(), m.a.data() + row * n.terms, m.c.data() + row * n.columns);
    }
    benchmark::ClobberMemory();
  }
  count(state, n);
}
#endif

}  // namespace

int main(int argc, char** argv) {
  for (const Extents& n : products) {
    benchmark::RegisterBenchmark((std::string("nasnet/") + n.place).c_str(), ours, n);
    benchmark::RegisterBenchmark((std::string("packed/") + n.place).c_str(), packed, n);
    benchmark::RegisterBenchmark((std::string("eigen/") + n.place).c_str(), eigen, n);
#ifdef NASNET_BENCH_ONEDNN
    benchmark::RegisterBenchmark((std::string("onednn/") + n.place).c_str(), onednn, n);
#endif
#ifdef NASNET_BENCH_LIBXSMM
    benchmark::RegisterBenchmark((std::string("libxsmm/") + n.place).c_str(), libxsmm, n);
#endif
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
