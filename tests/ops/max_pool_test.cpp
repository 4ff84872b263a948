// Max pooling for every instruction set, against plain loops.
#include <cmath>    // isnan
#include <cstdint>  // int64_t
#include <limits>   // numeric_limits

#include "cases/kernel_run.hpp"
#include "catch.hpp"
#include "nasnet/ops/max_pool.hpp"

namespace {

using cases::KernelOptions;
using cases::KernelRun;
using nasnet::MaximumPool;
using nasnet::Shape;
using nasnet::Tensor;
using nasnet::Window;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

// The gradient goes to the first of equal cells.
template <class Scalar>
Tensor<double> reference_gradient(const Window& window, const KernelRun<Scalar>& run) {
  Tensor<double> dx = cases::zeros_like(cases::to_double(run.x));
  cases::for_each_element(run.dy.shape(), [&](auto n, auto oh, auto ow, auto c) {
    double* winner = nullptr;
    Scalar largest = 0;
    cases::for_each_tap(window, dx.shape(), oh, ow, [&](auto, auto, auto ih, auto iw) {
      if (winner != nullptr && !(run.x(n, ih, iw, c) > largest)) return;
      winner = &dx(n, ih, iw, c);
      largest = run.x(n, ih, iw, c);
    });
    *winner += static_cast<double>(run.dy(n, oh, ow, c));
  });
  return dx;
}

template <class Scalar>
void check(const Window& window, const Shape& input) {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    INFO(to_string(set) << ' ' << window.kernel_height << 'x' << window.kernel_width << " stride "
                        << window.stride_height << " on " << input.to_string());
    const MaximumPool pool{.window = window};
    const KernelRun<Scalar> run(pool, input, KernelOptions{.set = set});
    CHECK(cases::equal_elements(run.y, cases::reference_output(pool, run)));
    CHECK(cases::equal_elements(run.dx, reference_gradient(window, run)));
  }
}

Tensor<float> pooled(const Tensor<float>& x, nasnet::InstructionSet set, bool keep = true) {
  nasnet::Context context(1);
  nasnet::OpCall<float> call{.context = context};
  call.inputs = {&x};
  call.keep = keep;
  forward(MaximumPool{.window = Window::square(3)}, call, set);
  CHECK(call.taps.empty() == !keep);
  return std::move(call.output);
}

}  // namespace

TEST_CASE("max pooling pads as SAME does, for every size", "[max_pool]") {
  for (const std::int64_t kernel : {3, 5, 7}) {
    for (const std::int64_t stride : {1, 2}) {
      for (std::int64_t n = 1; n <= 40; ++n) {
        check<float>(Window::square(kernel, stride), {1, n, n % 11 + 1, 3});
        check<float>(Window::square(kernel, stride), {1, n % 5 + 1, n, 2});
      }
    }
  }
}

TEST_CASE("max pooling takes any window and any number of channels", "[max_pool]") {
  for (const std::int64_t channels : {1, 4, 5, 8, 11, 16, 17, 44}) {
    check<float>(Window::square(3), {2, 6, 9, channels});
    check<float>(Window::square(3, 2), {2, 7, 10, channels});
    check<double>(Window::square(3, 2), {2, 7, 10, channels});
    check<float>(Window::square(15), {1, 9, 17, channels});
    check<double>(Window::square(3, 3, 2), {1, 10, 11, channels});
    check<float>(Window{.kernel_height = 2, .kernel_width = 3, .stride_height = 3, .padding = nasnet::Padding::valid},
                 {1, 11, 6, channels});
  }
}

TEST_CASE("padding never wins, not even against minus infinity", "[max_pool]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    for (const float value : {-3.0F, -infinity}) {
      Tensor<float> x({1, 4, 5, 3});
      x.fill(value);
      const Tensor<float> y = pooled(x, set);
      for (const float found : y.values()) CHECK(found == value);
    }
    // All cells of a window are equal: the gradient goes to a cell of the map and is not lost.
    nasnet::Context context(1);
    Tensor<float> x({1, 3, 3, 2});
    x.fill(-infinity);
    nasnet::OpCall<float> call{.context = context};
    call.inputs = {&x};
    const MaximumPool pool{.window = Window::square(3)};
    forward(pool, call, set);
    Tensor<float> dy(call.output.shape());
    Tensor<float> dx(x.shape());
    dy.fill(1);
    nasnet::OpGradients<float> gradients{.output = dy};
    gradients.inputs = {{&dx, false}};
    backward(pool, call, gradients, set);
    float sum = 0;
    for (const float value : dx.values()) sum += value;
    CHECK(sum == 18);
  }
}

TEST_CASE("a NaN wins against everything", "[max_pool]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    for (const float sign : {1.0F, -1.0F}) {
      Tensor<float> x({1, 5, 5, 3});
      x.fill(infinity);
      x(0, 1, 1, 1) = sign * not_a_number;
      const Tensor<float> y = pooled(x, set);
      cases::for_each_element(y.shape(), [&](auto, auto h, auto w, auto c) {
        const bool near = c == 1 && h <= 2 && w <= 2;
        CHECK(std::isnan(y(0, h, w, c)) == near);
        if (!near) CHECK(y(0, h, w, c) == infinity);
      });
    }
  }
}

TEST_CASE("of a zero and a negative zero the first one wins", "[max_pool]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    nasnet::Context context(1);
    Tensor<float> x({1, 1, 2, 1});
    x[0] = -0.0F;
    x[1] = 0.0F;
    nasnet::OpCall<float> call{.context = context};
    call.inputs = {&x};
    forward(MaximumPool{.window = Window{.kernel_height = 1, .kernel_width = 2, .padding = nasnet::Padding::valid}},
            call, set);
    CHECK(call.output[0] == 0);
    CHECK(call.taps[0] == 0);
  }
}

TEST_CASE("max pooling keeps no taps where no backward pass follows", "[max_pool]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    const Tensor<float> x = cases::normal_numbers<float>({2, 7, 6, 19}, 3);
    CHECK(cases::equal_bits(pooled(x, set, true), pooled(x, set, false)));
  }
}

TEST_CASE("max pooling gives the same bits for any number of threads, and adds where it is told to", "[max_pool]") {
  for (const nasnet::InstructionSet set : cases::instruction_sets()) {
    const MaximumPool pool{.window = Window::square(3)};
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

TEST_CASE("max pooling names what does not fit", "[max_pool]") {
  CHECK(cases::kernel_fault(MaximumPool{.window = Window::square(16)}, {1, 20, 20, 3}, {}) ==
        "max_pool: kernel is 16x16, at most 15x15 is possible");
  CHECK(cases::kernel_fault(MaximumPool{.window = Window::square(3)}, {4, 3}, {}) ==
        "max_pool: input is [4,3], wanted [N,H,W,C]");
  CHECK(cases::kernel_fault(MaximumPool{.window = Window::square(5, 1, 1, nasnet::Padding::valid)}, {1, 4, 9, 2}, {}) ==
        "max_pool: a kernel of 5x5 does not fit input [1,4,9,2]");
}
