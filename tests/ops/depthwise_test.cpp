// Depthwise convolution for every instruction set, against plain loops.
#include <cstdint>  // int64_t
#include <utility>  // pair

#include "cases/kernel_run.hpp"
#include "catch.hpp"
#include "nasnet/ops/depthwise.hpp"

namespace {

using cases::KernelOptions;
using cases::KernelRun;
using nasnet::Depthwise;
using nasnet::Shape;
using nasnet::Tensor;
using nasnet::Window;

template <class Scalar>
cases::ReferenceGradients reference_gradients(const Window& window, const KernelRun<Scalar>& run) {
  const Tensor<double> x = cases::to_double(run.x);
  const Tensor<double> weight = cases::to_double(run.parameters[0]);
  cases::ReferenceGradients result{cases::zeros_like(x), cases::zeros_like(weight)};
  cases::for_each_element(run.dy.shape(), [&](auto n, auto oh, auto ow, auto c) {
    const auto dy = static_cast<double>(run.dy(n, oh, ow, c));
    cases::for_each_tap(window, x.shape(), oh, ow, [&](auto kh, auto kw, auto ih, auto iw) {
      const std::int64_t tap = (kh * window.kernel_width + kw) * x.extent(3) + c;
      result.dx(n, ih, iw, c) += dy * weight[tap];
      result.dw[tap] += dy * x(n, ih, iw, c);
    });
  });
  return result;
}

template <class Scalar>
void check(const Window& window, const Shape& input) {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    INFO(to_string(set) << ' ' << window.kernel_height << 'x' << window.kernel_width << " stride "
                        << window.stride_height << ',' << window.stride_width << " dilation " << window.dilation
                        << " on " << input.to_string());
    const Depthwise depthwise{.window = window};
    const KernelRun<Scalar> run(depthwise, input, KernelOptions{.set = set});
    const cases::ReferenceGradients expected = reference_gradients(window, run);
    CHECK(cases::equal_elements(run.y, cases::reference_output(depthwise, run)));
    CHECK(cases::equal_elements(run.dx, expected.dx));
    CHECK(cases::equal_elements(run.parameter_gradients[0], expected.dw));
  }
}

}  // namespace

TEST_CASE("depthwise pads as SAME does, for every size", "[depthwise]") {
  for (const std::int64_t kernel : {3, 5, 7}) {
    for (const std::int64_t stride : {1, 2}) {
      for (std::int64_t n = 1; n <= 40; ++n) {
        check<float>(Window::square(kernel, stride), {1, n, n % 11 + 1, 3});
        check<float>(Window::square(kernel, stride), {1, n % 5 + 1, n, 2});
      }
    }
  }
}

TEST_CASE("depthwise takes any number of channels", "[depthwise]") {
  for (const std::int64_t channels : {1, 2, 3, 4, 5, 7, 8, 9, 11, 15, 16, 17, 22, 31, 32, 33, 44, 47}) {
    check<float>(Window::square(3), {2, 6, 9, channels});
    check<float>(Window::square(5, 2), {2, 7, 10, channels});
    check<float>(Window::square(7), {1, 8, 8, channels});
    check<double>(Window::square(5), {2, 5, 6, channels});
  }
}

TEST_CASE("depthwise takes any window", "[depthwise]") {
  for (const std::int64_t dilation : {1, 2, 3}) {
    for (const nasnet::Padding padding : {nasnet::Padding::same, nasnet::Padding::valid}) {
      for (const auto& [kernel_height, kernel_width] :
           {std::pair{1, 1}, {2, 2}, {3, 5}, {7, 1}, {1, 7}, {4, 3}, {5, 4}}) {
        for (const auto& [stride_height, stride_width] : {std::pair{1, 1}, {2, 2}, {3, 3}, {1, 2}, {2, 1}, {5, 4}}) {
          const Window window{kernel_height, kernel_width, stride_height, stride_width, dilation, padding};
          check<float>(window, {2, 22, 25, 5});
          check<double>(window, {1, 25, 22, 3});
        }
      }
    }
  }
}

TEST_CASE("depthwise cuts large maps into parts", "[depthwise]") {
  check<float>(Window::square(5), {1, 61, 120, 20});
  check<float>(Window::square(3, 2), {5, 90, 33, 3});
  check<float>(Window::square(7), {40, 9, 8, 5});
}

TEST_CASE("depthwise gives the same bits for any number of threads", "[depthwise]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    for (const Shape& input : {Shape{1, 45, 30, 20}, Shape{6, 14, 14, 44}, Shape{33, 7, 9, 8}}) {
      const Depthwise depthwise{.window = Window::square(5)};
      const KernelRun<float> one(depthwise, input, {.set = set, .whole = false});
      for (const int threads : {2, 3}) {
        const KernelRun<float> more(depthwise, input, {.set = set, .threads = threads, .whole = false});
        CHECK(cases::equal_bits(one.y, more.y));
        CHECK(cases::equal_bits(one.dx, more.dx));
        CHECK(cases::equal_bits(one.parameter_gradients[0], more.parameter_gradients[0]));
      }
    }
  }
}

TEST_CASE("depthwise in double precision gives the same bits for any instruction set", "[depthwise]") {
  const Depthwise depthwise{.window = Window::square(5)};
  const Shape input{2, 7, 6, 11};
  const KernelRun<double> baseline(depthwise, input, {.whole = false});
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    INFO(to_string(set));
    const KernelRun<double> run(depthwise, input, {.set = set, .whole = false});
    CHECK(cases::equal_bits(run.y, baseline.y));
    CHECK(cases::equal_bits(run.dx, baseline.dx));
    CHECK(cases::equal_bits(run.parameter_gradients[0], baseline.parameter_gradients[0]));
  }
}

TEST_CASE("depthwise adds to gradients where it is told to, and leaves alone what nobody wants", "[depthwise]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    const Depthwise depthwise{.window = Window::square(3, 2)};
    const Shape input{2, 9, 7, 21};
    const KernelRun<float> plain(depthwise, input, {.set = set});
    const KernelRun<float> added(depthwise, input, {.set = set, .accumulate = true});
    for (std::int64_t i = 0; i < plain.dx.elements(); ++i) CHECK(added.dx[i] == plain.dx[i] + 77);
    for (std::int64_t i = 0; i < plain.parameter_gradients[0].elements(); ++i) {
      CHECK(added.parameter_gradients[0][i] == plain.parameter_gradients[0][i] + 77);
    }
    const KernelRun<float> none(depthwise, input, {.set = set, .input_wanted = false, .parameters_wanted = false});
    CHECK(none.dx[0] == 77);
    CHECK(none.parameter_gradients[0][0] == 77);
  }
}

TEST_CASE("depthwise with a constant kernel has the gradient of its input alone", "[depthwise]") {
  const Depthwise blur{.window = Window::square(3, 2), .fixed_weight = {1, 2, 1, 2, 4, 2, 1, 2, 1}};
  nasnet::Context context(1);
  Tensor<float> x = cases::whole_numbers<float>({1, 5, 6, 3}, 1);
  Tensor<float> weight = cases::whole_numbers<float>({3, 3, 3}, 2);
  Tensor<float> dx(x.shape());
  nasnet::OpCall<float> call{.context = context};
  call.inputs = {&x};
  call.parameters = {&weight};
  forward(blur, call);
  const Tensor<float> dy = cases::whole_numbers<float>(call.output.shape(), 3);
  nasnet::OpGradients<float> gradients{.output = dy};
  gradients.inputs = {{&dx, false}};
  backward(blur, call, gradients);
  const KernelRun<float> same(Depthwise{.window = blur.window}, x.shape(), {});
  CHECK(same.dx.shape() == dx.shape());
}

TEST_CASE("depthwise names what does not fit", "[depthwise]") {
  const Depthwise depthwise{.window = Window::square(3)};
  CHECK(cases::kernel_fault(depthwise, {8, 28, 28, 32}, {{3, 3, 44}}) ==
        "depthwise: kernel has 44 channels, input [8,28,28,32] has 32");
  CHECK(cases::kernel_fault(depthwise, {8, 28, 28, 32}, {{5, 5, 32}}) ==
        "depthwise: weight is [5,5,32], wanted [3,3,32]");
  CHECK(cases::kernel_fault(depthwise, {8, 32}, {{3, 3, 32}}) == "depthwise: input is [8,32], wanted [N,H,W,C]");
  CHECK(cases::kernel_fault(Depthwise{.window = Window::square(3, 0)}, {1, 4, 4, 2}, {{3, 3, 2}}) ==
        "depthwise: kernel 3x3, stride 0x0 and dilation 1 must all be at least 1");
  CHECK(cases::kernel_fault(Depthwise{.window = Window::square(5, 1, 1, nasnet::Padding::valid)}, {1, 4, 9, 2},
                            {{5, 5, 2}}) == "depthwise: a kernel of 5x5 does not fit input [1,4,9,2]");
}
