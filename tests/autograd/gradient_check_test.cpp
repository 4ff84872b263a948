#include <cstdint>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "nasnet/autograd/gradient_check.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/ops.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;

namespace {

template <class P>
void check(const P& primitive, const std::vector<Shape>& inputs, const RunOptions& run = {}) {
  Context context(1);
  GradientCheckOptions options;
  options.most_elements = 200;
  const GradientCheckResult result = check_gradients(primitive, inputs, context, run, options);
  INFO(P::name << ": " << result.worst_place);
  CHECK(result.passed);
}

RunOptions training(Mode mode = Mode::train) {
  RunOptions run;
  run.mode = mode;
  run.random = RandomStream(5).split("application");
  run.drop_path_keep = 0.6;
  run.drop_path_progress = 1.0;
  return run;
}

// A square whose backward forgets the factor of two.
struct WrongSquare {
  static constexpr std::string_view name = "wrong_square";
};

void forward(const WrongSquare&, OpCall<double>& call) {
  const Tensor<double>& x = call.input();
  Tensor<double>& y = call.allocate_output(x.shape());
  for (std::int64_t i = 0; i < x.elements(); ++i) y[i] = x[i] * x[i];
}

void backward(const WrongSquare&, const OpCall<double>& call, const OpGradients<double>& gradients) {
  if (!gradients.inputs[0]) return;
  for (std::int64_t i = 0; i < call.input().elements(); ++i) {
    (*gradients.inputs[0].tensor)[i] = call.input()[i] * gradients.output[i];
  }
}

// One whose backward is wrong in one element of many.
struct WrongAtOnePlace {
  static constexpr std::string_view name = "wrong_at_one_place";
  static constexpr bool backward_reads_inputs = false;
};

void forward(const WrongAtOnePlace&, OpCall<double>& call) {
  const Tensor<double>& x = call.input();
  Tensor<double>& y = call.allocate_output(x.shape());
  for (std::int64_t i = 0; i < x.elements(); ++i) y[i] = x[i];
}

void backward(const WrongAtOnePlace&, const OpCall<double>&, const OpGradients<double>& gradients) {
  for (std::int64_t i = 0; i < gradients.output.elements(); ++i) {
    (*gradients.inputs[0].tensor)[i] = i == 17 ? 0.0 : gradients.output[i];
  }
}

}  // namespace

TEST_CASE("the gradient check fails a wrong gradient and says where it is") {
  Context context(1);
  const GradientCheckResult result = check_gradients(WrongSquare{}, {Shape{2, 3}}, context);
  CHECK_FALSE(result.passed);
  CHECK(result.worst_error > 1e-3);
  CHECK_THAT(result.worst_place, ContainsSubstring("variable 0"));
  const GradientCheckResult one = check_gradients(WrongAtOnePlace{}, {Shape{1, 2, 5, 3}}, context);
  CHECK_FALSE(one.passed);
  CHECK_THAT(one.worst_place, ContainsSubstring("element 17"));
}

TEST_CASE("convolutions have the gradients of finite differences") {
  check(Convolution{Window::square(3), 3}, {Shape{2, 5, 4, 2}});
  check(Convolution{Window::square(3, 2), 3}, {Shape{2, 5, 4, 2}});
  check(Convolution{Window::square(3, 2, 2), 2}, {Shape{1, 7, 6, 3}});
  check(Convolution{Window::square(1, 2), 4}, {Shape{2, 5, 4, 3}});
  check(Convolution{Window{1, 7, 1, 2}, 2}, {Shape{1, 4, 9, 2}});
  check(Convolution{Window{7, 1, 2, 1}, 2}, {Shape{1, 9, 4, 2}});
  check(Convolution{Window::square(3, 2, 1, Padding::valid), 2}, {Shape{2, 6, 7, 3}});
  check(Pointwise{5}, {Shape{2, 3, 4, 3}});
}

TEST_CASE("depthwise convolutions have the gradients of finite differences") {
  for (const std::int64_t kernel : {3, 5, 7}) {
    for (const std::int64_t stride : {1, 2}) {
      check(Depthwise{Window::square(kernel, stride)}, {Shape{2, 5, 6, 3}});
      check(Depthwise{Window::square(kernel, stride, 2)}, {Shape{1, 6, 5, 9}});
    }
  }
  check(Depthwise{Window::square(2), {0.1, 0.2, 0.3, 0.4}}, {Shape{2, 4, 3, 2}});
}

TEST_CASE("pools have the gradients of finite differences") {
  for (const std::int64_t kernel : {3, 5, 7}) {
    for (const std::int64_t stride : {1, 2}) {
      check(MaximumPool{Window::square(kernel, stride)}, {Shape{2, 5, 6, 3}});
      check(AveragePool{Window::square(kernel, stride)}, {Shape{2, 5, 6, 3}});
    }
  }
  check(AveragePool{Window::square(5, 3, 1, Padding::valid)}, {Shape{2, 9, 8, 2}});
  check(GlobalAveragePool{}, {Shape{3, 4, 5, 2}});
  check(Subsample{2, 0}, {Shape{2, 5, 4, 3}});
  check(Subsample{2, 1}, {Shape{2, 5, 4, 3}});
}

TEST_CASE("normalisations have the gradients of finite differences in every mode") {
  for (const Mode mode : {Mode::train, Mode::evaluate, Mode::frozen}) {
    check(BatchNorm{.epsilon = 1e-3, .decay = 0.9}, {Shape{4, 3, 2, 5}}, training(mode));
  }
  check(LayerNorm{}, {Shape{3, 4, 2, 5}});
  check(InstanceNorm{}, {Shape{3, 4, 2, 5}});
}

TEST_CASE("the other primitives of networks have the gradients of finite differences") {
  check(Relu{}, {Shape{2, 3, 4, 5}});
  check(Add{}, {Shape{2, 3, 4, 5}, Shape{2, 3, 4, 5}, Shape{2, 3, 4, 5}});
  check(Concat{}, {Shape{2, 3, 4, 5}, Shape{2, 3, 4, 1}, Shape{2, 3, 4, 3}});
  check(Zeros{2, 3}, {Shape{2, 3, 4, 5}});
  check(Dense{3}, {Shape{4, 1, 1, 5}});
  for (const Mode mode : {Mode::train, Mode::evaluate, Mode::frozen}) {
    check(DropPath{0.5}, {Shape{6, 2, 3, 2}}, training(mode));
    check(Dropout{0.5}, {Shape{6, 1, 1, 7}}, training(mode));
  }
}

TEST_CASE("the loss has the gradients of finite differences, with and without label smoothing") {
  check(SoftmaxCrossEntropy{{0, 3, 1}, 0.0}, {Shape{3, 1, 1, 4}});
  check(SoftmaxCrossEntropy{{0, 3, 1}, 0.1}, {Shape{3, 4}});
}

TEST_CASE("the ops of controllers have the gradients of finite differences") {
  check(Sigmoid{}, {Shape{3, 4}});
  check(Tanh{}, {Shape{3, 4}});
  check(Exp{}, {Shape{3, 4}});
  check(Scale{-2.5}, {Shape{3, 4}});
  check(Multiply{}, {Shape{3, 4}, Shape{3, 4}});
  check(Subtract{}, {Shape{3, 4}, Shape{3, 4}});
  check(Minimum{}, {Shape{3, 4}, Shape{3, 4}});
  check(Clamp{-0.5, 0.7}, {Shape{5, 6}});
  check(MatrixMultiply{}, {Shape{3, 4}, Shape{4, 2}});
  check(AddBias{}, {Shape{3, 4}, Shape{4}});
  check(Slice{1, 3}, {Shape{3, 4}});
  check(LogSoftmax{}, {Shape{3, 4}});
  check(PickColumn{{1, 0, 3}}, {Shape{3, 4}});
  check(EmbeddingRow{{4, 0, 4, 2}}, {Shape{5, 3}});
  check(Sum{}, {Shape{3, 4}});
  check(Mean{}, {Shape{3, 4}});
}
