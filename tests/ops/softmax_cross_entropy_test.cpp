#include "nasnet/ops/softmax_cross_entropy.hpp"

#include <algorithm>         // copy
#include <cmath>             // log
#include <cstdint>           // int32_t
#include <initializer_list>  // initializer_list
#include <vector>            // vector

#include "catch.hpp"
#include "nasnet/ops/log_softmax.hpp"

namespace {

using nasnet::Context;
using nasnet::OpCall;
using nasnet::Shape;
using nasnet::SoftmaxCrossEntropy;
using nasnet::Tensor;

template <class Scalar>
Tensor<Scalar> tensor(const Shape& shape, std::initializer_list<Scalar> values) {
  Tensor<Scalar> result(shape);
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

template <class Scalar>
Scalar loss_of(const SoftmaxCrossEntropy& loss, const Tensor<Scalar>& logits) {
  Context context(1);
  OpCall<Scalar> call{.context = context, .inputs = {&logits}};
  forward(loss, call);
  REQUIRE(call.output.shape() == Shape{1});
  return call.output[0];
}

}  // namespace

TEST_CASE("cross entropy of known logits", "[softmax_cross_entropy]") {
  const Tensor<double> even = tensor<double>({2, 4}, {3, 3, 3, 3, -1, -1, -1, -1});
  CHECK(loss_of({.labels = {0, 3}}, even) == Approx(std::log(4.0)));
  CHECK(loss_of({.labels = {0, 3}, .label_smoothing = 0.1}, even) == Approx(std::log(4.0)));
  const Tensor<double> two = tensor<double>({1, 2}, {0, std::log(3.0)});  // probabilities 1/4 and 3/4
  CHECK(loss_of({.labels = {1}}, two) == Approx(-std::log(0.75)));
  CHECK(loss_of({.labels = {1}, .label_smoothing = 0.2}, two) == Approx(-0.9 * std::log(0.75) - 0.1 * std::log(0.25)));
}

TEST_CASE("huge logits neither overflow nor lose the loss", "[softmax_cross_entropy]") {
  const Tensor<float> huge = tensor<float>({2, 3}, {3e38F, 0, -3e38F, -1e30F, -1e30F, -1e30F});
  CHECK(loss_of({.labels = {0, 1}}, huge) == Approx(std::log(3.0) / 2));
  const Tensor<float> sure = tensor<float>({1, 2}, {0, 200});
  CHECK(loss_of({.labels = {0}}, sure) == Approx(200));
  CHECK(loss_of({.labels = {1}}, sure) == 0.0F);
}

TEST_CASE("labels and shapes that do not fit are named", "[softmax_cross_entropy]") {
  const Tensor<float> logits = tensor<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK_THROWS_WITH(loss_of({.labels = {0, 3}}, logits), "softmax_cross_entropy: label 3 of row 1 is outside 0 to 2");
  CHECK_THROWS_AS(loss_of({.labels = {-1, 0}}, logits), nasnet::DataError);
  CHECK_THROWS_AS(loss_of({.labels = {0}}, logits), nasnet::DataError);
  CHECK_THROWS_AS(loss_of({.labels = {0, 1}, .label_smoothing = -0.1}, logits), nasnet::ArgumentError);
  const Tensor<float> map({1, 2, 1, 3});
  CHECK_THROWS_AS(loss_of({.labels = {0, 0}}, map), nasnet::ShapeError);
}

TEST_CASE("softmax gives probabilities", "[softmax_cross_entropy]") {
  Context context(2);
  const Tensor<float> logits = tensor<float>({2, 3}, {0, 0, 0, 1000, 0, -1000});
  const Tensor<float> p = nasnet::softmax(context, logits);
  CHECK(p[0] == Approx(1.0 / 3));
  CHECK(p[3] == 1.0F);
  CHECK(p[5] == 0.0F);
}

TEST_CASE("right answers are counted, the first of equal ones counts", "[softmax_cross_entropy]") {
  const Tensor<float> logits = tensor<float>({3, 1, 1, 3}, {1, 2, 3, 5, 5, 1, 0, 9, 0});
  const std::vector<std::int32_t> labels{2, 1, 1};
  CHECK(nasnet::count_correct(logits, labels) == 2);
  const std::vector<std::int32_t> outside{2, 1, 7};
  CHECK_THROWS_AS(nasnet::count_correct(logits, outside), nasnet::DataError);
}
