// Average pooling for every instruction set, against plain loops.
#include <cmath>    // abs
#include <cstdint>  // int64_t

#include "cases/kernel_run.hpp"
#include "catch.hpp"
#include "nasnet/ops/average_pool.hpp"

namespace {

using cases::KernelOptions;
using cases::KernelRun;
using nasnet::AveragePool;
using nasnet::Shape;
using nasnet::Tensor;
using nasnet::Window;

template <class Scalar>
Tensor<double> reference_gradient(const Window& window, const KernelRun<Scalar>& run) {
  Tensor<double> dx = cases::zeros_like(cases::to_double(run.x));
  cases::for_each_element(run.dy.shape(), [&](auto n, auto oh, auto ow, auto c) {
    double cells = 0;
    cases::for_each_tap(window, dx.shape(), oh, ow, [&](auto, auto, auto, auto) { cells += 1; });
    cases::for_each_tap(window, dx.shape(), oh, ow, [&](auto, auto, auto ih, auto iw) {
      dx(n, ih, iw, c) += static_cast<double>(run.dy(n, oh, ow, c)) / cells;
    });
  });
  return dx;
}

template <class A, class B>
double distance(const Tensor<A>& a, const Tensor<B>& b) {
  double largest = 0;
  for (std::int64_t i = 0; i < a.elements(); ++i) {
    const double one = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (!(one <= largest)) largest = one;
  }
  return largest;
}

template <class Scalar>
void check(const Window& window, const Shape& input, double tolerance) {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    INFO(to_string(set) << ' ' << window.kernel_height << 'x' << window.kernel_width << " stride "
                        << window.stride_height << " on " << input.to_string());
    const AveragePool pool{.window = window};
    const KernelRun<Scalar> run(pool, input, KernelOptions{.set = set});
    const Tensor<double> expected = cases::reference_output(pool, run);
    REQUIRE(run.y.shape() == expected.shape());
    CHECK(distance(run.y, expected) <= tolerance);
    CHECK(distance(run.dx, reference_gradient(window, run)) <= 50 * tolerance);
  }
}

}  // namespace

TEST_CASE("the average of ones is exactly one, for every size", "[average_pool]") {
  nasnet::Context context(1);
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    for (const std::int64_t kernel : {3, 5, 7}) {
      for (const std::int64_t stride : {1, 2}) {
        for (std::int64_t n = 1; n <= 40; ++n) {
          Tensor<float> ones({1, n, n % 7 + 1, 5});
          ones.fill(1);
          nasnet::OpCall<float> call{.context = context};
          call.inputs = {&ones};
          forward(AveragePool{.window = Window::square(kernel, stride)}, call, set);
          for (const float value : call.output.values()) REQUIRE(value == 1.0F);
        }
      }
    }
  }
}

TEST_CASE("average pooling pads as SAME does, for every size", "[average_pool]") {
  for (const std::int64_t kernel : {3, 5, 7}) {
    for (const std::int64_t stride : {1, 2}) {
      for (std::int64_t n = 1; n <= 40; ++n) {
        check<float>(Window::square(kernel, stride), {1, n, n % 11 + 1, 3}, 1e-6);
        check<float>(Window::square(kernel, stride), {1, n % 5 + 1, n, 2}, 1e-6);
      }
    }
  }
}

TEST_CASE("average pooling takes any window and any number of channels", "[average_pool]") {
  for (const std::int64_t channels : {1, 4, 8, 11, 16, 17, 44}) {
    check<float>(Window::square(3), {2, 6, 9, channels}, 1e-6);
    check<float>(Window::square(3, 2), {2, 7, 10, channels}, 1e-6);
    check<double>(Window::square(5, 2), {1, 7, 10, channels}, 1e-14);
    check<double>(Window{.kernel_height = 2, .kernel_width = 3, .stride_height = 3, .padding = nasnet::Padding::valid},
                  {1, 11, 6, channels}, 1e-14);
  }
}

TEST_CASE("average pooling gives the same bits for any number of threads, and adds where it is told to",
          "[average_pool]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    const AveragePool pool{.window = Window::square(3)};
    const Shape input{3, 30, 17, 20};
    const KernelRun<float> one(pool, input, {.set = set, .whole = false});
    for (const int threads : {2, 3}) {
      const KernelRun<float> more(pool, input, {.set = set, .threads = threads, .whole = false});
      CHECK(cases::equal_bits(one.y, more.y));
      CHECK(cases::equal_bits(one.dx, more.dx));
    }
    const KernelRun<float> added(pool, input, {.set = set, .accumulate = true, .before = 1, .whole = false});
    for (std::int64_t i = 0; i < one.dx.elements(); ++i) REQUIRE(added.dx[i] == one.dx[i] + 1);
    const KernelRun<float> none(pool, input, {.set = set, .input_wanted = false});
    CHECK(none.dx[0] == 77);
  }
}

TEST_CASE("average pooling names what does not fit", "[average_pool]") {
  CHECK(cases::kernel_fault(AveragePool{.window = Window::square(3)}, {4, 3}, {}) ==
        "average_pool: input is [4,3], wanted [N,H,W,C]");
  CHECK(cases::kernel_fault(AveragePool{.window = Window::square(2, 1, 2)}, {1, 1, 1, 2}, {}) ==
        "average_pool: a window of 2x2 with dilation 2 covers no cell of input [1,1,1,2]");
}
