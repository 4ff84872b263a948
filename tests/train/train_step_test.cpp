#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/train/evaluation.hpp"
#include "nasnet/train/train_step.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;

namespace {

NetworkGraph small(bool auxiliary) {
  auto config = cifar_config(1, 2);
  config.classes = 4;
  if (auxiliary) config.image_size = Size{10, 9};
  return build(released_nasnet_a(), config);
}

const std::vector<std::int32_t> labels{1, 3, 0};

// d loss / d parameter for some weight of the auxiliary loss.
std::vector<double> gradient(const Model<double>& source, const std::string& name, double weight) {
  Context context(1);
  Model<double> model(source.graph(), RandomStream(1));
  compute_gradients<double>(context, model, random_images<double>({3, 10, 9, 3}, 1), labels, {.mode = Mode::train},
                            {.auxiliary_weight = weight});
  const Variable<double>& parameter = model.parameters()[index_of(model, name)];
  if (!parameter.has_gradient()) return {};
  return to_vector(parameter.gradient());
}

double log_sum_exp(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += std::exp(v);
  return std::log(sum);
}

}  // namespace

TEST_CASE("the loss is the mean cross entropy, smoothed towards all classes, without the auxiliary one") {
  Context context(1);
  for (const double smoothing : {0.0, 0.1, 1.0}) {
    Model<double> model(small(true), RandomStream(1));
    Tape<double> tape(context, Recording::off);
    const auto output =
        model.forward(tape, Variable<double>(random_images<double>({3, 10, 9, 3}, 1)), {.mode = Mode::train});
    double wanted = 0;
    std::int64_t correct = 0;
    for (std::size_t n = 0; n < 3; ++n) {
      std::vector<double> x;
      std::size_t largest = 0;
      for (std::size_t k = 0; k < 4; ++k) {
        x.push_back(output.logits.value()[static_cast<std::int64_t>(4 * n + k)]);
        if (x[k] > x[largest]) largest = k;
      }
      for (std::size_t k = 0; k < 4; ++k) {
        const double target = (1 - smoothing) * (static_cast<int>(k) == labels[n] ? 1 : 0) + smoothing / 4;
        wanted += target * (log_sum_exp(x) - x[k]) / 3;
      }
      correct += static_cast<int>(largest) == labels[n] ? 1 : 0;
    }
    Model<double> other(small(true), RandomStream(1));
    const StepResult result =
        compute_gradients<double>(context, other, random_images<double>({3, 10, 9, 3}, 1), labels,
                                  {.mode = Mode::train}, {.label_smoothing = smoothing, .auxiliary_weight = 0.4});
    CHECK(result.loss == Approx(wanted).epsilon(1e-12));
    CHECK(result.correct == correct);
  }
}

TEST_CASE("the auxiliary loss adds to the gradients by its weight") {
  const Model<double> model(small(true), RandomStream(1));
  for (const std::string name : {"stem.conv.weight", "cells.0.fit_current.conv.weight", "aux.dense.weight"}) {
    INFO(name);
    const auto none = gradient(model, name, 0.0);
    const auto some = gradient(model, name, 0.4);
    const auto full = gradient(model, name, 1.0);
    double change = 0;
    for (std::size_t i = 0; i < full.size(); ++i) {
      CHECK(some[i] - none[i] == Approx(0.4 * (full[i] - none[i])).epsilon(1e-6).margin(1e-12));
      change += std::abs(full[i] - none[i]);
    }
    CHECK(change > 1e-3);
  }
  // What lies above it does not see it.
  CHECK(gradient(model, "head.weight", 0.0) == gradient(model, "head.weight", 1.0));
  CHECK(gradient(model, "cells.3.fit_current.conv.weight", 0.0) ==
        gradient(model, "cells.3.fit_current.conv.weight", 1.0));
}

TEST_CASE("gradients are cleared before each step and the step moves against them") {
  Context context(1);
  Model<double> model(small(false), RandomStream(1));
  const RunOptions run{.mode = Mode::frozen};
  compute_gradients<double>(context, model, random_images<double>({3, 10, 9, 3}, 1), labels, run, {});
  const auto once = to_vector(model.parameters()[0].gradient());
  compute_gradients<double>(context, model, random_images<double>({3, 10, 9, 3}, 1), labels, run, {});
  CHECK(to_vector(model.parameters()[0].gradient()) == once);
  const auto weights = to_vector(model.parameters()[0].value());
  Optimizer<double> optimizer(Sgd{.momentum = 0, .nesterov = false}, trainable_parameters(model));
  const double norm = [&] {
    double sum = 0;
    for (const auto& p : model.parameters()) {
      if (!p.has_gradient()) continue;
      for (const double g : p.gradient().values()) sum += g * g;
    }
    return std::sqrt(sum);
  }();
  const auto result = train_step<double>(context, model, optimizer, random_images<double>({3, 10, 9, 3}, 1), labels,
                                         0.1, run, {}, norm / 4);
  CHECK(result.gradient_norm == Approx(norm).epsilon(1e-12));
  const auto moved = to_vector(model.parameters()[0].value());
  for (std::size_t i = 0; i < moved.size(); ++i)
    CHECK(moved[i] == Approx(weights[i] - 0.1 * once[i] / 4).epsilon(1e-10));
}

TEST_CASE("labels that do not fit are refused before anything moves") {
  Context context(1);
  Model<double> model(small(false), RandomStream(1));
  const auto before = to_vector(model.parameters()[0].value());
  Optimizer<double> optimizer(Sgd{}, trainable_parameters(model));
  const auto step = [&](std::vector<std::int32_t> wrong) {
    train_step<double>(context, model, optimizer, random_images<double>({3, 10, 9, 3}, 1), wrong, 0.1, {});
  };
  REQUIRE_THROWS_AS(step({0, 1}), DataError);
  REQUIRE_THROWS_AS(step({0, 1, 4}), DataError);
  REQUIRE_THROWS_AS(step({0, -1, 2}), DataError);
  CHECK(to_vector(model.parameters()[0].value()) == before);
  CHECK(optimizer.steps() == 0);
}

TEST_CASE("evaluation figures are those of single images, whatever the batch") {
  Context context(1);
  auto config = cifar_config(1, 2);
  config.classes = 4;
  config.input_channels = 2;
  Model<float> model(build(released_nasnet_a(), config), RandomStream(1));
  move_statistics(model, context, {16, 6, 5, 2});
  const Tensor<float> images = random_images({13, 6, 5, 2}, 5);
  std::vector<std::int32_t> all;
  for (std::int32_t n = 0; n < 13; ++n) all.push_back(n * 7 % 4);
  const ImageDataset dataset("sample", images, all, 4);
  const ChannelStatistics normalisation{{0.1F, -0.2F}, {0.9F, 1.1F}};
  double loss = 0;
  double correct = 0;
  for (std::int64_t n = 0; n < 13; ++n) {
    Tensor<float> image = slice_batch(images, n, 1);
    for (std::int64_t i = 0; i < image.elements(); ++i) {
      const auto c = static_cast<std::size_t>(i % 2);
      image[i] = (image[i] - normalisation.mean[c]) / normalisation.deviation[c];
    }
    const Tensor<float> logits = model.predict(context, image);
    std::vector<double> x(logits.values().begin(), logits.values().end());
    const auto label = static_cast<std::size_t>(all[static_cast<std::size_t>(n)]);
    loss += (log_sum_exp(x) - x[label]) / 13;
    correct += std::max_element(x.begin(), x.end()) - x.begin() == static_cast<std::ptrdiff_t>(label) ? 1 : 0;
  }
  const auto before = statistics_of(model);
  for (const std::int64_t batch : {1, 4, 5, 13, 64}) {
    const Metrics metrics = evaluate(context, model, dataset, normalisation, batch);
    CHECK(metrics.images == 13);
    CHECK(metrics.accuracy == Approx(correct / 13).epsilon(1e-12));
    CHECK(metrics.loss == Approx(loss).epsilon(1e-4));
  }
  CHECK(statistics_of(model) == before);
  REQUIRE_THROWS_AS(evaluate(context, model, ImageDataset{}, {}), DataError);
  REQUIRE_THROWS_AS(evaluate(context, model, ImageDataset("five", images, all, 5), normalisation, 0), ArgumentError);
}
