#include <cmath>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/train/learning_rate.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/parameter_average.hpp"
#include "nasnet/train/train_step.hpp"

using namespace nasnet;
using namespace graph_probe;

namespace {

using Row = std::vector<double>;

Variable<double> variable(const Row& values) {
  Tensor<double> tensor({static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.values().begin());
  return Variable<double>(std::move(tensor), true);
}

void set_gradient(Variable<double>& v, const Row& values) {
  v.shared_gradient()->tensor = Tensor<double>(v.shape());
  std::copy(values.begin(), values.end(), v.gradient().values().begin());
  v.shared_gradient()->filled = true;
}

void check_row(const Variable<double>& v, const Row& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    CHECK(v.value()[static_cast<std::int64_t>(i)] == Approx(wanted[i]).epsilon(1e-12));
  }
}

// Steps of one parameter with given gradients.
void run(OptimizerRule rule, Variable<double>& w, const std::vector<Row>& gradients, double rate, bool decays = true) {
  Context context(1);
  Optimizer<double> optimizer(rule, {{"w", w, decays}});
  for (const Row& gradient : gradients) {
    set_gradient(w, gradient);
    optimizer.step(context, rate);
  }
  CHECK(optimizer.steps() == static_cast<std::int64_t>(gradients.size()));
}

const std::vector<Row> two_gradients{{0.5, -1.0}, {0.25, 2.0}};

}  // namespace

TEST_CASE("plain descent and momentum take the steps that are computed by hand") {
  Variable<double> w = variable({1.0, -2.0});
  run(Sgd{.momentum = 0, .nesterov = false}, w, two_gradients, 0.1);
  check_row(w, {1.0 - 0.05 - 0.025, -2.0 + 0.1 - 0.2});
  // v1 = g1, v2 = 0.9 g1 + g2
  w = variable({1.0, -2.0});
  run(Sgd{.momentum = 0.9, .nesterov = false}, w, two_gradients, 0.1);
  check_row(w, {1.0 - 0.05 - 0.1 * (0.45 + 0.25), -2.0 + 0.1 - 0.1 * (-0.9 + 2.0)});
}

TEST_CASE("Nesterov momentum takes the steps that are computed by hand") {
  // Step 1: g + 0.9 v = 1.9 g. Step 2: v = 0.9 g1 + g2, then g2 + 0.9 v.
  Variable<double> w = variable({1.0, -2.0});
  run(Sgd{.momentum = 0.9, .nesterov = true}, w, two_gradients, 0.1);
  check_row(w, {1.0 - 0.1 * (1.9 * 0.5) - 0.1 * (0.25 + 0.9 * 0.7), -2.0 + 0.1 * 1.9 - 0.1 * (2.0 + 0.9 * 1.1)});
}

TEST_CASE("weight decay adds the weights to the gradient, where it applies") {
  for (const bool decays : {true, false}) {
    Variable<double> w = variable({1.0, -2.0});
    run(Sgd{.momentum = 0.9, .nesterov = true, .weight_decay = 0.1}, w, {two_gradients[0]}, 0.1, decays);
    const double d = decays ? 0.1 : 0.0;
    check_row(w, {1.0 - 0.19 * (0.5 + d * 1.0), -2.0 - 0.19 * (-1.0 - d * 2.0)});
  }
}

TEST_CASE("RMSProp takes TensorFlow's steps: epsilon under the root, the mean square starts at one") {
  Variable<double> w = variable({1.0, -2.0});
  run(RmsProp{.decay = 0.9, .momentum = 0.9, .epsilon = 1.0}, w, two_gradients, 0.1);
  Row wanted{1.0, -2.0};
  for (std::size_t i = 0; i < 2; ++i) {
    double square = 1.0;
    double move = 0.0;
    for (const Row& g : two_gradients) {
      square = 0.9 * square + 0.1 * g[i] * g[i];
      move = 0.9 * move + 0.1 * g[i] / std::sqrt(square + 1.0);
      wanted[i] -= move;
    }
  }
  check_row(w, wanted);
  // By hand: s = 0.9 + 0.1 * 0.25 = 0.925, w = 1 - 0.1 * 0.5 / sqrt(1.925)
  w = variable({1.0});
  run(RmsProp{}, w, {{0.5}}, 0.1);
  check_row(w, {1.0 - 0.05 / std::sqrt(1.925)});
}

TEST_CASE("Adam takes its paper's steps, with corrected moments") {
  Variable<double> w = variable({1.0, -2.0});
  run(Adam{}, w, {two_gradients[0]}, 0.1);
  // The first step is the rate times the sign.
  check_row(w, {1.0 - 0.1 * 0.5 / (0.5 + 1e-8), -2.0 + 0.1 / (1.0 + 1e-8)});
  w = variable({1.0, -2.0});
  run(Adam{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.1}, w, two_gradients, 0.1);
  Row wanted{1.0, -2.0};
  for (std::size_t i = 0; i < 2; ++i) {
    double m = 0;
    double v = 0;
    for (int t = 1; t <= 2; ++t) {
      const double g = two_gradients[static_cast<std::size_t>(t - 1)][i] + 0.1 * wanted[i];
      m = 0.8 * m + 0.2 * g;
      v = 0.95 * v + 0.05 * g * g;
      wanted[i] -= 0.1 * (m / (1 - std::pow(0.8, t))) / (std::sqrt(v / (1 - std::pow(0.95, t))) + 1e-3);
    }
  }
  check_row(w, wanted);
}

TEST_CASE("a parameter without a gradient stays as it is, even under weight decay") {
  Context context(1);
  Variable<double> w = variable({1.0});
  Variable<double> other = variable({1.0});
  Optimizer<double> optimizer(Sgd{.weight_decay = 0.5}, {{"w", w}, {"other", other}});
  set_gradient(w, {1.0});
  optimizer.step(context, 0.1);
  CHECK(other.value()[0] == 1.0);
  CHECK(w.value()[0] < 1.0);
}

TEST_CASE("clipping scales all gradients by the global norm, before weight decay") {
  Context context(1);
  Variable<double> a = variable({1.0, 0.0});
  Variable<double> b = variable({2.0});
  Optimizer<double> optimizer(Sgd{.momentum = 0, .nesterov = false, .weight_decay = 0.1}, {{"a", a}, {"b", b}});
  set_gradient(a, {3.0, 0.0});
  set_gradient(b, {4.0});
  CHECK(optimizer.gradient_norm() == Approx(5.0).epsilon(1e-15));
  CHECK(clip_factor(5.0, 2.0) == Approx(0.4));
  CHECK(clip_factor(5.0, 5.0) == 1.0);
  CHECK(clip_factor(5.0, 0.0) == 1.0);
  CHECK(clip_factor(0.0, 1.0) == 1.0);
  optimizer.step(context, 1.0, clip_factor(optimizer.gradient_norm(), 2.0));
  check_row(a, {1.0 - 1.2 - 0.1, 0.0});
  check_row(b, {2.0 - 1.6 - 0.2});
}

TEST_CASE("weight decay is for kernels, not for biases, scales and shifts; statistics do not train") {
  Model<float> model(build(released_nasnet_a(), cifar_config(1, 2)), RandomStream(1));
  std::size_t decaying = 0;
  for (const auto& p : trainable_parameters(model)) {
    INFO(p.name);
    const bool norm = p.name.find("bn") != std::string::npos;
    const bool bias = p.name.find("bias") != std::string::npos;
    CHECK(p.decays == (!norm && !bias));
    CHECK(p.name.find("running") == std::string::npos);
    decaying += p.decays ? 1 : 0;
  }
  CHECK(decaying > 20);
}

TEST_CASE("the cosine learning rate goes from its start to zero") {
  const LearningRate rate{.initial = 0.5, .decay = LearningRate::Decay::cosine};
  CHECK(rate.at(0, 20) == Approx(0.5));
  CHECK(rate.at(5, 20) == Approx(0.25 * (1 + std::sqrt(0.5))));
  CHECK(rate.at(10, 20) == Approx(0.25));
  CHECK(rate.at(20, 20) == Approx(0.0).margin(1e-15));
  CHECK(rate.at(25, 20) == Approx(0.0).margin(1e-15));
}

TEST_CASE("the exponential learning rate falls in jumps or smoothly") {
  LearningRate rate{.initial = 1.0, .decay = LearningRate::Decay::exponential};
  CHECK(rate.at(0, 100) == 1.0);
  CHECK(rate.at(2.39, 100) == 1.0);
  CHECK(rate.at(2.4, 100) == Approx(0.97).epsilon(1e-14));
  CHECK(rate.at(4.7, 100) == Approx(0.97).epsilon(1e-14));
  CHECK(rate.at(24, 100) == Approx(std::pow(0.97, 10)).epsilon(1e-14));
  rate.staircase = false;
  CHECK(rate.at(1.2, 100) == Approx(std::sqrt(0.97)).epsilon(1e-14));
}

TEST_CASE("the jumps of the exponential rate fall on the first step of their period") {
  // 5 steps an epoch: a jump every 12 steps, whatever step / 5.0 / 2.4 rounds to.
  const LearningRate rate{.initial = 1.0, .decay = LearningRate::Decay::exponential};
  for (int period = 1; period < 200; ++period) {
    INFO("period " << period);
    CHECK(rate.at(12 * period / 5.0, 1000) == Approx(std::pow(0.97, period)).epsilon(1e-12));
    CHECK(rate.at((12 * period - 1) / 5.0, 1000) == Approx(std::pow(0.97, period - 1)).epsilon(1e-12));
  }
}

TEST_CASE("a warm-up rises linearly from zero and leaves the decay's clock alone") {
  LearningRate rate{.initial = 1.0, .decay = LearningRate::Decay::constant, .warm_up_epochs = 4};
  CHECK(rate.at(0, 20) == 0.0);
  CHECK(rate.at(1, 20) == Approx(0.25));
  CHECK(rate.at(4, 20) == 1.0);
  CHECK(rate.at(9, 20) == 1.0);
  rate.decay = LearningRate::Decay::cosine;
  CHECK(rate.at(2, 8) == Approx(0.5 * 0.5 * (1 + std::sqrt(0.5))));
  CHECK(rate.at(6, 8) == Approx(0.5 * (1 - std::sqrt(0.5))));
}

TEST_CASE("a parameter average forgets its start early and keeps its decay later") {
  std::vector<Variable<double>> parameters{variable({1.0, 0.0})};
  ParameterAverage<double> average(0.5, std::span<const Variable<double>>(parameters));
  Row wanted{1.0, 0.0};
  for (int step = 0; step < 12; ++step) {
    parameters[0].value()[0] = step + 2.0;
    parameters[0].value()[1] = -step;
    average.update(std::span<const Variable<double>>(parameters));
    const double decay = (std::min)(0.5, (1.0 + step) / (10.0 + step));
    for (std::size_t i = 0; i < 2; ++i) {
      wanted[i] = decay * wanted[i] + (1 - decay) * parameters[0].value()[static_cast<std::int64_t>(i)];
      CHECK(average.values()[0][static_cast<std::int64_t>(i)] == Approx(wanted[i]).epsilon(1e-12));
    }
  }
  CHECK(average.steps() == 12);
  average.swap(std::span<Variable<double>>(parameters));
  check_row(parameters[0], wanted);
  CHECK(average.values()[0][0] == 13.0);
  average.swap(std::span<Variable<double>>(parameters));
  CHECK(parameters[0].value()[0] == 13.0);
}
