#include "nasnet/ops/batch_norm.hpp"

#include <cstdint>  // int64_t
#include <utility>  // move
#include <vector>   // vector

#include "catch.hpp"

namespace {

using nasnet::BatchNorm;
using nasnet::Context;
using nasnet::Mode;
using nasnet::OpCall;
using nasnet::Shape;
using nasnet::Tensor;

// A batch norm of some channels with its parameters.
template <class Scalar>
struct Layer {
  explicit Layer(std::int64_t channels) {
    for (Tensor<Scalar>* parameter : all()) *parameter = Tensor<Scalar>({channels});
    weight.fill(1);
    bias.fill(0);
    running_mean.fill(0);
    running_variance.fill(1);
  }

  [[nodiscard]] std::vector<Tensor<Scalar>*> all() { return {&weight, &bias, &running_mean, &running_variance}; }

  Tensor<Scalar> run(const BatchNorm& norm, const Tensor<Scalar>& x, Mode mode) {
    Context context(1);
    OpCall<Scalar> call{.context = context, .run = {.mode = mode}, .inputs = {&x}, .parameters = all()};
    forward(norm, call);
    return std::move(call.output);
  }

  Tensor<Scalar> weight, bias, running_mean, running_variance;
};

}  // namespace

TEST_CASE("running statistics move by decay, with the unbiased variance", "[batch_norm]") {
  Tensor<double> x({2, 1, 2, 1});  // 1, 2, 3, 6: mean 3, biased variance 3.5, unbiased 14 / 3
  x[0] = 1, x[1] = 2, x[2] = 3, x[3] = 6;
  Layer<double> layer(1);
  (void)layer.run({.epsilon = 1e-3, .decay = 0.9}, x, Mode::train);
  CHECK(layer.running_mean[0] == Approx(0.9 * 0 + 0.1 * 3));
  CHECK(layer.running_variance[0] == Approx(0.9 * 1 + 0.1 * 14 / 3));
  (void)layer.run({.epsilon = 1e-3, .decay = 0.9}, x, Mode::train);
  CHECK(layer.running_mean[0] == Approx(0.9 * 0.3 + 0.1 * 3));
}

TEST_CASE("a single pixel has variance 0", "[batch_norm]") {
  Tensor<float> x({1, 1, 1, 2});
  x[0] = 5, x[1] = -7;
  Layer<float> layer(2);
  layer.bias[0] = 0.25F;
  const Tensor<float> y = layer.run({.decay = 0.5}, x, Mode::train);
  CHECK(y[0] == 0.25F);
  CHECK(y[1] == 0.0F);
  CHECK(layer.running_mean[1] == -3.5F);
  CHECK(layer.running_variance[0] == 0.5F);
}

TEST_CASE("frozen and evaluated statistics stay bit-equal", "[batch_norm]") {
  Tensor<float> x({3, 2, 2, 5});
  for (std::int64_t i = 0; i < x.elements(); ++i) x[i] = static_cast<float>(i % 7) * 0.37F;
  Layer<float> layer(5);
  layer.running_mean.fill(0.1F);
  layer.running_variance.fill(0.7F);
  const Tensor<float> frozen = layer.run({}, x, Mode::frozen);
  const Tensor<float> evaluated = layer.run({}, x, Mode::evaluate);
  for (std::int64_t c = 0; c < 5; ++c) {
    CHECK(layer.running_mean[c] == 0.1F);
    CHECK(layer.running_variance[c] == 0.7F);
  }
  for (std::int64_t i = 0; i < x.elements(); ++i) CHECK(frozen[i] == evaluated[i]);
}

TEST_CASE("statistics survive a mean far from zero", "[batch_norm]") {
  Tensor<float> x({4, 40, 40, 3});
  for (std::int64_t i = 0; i < x.elements(); ++i) x[i] = 4096.0F + static_cast<float>(i / 3 % 2);  // 4096 or 4097
  Layer<float> layer(3);
  (void)layer.run({.decay = 0.0}, x, Mode::train);
  for (std::int64_t c = 0; c < 3; ++c) {
    CHECK(layer.running_mean[c] == 4096.5F);
    CHECK(layer.running_variance[c] == Approx(0.25).epsilon(1e-3));
  }
}

TEST_CASE("batch norm names a parameter of the wrong shape", "[batch_norm]") {
  const Tensor<float> x({1, 2, 2, 4});
  Layer<float> layer(3);
  CHECK_THROWS_WITH(layer.run({}, x, Mode::train), "batch_norm: weight is [3], wanted [4]");
}
