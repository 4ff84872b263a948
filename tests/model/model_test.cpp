#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/ops/elementwise.hpp"
#include "nasnet/ops/reductions.hpp"
#include "nasnet/ops/run_primitive.hpp"
#include "nasnet/train/train_step.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

std::vector<float> logits_of(const Model<float>& model, Context& context, const Tensor<float>& images) {
  return to_vector(model.predict(context, images));
}

// Logits of a run in some mode, without a tape.
std::vector<float> run(Model<float>& model, Context& context, const Tensor<float>& images, const RunOptions& options) {
  Tape<float> tape(context, Recording::off);
  return to_vector(model.forward(tape, Variable<float>(images.clone()), options).logits.value());
}

NetworkConfig dropping() {
  auto config = cifar_config(1, 4);
  config.dropout_keep = 0.5;
  config.classes = 5;
  return config;
}

}  // namespace

TEST_CASE("evaluation is deterministic and does not depend on the rest of the batch") {
  Context context(1);
  Model<float> model(build(released_nasnet_a(), dropping()), RandomStream(1));
  move_statistics(model, context, {8, 12, 10, 3});
  const Tensor<float> images = random_images({4, 12, 10, 3}, 2);
  const std::vector<float> together = logits_of(model, context, images);
  CHECK(together == logits_of(model, context, images));
  for (std::int64_t n = 0; n < 4; ++n) {
    const std::vector<float> alone = logits_of(model, context, slice_batch(images, n, 1));
    REQUIRE(alone.size() == 5);
    for (std::size_t k = 0; k < 5; ++k) {
      CHECK(alone[k] == Approx(together[static_cast<std::size_t>(n) * 5 + k]).epsilon(1e-4).margin(1e-5));
    }
  }
}

TEST_CASE("evaluation does not read the random stream or the drop path, training does") {
  Context context(1);
  Model<float> model(build(released_nasnet_a(), dropping()), RandomStream(1));
  const Tensor<float> images = random_images({4, 12, 10, 3}, 2);
  const auto options = [](Mode mode, std::uint64_t seed) {
    RunOptions run{.mode = mode, .random = RandomStream(seed)};
    run.drop_path_keep = 0.5;
    run.drop_path_progress = 1.0;
    return run;
  };
  CHECK(run(model, context, images, options(Mode::evaluate, 1)) ==
        run(model, context, images, options(Mode::evaluate, 2)));
  CHECK(run(model, context, images, options(Mode::evaluate, 1)) == logits_of(model, context, images));
  // The running statistics move, the output of a training run does not read them.
  for (const Mode mode : {Mode::train, Mode::frozen}) {
    const auto first = run(model, context, images, options(mode, 1));
    CHECK(first == run(model, context, images, options(mode, 1)));
    CHECK(first != run(model, context, images, options(mode, 2)));
  }
}

TEST_CASE("without dropout and drop path the random stream changes nothing") {
  Context context(1);
  Model<float> model(build(released_nasnet_a(), cifar_config(1, 4)), RandomStream(1));
  const Tensor<float> images = random_images({4, 12, 10, 3}, 2);
  RunOptions a{.mode = Mode::train, .random = RandomStream(1)};
  RunOptions b{.mode = Mode::train, .random = RandomStream(2)};
  CHECK(run(model, context, images, a) == run(model, context, images, b));
  // Step 0 of ScheduledDropPath keeps everything.
  a.drop_path_keep = b.drop_path_keep = 0.5;
  CHECK(run(model, context, images, a) == run(model, context, images, b));
}

TEST_CASE("training moves the running statistics by the decay, frozen and evaluation leave them bit-equal") {
  Context context(1);
  for (const double decay : {0.9, 0.9997}) {
    auto config = cifar_config(1, 4);
    config.batch_norm.decay = decay;
    Model<float> model(build(released_nasnet_a(), config), RandomStream(1));
    const Tensor<float> images = random_images({5, 9, 7, 3}, 2);
    const auto before = statistics_of(model);
    for (const Mode mode : {Mode::evaluate, Mode::frozen}) {
      run(model, context, images, {.mode = mode, .random = RandomStream(1)});
      CHECK(statistics_of(model) == before);
    }
    run(model, context, images, {.mode = Mode::train, .random = RandomStream(1)});
    // The stem's convolution by hand: mean and unbiased variance of its 5 x 9 x 7 values.
    Tape<float> tape(context, Recording::off);
    const Variable<float> stem = tape.apply(Convolution{Window::square(3), 12}, {Variable<float>(images.clone())},
                                            {model.parameters()[index_of(model, "stem.conv.weight")]});
    const std::int64_t rows = 5 * 9 * 7;
    for (std::int64_t c = 0; c < 12; ++c) {
      double mean = 0;
      double variance = 0;
      for (std::int64_t r = 0; r < rows; ++r) mean += static_cast<double>(stem.value()[r * 12 + c]) / rows;
      for (std::int64_t r = 0; r < rows; ++r) {
        const double d = static_cast<double>(stem.value()[r * 12 + c]) - mean;
        variance += d * d / (rows - 1);
      }
      const auto value = [&](const std::string& name) {
        return static_cast<double>(model.parameters()[index_of(model, name)].value()[c]);
      };
      CHECK(value("stem.bn.running_mean") == Approx((1 - decay) * mean).epsilon(1e-3).margin(1e-6));
      CHECK(value("stem.bn.running_var") == Approx(decay + (1 - decay) * variance).epsilon(1e-5));
    }
  }
}

TEST_CASE("frozen training leaves the statistics bit-equal and still moves the parameters") {
  Context context(1);
  Model<float> model(build(released_nasnet_a(), cifar_config(1, 4)), RandomStream(1));
  move_statistics(model, context, {8, 9, 7, 3});
  const auto before = statistics_of(model);
  const std::vector<float> weights = to_vector(model.parameters()[index_of(model, "stem.conv.weight")].value());
  Optimizer<float> optimizer(Sgd{}, trainable_parameters(model));
  const std::vector<std::int32_t> labels{0, 1, 2};
  train_step<float>(context, model, optimizer, random_images({3, 9, 7, 3}, 2), labels, 0.1, {.mode = Mode::frozen});
  CHECK(statistics_of(model) == before);
  CHECK(to_vector(model.parameters()[index_of(model, "stem.conv.weight")].value()) != weights);
}

TEST_CASE("the auxiliary head runs in training only and evaluation takes any size") {
  Context context(1);
  auto config = cifar_config(1, 4);
  config.image_size = Size{16, 12};
  Model<float> model(build(released_nasnet_a(), config), RandomStream(1));
  const auto output = [&](Mode mode, Shape shape) {
    Tape<float> tape(context, Recording::off);
    return model.forward(tape, Variable<float>(random_images(shape, 3)), {.mode = mode});
  };
  CHECK_FALSE(output(Mode::evaluate, {2, 16, 12, 3}).auxiliary_logits.has_value());
  const auto trained = output(Mode::train, {2, 16, 12, 3});
  REQUIRE(trained.auxiliary_logits.has_value());
  CHECK(trained.auxiliary_logits->shape() == Shape{2, 1, 1, 10});
  CHECK(trained.logits.shape() == Shape{2, 1, 1, 10});
  CHECK(output(Mode::evaluate, {2, 5, 6, 3}).logits.shape() == Shape{2, 1, 1, 10});
  CHECK(output(Mode::evaluate, {1, 40, 33, 3}).logits.shape() == Shape{1, 1, 1, 10});
  REQUIRE_THROWS_MATCHES(output(Mode::train, {2, 24, 24, 3}), ShapeError,
                         MessageMatches(ContainsSubstring("16x12") && ContainsSubstring("24x24")));
  // Without the head, training takes any size too.
  const NetworkGraph plain = build(released_nasnet_a(), cifar_config(1, 4));
  Model<float> other(plain, RandomStream(1));
  Tape<float> tape(context, Recording::off);
  CHECK(other.forward(tape, Variable<float>(random_images({2, 7, 9, 3}, 3)), {.mode = Mode::train}).logits.shape() ==
        Shape{2, 1, 1, 10});
}

TEST_CASE("images that do not fit the network are refused with both shapes") {
  Context context(1);
  const Model<float> model(build(released_nasnet_a(), cifar_config(1, 4)), RandomStream(1));
  const auto predict = [&](Shape shape) { return model.predict(context, random_images(shape, 1)); };
  REQUIRE_THROWS_MATCHES(predict({2, 8, 8, 1}), ShapeError,
                         MessageMatches(ContainsSubstring("[2,8,8,1]") && ContainsSubstring("[N,H,W,3]")));
  REQUIRE_THROWS_AS(predict({8, 8, 3}), ShapeError);
  REQUIRE_THROWS_AS(predict({0, 8, 8, 3}), ShapeError);
  REQUIRE_THROWS_AS(predict({1, 0, 8, 3}), ShapeError);
  auto config = NetworkConfig::imagenet();
  config.cells_per_stack = 1;
  config.filters = 8;
  const Model<float> imagenet(build(released_nasnet_a(), config), RandomStream(1));
  REQUIRE_THROWS_MATCHES(imagenet.predict(context, random_images({1, 2, 8, 3}, 1)), ShapeError,
                         MessageMatches(ContainsSubstring("2x8")));
}

TEST_CASE("the smallest images give finite logits and gradients") {
  Context context(1);
  Model<float> model(build(released_nasnet_a(), cifar_config(1, 4)), RandomStream(1));
  const std::vector<std::int32_t> labels{3, 1};
  const auto result =
      compute_gradients<float>(context, model, random_images({2, 1, 1, 3}, 1), labels, {.mode = Mode::train}, {});
  CHECK(std::isfinite(result.loss));
  for (const Variable<float>& parameter : model.parameters()) {
    if (!parameter.has_gradient()) continue;
    for (const float g : parameter.gradient().values()) REQUIRE(std::isfinite(g));
  }
  for (const float logit : logits_of(model, context, random_images({1, 1, 2, 3}, 1))) CHECK(std::isfinite(logit));
}

TEST_CASE("a training step gives the same bits with 1, 2 and 3 threads") {
  auto config = dropping();
  config.image_size = Size{14, 11};
  config.filters = 6;
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3}) {
    Context context(threads);
    Model<float> model(build(released_nasnet_a(), config), RandomStream(1));
    Optimizer<float> optimizer(Sgd{.weight_decay = 1e-3}, trainable_parameters(model));
    const std::vector<std::int32_t> labels{0, 1, 2, 3, 4, 0, 1};
    std::vector<float> all;
    for (std::uint64_t step = 0; step < 3; ++step) {
      RunOptions run{.mode = Mode::train, .random = RandomStream(4).split("step", step)};
      run.drop_path_keep = 0.7;
      run.drop_path_progress = 0.5;
      const auto result = train_step<float>(context, model, optimizer, random_images({7, 14, 11, 3}, 10 + step), labels,
                                            0.1, run, {}, 1.0);
      all.push_back(static_cast<float>(result.loss));
      all.push_back(static_cast<float>(result.gradient_norm));
    }
    for (const Variable<float>& parameter : model.parameters()) {
      for (const float value : parameter.value().values()) all.push_back(value);
    }
    results.push_back(std::move(all));
  }
  for (const auto& result : results) {
    REQUIRE(result.size() == results[0].size());
    CHECK(std::memcmp(result.data(), results[0].data(), result.size() * sizeof(float)) == 0);
  }
}

TEST_CASE("training steps after the first take no memory from the system and leave none behind") {
  Context context(1);
  auto config = dropping();
  config.image_size = Size{14, 11};
  Model<float> model(build(released_nasnet_a(), config), RandomStream(1));
  Optimizer<float> optimizer(Sgd{}, trainable_parameters(model));
  const std::vector<std::int32_t> labels{0, 1, 2, 3};
  double drop_path_keep = 1;
  const auto step = [&](std::uint64_t number) {
    RunOptions run{.mode = Mode::train, .random = RandomStream(4).split("step", number)};
    run.drop_path_keep = drop_path_keep;
    run.drop_path_progress = 1;
    Tensor<float> images = random_images({4, 14, 11, 3}, number).clone(context.allocator());
    train_step<float>(context, model, optimizer, std::move(images), labels, 0.1, run, {}, 1.0);
  };
  const auto check_steps_after = [&](std::uint64_t first) {
    for (std::uint64_t n = 0; n < first; ++n) step(n);
    const MemoryStatistics warm = context.allocator().statistics();
    for (std::uint64_t n = first; n < first + 6; ++n) step(n);
    const MemoryStatistics later = context.allocator().statistics();
    CHECK(later.system_calls == warm.system_calls);
    CHECK(later.reserved == warm.reserved);
    CHECK(later.in_use == warm.in_use);
  };
  check_steps_after(1);
  drop_path_keep = 0.7;  // which maps there are differs from step to step
  check_steps_after(3);
}

TEST_CASE("evaluation frees each map after its last reader") {
  Context context(1);
  const NetworkGraph graph = build(released_nasnet_a(), cifar_config(2, 8));
  Model<float> model(graph, RandomStream(1));
  const Tensor<float> images = random_images({2, 24, 24, 3}, 1);
  static_cast<void>(model.predict(context, images));
  context.allocator().reset_peak();
  const std::size_t before = context.allocator().statistics().in_use;
  CHECK(before == 0);
  static_cast<void>(model.predict(context, images));
  const auto predicted = static_cast<std::size_t>(activation_bytes(graph, {24, 24}, 2).inference);
  // Besides the maps: the images, the kernels' scratch memory, and sizes rounded up.
  CHECK(context.allocator().statistics().peak >= predicted);
  CHECK(context.allocator().statistics().peak <= predicted + predicted / 2 + (1U << 20U));
}

TEST_CASE("an allocator's limit stops a run with one sentence and the model still works") {
  const NetworkGraph graph = build(released_nasnet_a(), cifar_config(1, 8));
  Model<float> model(graph, RandomStream(1));
  Context small(std::make_shared<ThreadPool>(1), Allocator(50'000));
  const Tensor<float> images = random_images({4, 16, 16, 3}, 1);
  REQUIRE_THROWS_AS(model.predict(small, images), MemoryError);
  Context context(1);
  CHECK(model.predict(context, images).elements() == 40);
}
