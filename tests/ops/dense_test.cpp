// Dense layers for every instruction set, against plain loops.
#include <cstdint>  // int64_t

#include "cases/kernel_run.hpp"
#include "catch.hpp"
#include "nasnet/ops/dense.hpp"

namespace {

using cases::KernelOptions;
using cases::KernelRun;
using nasnet::Dense;
using nasnet::Shape;
using nasnet::Tensor;

template <class Scalar>
void check(std::int64_t units, std::int64_t samples, std::int64_t channels) {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    INFO(to_string(set) << ' ' << samples << 'x' << channels << " to " << units);
    const KernelRun<Scalar> run(Dense{.units = units}, {samples, 1, 1, channels}, KernelOptions{.set = set});
    Tensor<double> y(run.y.shape());
    Tensor<double> dx = cases::zeros_like(cases::to_double(run.x));
    Tensor<double> dw = cases::zeros_like(cases::to_double(run.parameters[0]));
    Tensor<double> db = cases::zeros_like(cases::to_double(run.parameters[1]));
    for (std::int64_t n = 0; n < samples; ++n) {
      for (std::int64_t o = 0; o < units; ++o) {
        const auto dy = static_cast<double>(run.dy[n * units + o]);
        double sum = static_cast<double>(run.parameters[1][o]);
        db[o] += dy;
        for (std::int64_t i = 0; i < channels; ++i) {
          const auto x = static_cast<double>(run.x[n * channels + i]);
          const auto weight = static_cast<double>(run.parameters[0][i * units + o]);
          sum += x * weight;
          dx[n * channels + i] += dy * weight;
          dw[i * units + o] += dy * x;
        }
        y[n * units + o] = sum;
      }
    }
    CHECK(cases::equal_elements(run.y, y));
    CHECK(cases::equal_elements(run.dx, dx));
    CHECK(cases::equal_elements(run.parameter_gradients[0], dw));
    CHECK(cases::equal_elements(run.parameter_gradients[1], db));
  }
}

}  // namespace

TEST_CASE("dense takes any samples, channels and units", "[dense]") {
  for (const std::int64_t units : {1, 2, 10, 16, 37, 100}) {
    for (const std::int64_t samples : {1, 2, 7, 64}) {
      for (const std::int64_t channels : {1, 5, 16, 33}) {
        check<float>(units, samples, channels);
        check<double>(units, samples, channels);
      }
    }
  }
}

TEST_CASE("dense gives the same bits for any number of threads, and adds where it is told to", "[dense]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    const Dense dense{.units = 300};
    const Shape input{130, 1, 1, 200};
    const KernelRun<float> one(dense, input, {.set = set, .whole = false});
    for (const int threads : {2, 3}) {
      const KernelRun<float> more(dense, input, {.set = set, .threads = threads, .whole = false});
      CHECK(cases::equal_bits(one.y, more.y));
      CHECK(cases::equal_bits(one.dx, more.dx));
      CHECK(cases::equal_bits(one.parameter_gradients[0], more.parameter_gradients[0]));
      CHECK(cases::equal_bits(one.parameter_gradients[1], more.parameter_gradients[1]));
    }
    const KernelRun<float> plain(dense, {3, 1, 1, 4}, {.set = set});
    const KernelRun<float> added(dense, {3, 1, 1, 4}, {.set = set, .accumulate = true});
    for (std::int64_t i = 0; i < plain.dx.elements(); ++i) CHECK(added.dx[i] == plain.dx[i] + 77);
    for (std::size_t p = 0; p < 2; ++p) {
      for (std::int64_t i = 0; i < plain.parameter_gradients[p].elements(); ++i) {
        CHECK(added.parameter_gradients[p][i] == plain.parameter_gradients[p][i] + 77);
      }
    }
    const KernelRun<float> none(dense, {3, 1, 1, 4}, {.set = set, .input_wanted = false, .parameters_wanted = false});
    CHECK(none.dx[0] == 77);
    CHECK(none.parameter_gradients[0][0] == 77);
    CHECK(none.parameter_gradients[1][0] == 77);
  }
}

TEST_CASE("dense names what does not fit", "[dense]") {
  const Dense dense{.units = 10};
  CHECK(cases::kernel_fault(dense, {2, 1, 1, 5}, {{6, 10}, {10}}) ==
        "dense: kernel has 6 channels, input [2,1,1,5] has 5");
  CHECK(cases::kernel_fault(dense, {2, 1, 1, 5}, {{5, 9}, {10}}) == "dense: weight is [5,9], wanted [5,10]");
  CHECK(cases::kernel_fault(dense, {2, 1, 1, 5}, {{5, 10}, {9}}) == "dense: bias is [9], wanted [10]");
}
