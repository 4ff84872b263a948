// Pointwise convolution for every instruction set, against plain loops.
#include <cstdint>  // int64_t

#include "cases/kernel_run.hpp"
#include "catch.hpp"
#include "nasnet/ops/pointwise.hpp"

namespace {

using cases::KernelOptions;
using cases::KernelRun;
using nasnet::Pointwise;
using nasnet::Shape;
using nasnet::Tensor;

template <class Scalar>
cases::ReferenceGradients reference_gradients(const KernelRun<Scalar>& run) {
  const Tensor<double> x = cases::to_double(run.x);
  const Tensor<double> weight = cases::to_double(run.parameters[0]);
  cases::ReferenceGradients result{cases::zeros_like(x), cases::zeros_like(weight)};
  cases::for_each_element(run.dy.shape(), [&](auto n, auto h, auto w, auto o) {
    for (std::int64_t i = 0; i < x.extent(3); ++i) {
      result.dx(n, h, w, i) += static_cast<double>(run.dy(n, h, w, o)) * weight(0, 0, i, o);
      result.dw(0, 0, i, o) += static_cast<double>(run.dy(n, h, w, o)) * x(n, h, w, i);
    }
  });
  return result;
}

template <class Scalar>
void check(std::int64_t filters, const Shape& input) {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    INFO(to_string(set) << " to " << filters << " filters from " << input.to_string());
    const Pointwise pointwise{.filters = filters};
    const KernelRun<Scalar> run(pointwise, input, KernelOptions{.set = set});
    const cases::ReferenceGradients expected = reference_gradients(run);
    CHECK(cases::equal_elements(run.y, cases::reference_output(pointwise, run)));
    CHECK(cases::equal_elements(run.dx, expected.dx));
    CHECK(cases::equal_elements(run.parameter_gradients[0], expected.dw));
  }
}

}  // namespace

TEST_CASE("pointwise takes any channels and filters", "[pointwise]") {
  for (const std::int64_t filters : {1, 3, 8, 11, 16, 32, 44, 50}) {
    for (const Shape& input : {Shape{1, 1, 1, 1}, Shape{2, 3, 5, 8}, Shape{1, 7, 7, 11}, Shape{3, 4, 2, 44}}) {
      check<float>(filters, input);
      check<double>(filters, input);
    }
  }
  check<float>(8, {4, 28, 28, 8});
  check<float>(24, {2, 19, 31, 40});
}

TEST_CASE("pointwise gives the same bits for any number of threads", "[pointwise]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    const Pointwise pointwise{.filters = 20};
    const Shape input{4, 28, 28, 12};
    const KernelRun<float> one(pointwise, input, {.set = set, .whole = false});
    for (const int threads : {2, 3}) {
      const KernelRun<float> more(pointwise, input, {.set = set, .threads = threads, .whole = false});
      CHECK(cases::equal_bits(one.y, more.y));
      CHECK(cases::equal_bits(one.dx, more.dx));
      CHECK(cases::equal_bits(one.parameter_gradients[0], more.parameter_gradients[0]));
    }
  }
}

TEST_CASE("pointwise adds to gradients where it is told to, and leaves alone what nobody wants", "[pointwise]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    const Pointwise pointwise{.filters = 9};
    const Shape input{1, 5, 5, 13};
    const KernelRun<float> plain(pointwise, input, {.set = set});
    const KernelRun<float> added(pointwise, input, {.set = set, .accumulate = true});
    for (std::int64_t i = 0; i < plain.dx.elements(); ++i) CHECK(added.dx[i] == plain.dx[i] + 77);
    for (std::int64_t i = 0; i < plain.parameter_gradients[0].elements(); ++i) {
      CHECK(added.parameter_gradients[0][i] == plain.parameter_gradients[0][i] + 77);
    }
    const KernelRun<float> none(pointwise, input, {.set = set, .input_wanted = false, .parameters_wanted = false});
    CHECK(none.dx[0] == 77);
    CHECK(none.parameter_gradients[0][0] == 77);
  }
}

TEST_CASE("pointwise names what does not fit", "[pointwise]") {
  const Pointwise pointwise{.filters = 4};
  CHECK(cases::kernel_fault(pointwise, {2, 3, 3, 5}, {{1, 1, 6, 4}}) ==
        "pointwise: kernel has 6 channels, input [2,3,3,5] has 5");
  CHECK(cases::kernel_fault(pointwise, {2, 3, 3, 5}, {{1, 1, 5, 3}}) ==
        "pointwise: weight is [1,1,5,3], wanted [1,1,5,4]");
  CHECK(cases::kernel_fault(pointwise, {3, 5}, {{1, 1, 5, 4}}) == "pointwise: input is [3,5], wanted [N,H,W,C]");
}
