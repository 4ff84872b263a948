// Full convolution for every instruction set, against plain loops.
#include <cstdint>  // int64_t
#include <utility>  // pair

#include "cases/kernel_run.hpp"
#include "catch.hpp"
#include "nasnet/ops/convolution.hpp"

namespace {

using cases::KernelOptions;
using cases::KernelRun;
using nasnet::Convolution;
using nasnet::Shape;
using nasnet::Tensor;
using nasnet::Window;

template <class Scalar>
cases::ReferenceGradients reference_gradients(const Window& window, const KernelRun<Scalar>& run) {
  const Tensor<double> x = cases::to_double(run.x);
  const Tensor<double> weight = cases::to_double(run.parameters[0]);
  cases::ReferenceGradients result{cases::zeros_like(x), cases::zeros_like(weight)};
  cases::for_each_element(run.dy.shape(), [&](auto n, auto oh, auto ow, auto o) {
    const auto dy = static_cast<double>(run.dy(n, oh, ow, o));
    cases::for_each_tap(window, x.shape(), oh, ow, [&](auto kh, auto kw, auto ih, auto iw) {
      for (std::int64_t i = 0; i < x.extent(3); ++i) {
        result.dx(n, ih, iw, i) += dy * weight(kh, kw, i, o);
        result.dw(kh, kw, i, o) += dy * x(n, ih, iw, i);
      }
    });
  });
  return result;
}

template <class Scalar>
void check(const Window& window, const Shape& input, std::int64_t filters) {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    INFO(to_string(set) << ' ' << window.kernel_height << 'x' << window.kernel_width << " stride "
                        << window.stride_height << ',' << window.stride_width << " dilation " << window.dilation
                        << " on " << input.to_string() << " to " << filters);
    const Convolution convolution{.window = window, .filters = filters};
    const KernelRun<Scalar> run(convolution, input, KernelOptions{.set = set});
    const cases::ReferenceGradients expected = reference_gradients(window, run);
    CHECK(cases::equal_elements(run.y, cases::reference_output(convolution, run)));
    CHECK(cases::equal_elements(run.dx, expected.dx));
    CHECK(cases::equal_elements(run.parameter_gradients[0], expected.dw));
  }
}

}  // namespace

TEST_CASE("convolution pads as SAME does, for every size", "[convolution]") {
  for (const std::int64_t kernel : {3, 5, 7}) {
    for (const std::int64_t stride : {1, 2}) {
      for (std::int64_t n = 1; n <= 40; ++n) {
        check<float>(Window::square(kernel, stride), {1, n, n % 5 + 1, 1}, 2);
        check<float>(Window::square(kernel, stride), {1, n % 3 + 1, n, 2}, 1);
      }
    }
  }
}

TEST_CASE("convolution takes any window", "[convolution]") {
  for (const std::int64_t dilation : {1, 2}) {
    for (const nasnet::Padding padding : {nasnet::Padding::same, nasnet::Padding::valid}) {
      for (const auto& [kernel_height, kernel_width] : {std::pair{1, 1}, {2, 2}, {3, 5}, {7, 1}, {1, 7}}) {
        for (const auto& [stride_height, stride_width] : {std::pair{1, 1}, {2, 2}, {3, 1}, {1, 2}}) {
          const Window window{kernel_height, kernel_width, stride_height, stride_width, dilation, padding};
          check<float>(window, {2, 14, 15, 3}, 5);
          check<double>(window, {1, 15, 14, 2}, 3);
        }
      }
    }
  }
}

TEST_CASE("convolution takes any channels and filters", "[convolution]") {
  for (const std::int64_t channels : {1, 3, 8, 13}) {
    for (const std::int64_t filters : {1, 7, 8, 16, 17, 50})
      check<float>(Window::square(3), {2, 5, 6, channels}, filters);
  }
  check<float>(Window::square(3), {3, 28, 28, 1}, 24);
  check<float>(Window::square(3, 2, 1, nasnet::Padding::valid), {1, 45, 47, 3}, 32);
}

TEST_CASE("convolution gives the same bits for any number of threads", "[convolution]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    const Convolution convolution{.window = Window::square(3), .filters = 20};
    const Shape input{5, 21, 22, 6};
    const KernelRun<float> one(convolution, input, {.set = set, .whole = false});
    for (const int threads : {2, 3}) {
      const KernelRun<float> more(convolution, input, {.set = set, .threads = threads, .whole = false});
      CHECK(cases::equal_bits(one.y, more.y));
      CHECK(cases::equal_bits(one.dx, more.dx));
      CHECK(cases::equal_bits(one.parameter_gradients[0], more.parameter_gradients[0]));
    }
  }
}

TEST_CASE("convolution adds to gradients where it is told to, and leaves alone what nobody wants", "[convolution]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    const Convolution convolution{.window = Window::square(3, 2), .filters = 9};
    const Shape input{2, 6, 5, 4};
    const KernelRun<float> plain(convolution, input, {.set = set});
    const KernelRun<float> added(convolution, input, {.set = set, .accumulate = true});
    for (std::int64_t i = 0; i < plain.dx.elements(); ++i) CHECK(added.dx[i] == plain.dx[i] + 77);
    for (std::int64_t i = 0; i < plain.parameter_gradients[0].elements(); ++i) {
      CHECK(added.parameter_gradients[0][i] == plain.parameter_gradients[0][i] + 77);
    }
    const KernelRun<float> none(convolution, input, {.set = set, .input_wanted = false, .parameters_wanted = false});
    CHECK(none.dx[0] == 77);
    CHECK(none.parameter_gradients[0][0] == 77);
  }
}

TEST_CASE("convolution names what does not fit", "[convolution]") {
  const Convolution convolution{.window = Window::square(3), .filters = 4};
  CHECK(cases::kernel_fault(convolution, {2, 8, 8, 5}, {{3, 3, 6, 4}}) ==
        "convolution: kernel has 6 channels, input [2,8,8,5] has 5");
  CHECK(cases::kernel_fault(convolution, {2, 8, 8, 5}, {{3, 5, 5, 4}}) ==
        "convolution: weight is [3,5,5,4], wanted [3,3,5,4]");
  CHECK(cases::kernel_fault(Convolution{.window = Window::square(3, 1, 1, nasnet::Padding::valid), .filters = 4},
                            {2, 2, 8, 5},
                            {{3, 3, 5, 4}}) == "convolution: a kernel of 3x3 does not fit input [2,2,8,5]");
}
