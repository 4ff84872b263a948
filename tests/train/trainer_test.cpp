#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "graph/graph_probe.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/train/evaluation.hpp"
#include "nasnet/train/trainer.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace clock_test {

// Passes its input on and notes how far the training is.
struct Clock {
  static constexpr std::string_view name = "clock";
  std::vector<double>* seen;
};

void forward(const Clock& clock, OpCall<float>& call) {
  clock.seen->push_back(call.run.drop_path_progress);
  Tensor<float>& y = call.allocate_output(call.input().shape());
  for (std::int64_t i = 0; i < y.elements(); ++i) y[i] = call.input()[i];
}

void backward(const Clock&, const OpCall<float>&, const OpGradients<float>& gradients) {
  const auto& dx = gradients.inputs[0];
  if (!dx) return;
  for (std::int64_t i = 0; i < dx.tensor->elements(); ++i) {
    (*dx.tensor)[i] = gradients.output[i] + (dx.accumulate ? (*dx.tensor)[i] : 0.0F);
  }
}

}  // namespace clock_test

namespace {

// Noise that carries its class in one channel's mean.
ImageDataset sample(std::int64_t count, std::uint64_t seed = 3) {
  Tensor<float> images = random_images({count, 8, 8, 1}, seed);
  std::vector<std::int32_t> labels;
  for (std::int64_t n = 0; n < count; ++n) {
    labels.push_back(static_cast<std::int32_t>(n % 3));
    for (std::int64_t i = 0; i < 64; ++i) images[n * 64 + i] += static_cast<float>(n % 3) - 1.0F;
  }
  return ImageDataset("sample", images, labels, 3);
}

NetworkGraph tiny(bool auxiliary = false) {
  auto config = cifar_config(1, 2);
  config.input_channels = 1;
  config.classes = 3;
  config.dropout_keep = 0.8;
  if (auxiliary) config.image_size = Size{10, 10};
  return build(released_nasnet_a(), config);
}

TrainOptions options(std::int64_t epochs) {
  TrainOptions o;
  o.epochs = epochs;
  o.batch = 8;
  o.learning_rate.initial = 0.05;
  o.seed = 11;
  return o;
}

std::vector<float> all_values(const Model<float>& model) {
  std::vector<float> values;
  for (const Variable<float>& parameter : model.parameters()) {
    values.insert(values.end(), parameter.value().values().begin(), parameter.value().values().end());
  }
  return values;
}

bool same(const std::vector<EpochSummary>& a, const std::vector<EpochSummary>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t e = 0; e < a.size(); ++e) {
    if (a[e].loss != b[e].loss || a[e].accuracy != b[e].accuracy) return false;
  }
  return true;
}

// Stops after each epoch and each time goes on with a fresh model and context: the same bits as one run.
void check_resumes(TrainOptions o) {
  const ImageDataset data = sample(27);
  Context context(1);
  Model<float> whole(tiny(), RandomStream(1));
  const TrainSummary wanted = train(context, whole, data, o);
  CHECK(wanted.finished);
  const TemporaryFolder folder;
  o.checkpoint = folder / "training.safetensors";
  o.prefetch = !o.prefetch;
  const std::int64_t steps = 27 / o.batch;
  TrainSummary last;
  for (std::int64_t epoch = 1; epoch <= o.epochs; ++epoch) {
    Context other(2);
    Model<float> model(tiny(), RandomStream(77));  // other values, which the checkpoint replaces
    if (epoch == 1) model = Model<float>(tiny(), RandomStream(1));
    std::int64_t asked = 0;
    o.should_stop = [&] { return asked++ == steps; };  // within the next epoch
    last = train(other, model, data, o);
    CHECK(last.finished == (epoch == o.epochs));
    CHECK(static_cast<std::int64_t>(last.epochs.size()) == epoch);
    if (epoch == o.epochs) CHECK(all_values(model) == all_values(whole));
  }
  CHECK(same(last.epochs, wanted.epochs));
  // On a finished training it does nothing and gives the same network.
  o.should_stop = nullptr;
  Model<float> model(tiny(), RandomStream(77));
  const TrainSummary again = train(context, model, data, o);
  CHECK(again.finished);
  CHECK(same(again.epochs, wanted.epochs));
  CHECK(all_values(model) == all_values(whole));
}

}  // namespace

TEST_CASE("a training that stops after each epoch goes on bit for bit") { check_resumes(options(3)); }

TEST_CASE("so it does with Adam, RMSProp, a parameter average, drop path, augmentation and smoothing") {
  TrainOptions o = options(3);
  o.optimizer = Adam{.weight_decay = 1e-3};
  o.average_decay = 0.9;
  o.drop_path_keep = 0.7;
  o.augmentation = {.pad = 1, .flip = true, .cutout = 2};
  o.loss.label_smoothing = 0.1;
  o.learning_rate.warm_up_epochs = 1;
  check_resumes(o);
  o.optimizer = RmsProp{};
  o.normalisation = {{0.1F}, {0.5F}};
  check_resumes(o);
}

TEST_CASE("the drop path's clock counts steps of the whole training and goes on where a training was stopped") {
  const TemporaryFolder folder;
  std::vector<double> seen;
  TrainOptions o = options(2);
  o.checkpoint = folder / "training.safetensors";
  const auto run = [&](std::int64_t steps) {
    GraphBuilder g(1);
    const Value x = g.apply(clock_test::Clock{&seen}, {g.convolution(g.input(), 3, {.kernel = 3}, "conv")}, "clock");
    Model<float> model(std::move(g).finish(g.dense(g.global_average_pool(x), 3, "head")), RandomStream(1));
    Context context(1);
    o.should_stop = [&, asked = std::int64_t{0}]() mutable { return asked++ == steps; };
    return train(context, model, sample(27), o).finished;  // batches of 8: 3 steps an epoch
  };
  CHECK_FALSE(run(4));
  REQUIRE(seen.size() == 4);
  seen.resize(3);  // what was not saved is done again
  CHECK(run(-1));
  REQUIRE(seen.size() == 6);
  for (std::size_t step = 0; step < 6; ++step) CHECK(seen[step] == static_cast<double>(step) / 6.0);
}

TEST_CASE("the same training gives the same bits with any threads, with and without a prefetching thread") {
  const ImageDataset data = sample(20);
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3}) {
    Context context(threads);
    Model<float> model(tiny(), RandomStream(1));
    TrainOptions o = options(2);
    o.drop_path_keep = 0.7;
    o.augmentation = {.pad = 1, .flip = true};
    o.prefetch = threads != 2;
    static_cast<void>(train(context, model, data, o));
    results.push_back(all_values(model));
  }
  CHECK(results[1] == results[0]);
  CHECK(results[2] == results[0]);
}

TEST_CASE("the seed decides about order, augmentation, dropout and drop path") {
  const ImageDataset data = sample(20);
  const auto trained = [&](std::uint64_t seed) {
    Context context(1);
    Model<float> model(tiny(), RandomStream(1));
    TrainOptions o = options(1);
    o.seed = seed;
    static_cast<void>(train(context, model, data, o));
    return all_values(model);
  };
  CHECK(trained(1) == trained(1));
  CHECK(trained(1) != trained(2));
}

TEST_CASE("a checkpoint of another training is refused and nothing changes") {
  const ImageDataset data = sample(16);
  const TemporaryFolder folder;
  Context context(1);
  TrainOptions o = options(2);
  o.checkpoint = folder / "training.safetensors";
  {
    Model<float> model(tiny(), RandomStream(1));
    std::int64_t asked = 0;
    TrainOptions stopping = o;
    stopping.should_stop = [&] { return asked++ == 2; };
    CHECK_FALSE(train(context, model, data, stopping).finished);
  }
  const auto refused = [&](const std::function<void(TrainOptions&)>& change, const NetworkGraph& graph,
                           const ImageDataset& images) {
    TrainOptions other = o;
    change(other);
    Model<float> model(graph, RandomStream(5));
    const auto before = all_values(model);
    REQUIRE_THROWS_MATCHES(train(context, model, images, other), DataError,
                           MessageMatches(ContainsSubstring("training.safetensors")));
    CHECK(all_values(model) == before);
  };
  const auto changed = [&](const std::function<void(TrainOptions&)>& change) { refused(change, tiny(), data); };
  changed([](TrainOptions& t) { t.seed = 12; });
  changed([](TrainOptions& t) { t.epochs = 3; });
  changed([](TrainOptions& t) { t.batch = 4; });
  changed([](TrainOptions& t) { t.optimizer = Adam{}; });
  changed([](TrainOptions& t) { t.optimizer = RmsProp{}; });
  changed([](TrainOptions& t) { t.optimizer = Sgd{.momentum = 0.8}; });
  changed([](TrainOptions& t) { t.learning_rate.initial = 0.06; });
  changed([](TrainOptions& t) { t.learning_rate.decay = LearningRate::Decay::constant; });
  changed([](TrainOptions& t) { t.average_decay = 0.9; });
  changed([](TrainOptions& t) { t.drop_path_keep = 0.9; });
  changed([](TrainOptions& t) { t.clip_norm = 1; });
  changed([](TrainOptions& t) { t.loss.label_smoothing = 0.1; });
  changed([](TrainOptions& t) { t.augmentation.flip = true; });
  changed([](TrainOptions& t) { t.normalisation = {{0.1F}, {0.5F}}; });
  changed([](TrainOptions& t) { t.mode = Mode::frozen; });
  refused([](TrainOptions&) {}, tiny(), sample(17));
  refused([](TrainOptions&) {}, tiny(true), data);  // a network with more in it
  auto config = cifar_config(1, 2);
  config.input_channels = 1;
  config.classes = 4;
  refused([](TrainOptions&) {}, build(released_nasnet_a(), config), data);
  folder.write("training.safetensors", std::string_view("no checkpoint"));
  Model<float> model(tiny(), RandomStream(5));
  REQUIRE_THROWS_AS(train(context, model, data, o), IoError);
}

TEST_CASE("a checkpoint of a network with more in it is refused by one with less") {
  const TemporaryFolder folder;
  Context context(1);
  TrainOptions o = options(1);
  o.checkpoint = folder / "training.safetensors";
  Tensor<float> images = random_images({8, 10, 10, 1}, 3);
  const ImageDataset data("sample", images, std::vector<std::int32_t>(8, 1), 3);
  Model<float> more(tiny(true), RandomStream(1));
  static_cast<void>(train(context, more, data, o));
  Model<float> less(tiny(), RandomStream(1));
  REQUIRE_THROWS_AS(train(context, less, data, o), DataError);
}

TEST_CASE("a checkpoint that cannot be written is an error with its path") {
  const ImageDataset data = sample(16);
  Context context(1);
  Model<float> model(tiny(), RandomStream(1));
  TrainOptions o = options(1);
  o.checkpoint = "/nowhere/at/all/training.safetensors";
  REQUIRE_THROWS_MATCHES(train(context, model, data, o), IoError, MessageMatches(ContainsSubstring("/nowhere/at/all")));
}

TEST_CASE("a loss that is no number ends the training and leaves the last checkpoint") {
  const ImageDataset data = sample(16);
  const TemporaryFolder folder;
  Context context(1);
  Model<float> model(tiny(), RandomStream(1));
  TrainOptions o = options(3);
  o.optimizer = Sgd{};
  o.clip_norm = 0;
  o.learning_rate = {.initial = 1e30, .decay = LearningRate::Decay::constant};
  o.checkpoint = folder / "training.safetensors";
  const TrainSummary summary = train(context, model, data, o);
  CHECK(summary.diverged);
  CHECK_FALSE(summary.finished);
  CHECK(summary.epochs.size() < 3);
  for (const EpochSummary& epoch : summary.epochs) CHECK(std::isfinite(epoch.loss));
}

TEST_CASE("a last step that leaves no numbers in the parameters is seen") {
  const ImageDataset data = sample(16);
  const TemporaryFolder folder;
  Context context(1);
  Model<float> model(tiny(), RandomStream(1));
  TrainOptions o = options(1);
  o.batch = 16;  // a single step
  o.optimizer = Sgd{.weight_decay = 1e3};
  o.clip_norm = 0;
  o.learning_rate = {.initial = 1e38, .decay = LearningRate::Decay::constant};
  o.checkpoint = folder / "training.safetensors";
  const TrainSummary summary = train(context, model, data, o);
  REQUIRE(summary.epochs.size() == 1);
  CHECK(std::isfinite(summary.epochs[0].loss));
  CHECK(summary.diverged);
  CHECK_FALSE(summary.finished);
  CHECK_FALSE(std::filesystem::exists(*o.checkpoint));
}

TEST_CASE("a tiny network learns 64 images by heart") {
  Context context(2);
  const Tensor<float> images = random_images({64, 8, 8, 1}, 21);
  std::vector<std::int32_t> labels;
  for (std::int32_t n = 0; n < 64; ++n) labels.push_back(n * 5 % 3);
  const ImageDataset data("noise", images, labels, 3);
  auto config = cifar_config(1, 4);
  config.input_channels = 1;
  config.classes = 3;
  for (const OptimizerRule& rule : std::vector<OptimizerRule>{Sgd{}, Adam{}}) {
    Model<float> model(build(released_nasnet_a(), config), RandomStream(1));
    TrainOptions o = options(40);
    o.batch = 16;
    o.optimizer = rule;
    o.learning_rate.initial = std::holds_alternative<Adam>(rule) ? 0.005 : 0.05;
    const TrainSummary summary = train(context, model, data, o);
    CHECK(summary.finished);
    CHECK(summary.epochs.size() == 40);
    CHECK(summary.epochs.back().accuracy > 0.95);
    CHECK(summary.epochs.back().loss < 0.25 * summary.epochs.front().loss);
    CHECK(evaluate(context, model, data, {}).accuracy > 0.9);
  }
}

TEST_CASE("the learning rate's clock runs in steps over the whole training") {
  // Plain descent with a fixed gradient moves the head's bias by the sum of the rates: compare two schedules with equal
  // first steps, one of which ends at once.
  const ImageDataset data = sample(16);
  Context context(1);
  const auto bias_after = [&](LearningRate rate, std::int64_t epochs) {
    Model<float> model(tiny(), RandomStream(1));
    TrainOptions o = options(epochs);
    o.optimizer = Sgd{.momentum = 0, .nesterov = false, .weight_decay = 0};
    o.learning_rate = rate;
    static_cast<void>(train(context, model, data, o));
    return to_vector(model.parameters()[index_of(model, "head.bias")].value());
  };
  // A staircase that jumps to almost nothing after each epoch: the second of two epochs changes nothing.
  const LearningRate stairs{
      .initial = 0.1, .decay = LearningRate::Decay::exponential, .factor = 0.0, .epochs_per_decay = 1};
  CHECK(bias_after(stairs, 1) == bias_after(stairs, 2));
  const LearningRate constant{.initial = 0.1, .decay = LearningRate::Decay::constant};
  CHECK(bias_after(stairs, 1) == bias_after(constant, 1));
  CHECK(bias_after(constant, 1) != bias_after(constant, 2));
  // A long warm-up starts at zero and leaves it at the second step.
  LearningRate warm = constant;
  warm.warm_up_epochs = 1000;
  CHECK(bias_after(warm, 1) != std::vector<float>(3, 0.0F));
  const LearningRate nothing{.initial = 0.0, .decay = LearningRate::Decay::constant};
  CHECK(bias_after(nothing, 2) == std::vector<float>(3, 0.0F));
}

TEST_CASE("the parameter average replaces the parameters at the end and not before") {
  const ImageDataset data = sample(16);
  Context context(1);
  TrainOptions o = options(2);
  Model<float> plain(tiny(), RandomStream(1));
  static_cast<void>(train(context, plain, data, o));
  o.average_decay = 0.5;
  Model<float> averaged(tiny(), RandomStream(1));
  static_cast<void>(train(context, averaged, data, o));
  CHECK(all_values(averaged) != all_values(plain));
  // With decay 0 the average is the last value, up to the rounding of a step from values below 1.
  o.average_decay = 0.0;
  Model<float> last(tiny(), RandomStream(1));
  static_cast<void>(train(context, last, data, o));
  const auto a = all_values(last);
  const auto b = all_values(plain);
  for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == Approx(b[i]).epsilon(1e-6).margin(1e-7));
}

TEST_CASE("frozen training leaves the statistics as they are") {
  const ImageDataset data = sample(16);
  Context context(1);
  Model<float> model(tiny(), RandomStream(1));
  move_statistics(model, context, {8, 8, 8, 1});
  const auto before = statistics_of(model);
  TrainOptions o = options(1);
  o.mode = Mode::frozen;
  static_cast<void>(train(context, model, data, o));
  CHECK(statistics_of(model) == before);
}

TEST_CASE("a training reports each batch and can be stopped before any") {
  const ImageDataset data = sample(20);
  Context context(1);
  Model<float> model(tiny(), RandomStream(1));
  TrainOptions o = options(3);
  std::vector<std::int64_t> done;
  o.progress = [&](const Progress& progress) {
    done.push_back(progress.done);
    CHECK(progress.total == 6);
  };
  static_cast<void>(train(context, model, data, o));
  CHECK(done == std::vector<std::int64_t>{1, 2, 3, 4, 5, 6});  // 2 whole batches an epoch
  const auto before = all_values(model);
  o.should_stop = [] { return true; };
  const TrainSummary stopped = train(context, model, data, o);
  CHECK_FALSE(stopped.finished);
  CHECK_FALSE(stopped.diverged);
  CHECK(stopped.epochs.empty());
  CHECK(all_values(model) == before);
}

TEST_CASE("fewer images than a batch make one batch, and zero epochs change nothing") {
  const ImageDataset data = sample(5);
  Context context(1);
  Model<float> model(tiny(), RandomStream(1));
  const auto before = all_values(model);
  const TrainSummary none = train(context, model, data, options(0));
  CHECK(none.finished);
  CHECK(all_values(model) == before);
  CHECK(train(context, model, data, options(1)).epochs.size() == 1);
  CHECK(all_values(model) != before);
}

TEST_CASE("options and data that do not fit are refused") {
  const ImageDataset data = sample(8);
  Context context(1);
  Model<float> model(tiny(), RandomStream(1));
  const auto refused = [&](const std::function<void(TrainOptions&)>& change) {
    TrainOptions o = options(1);
    change(o);
    REQUIRE_THROWS_AS(train(context, model, data, o), ArgumentError);
  };
  refused([](TrainOptions& o) { o.epochs = -1; });
  refused([](TrainOptions& o) { o.batch = 0; });
  refused([](TrainOptions& o) { o.drop_path_keep = 0; });
  refused([](TrainOptions& o) { o.drop_path_keep = 1.5; });
  refused([](TrainOptions& o) { o.drop_path_keep = std::numeric_limits<double>::quiet_NaN(); });
  const ImageDataset four("four", random_images({4, 8, 8, 1}, 1), {0, 1, 2, 3}, 4);
  REQUIRE_THROWS_MATCHES(train(context, model, four, options(1)), DataError,
                         MessageMatches(ContainsSubstring("4 classes") && ContainsSubstring("3 apart")));
  const ImageDataset colour("colour", random_images({4, 8, 8, 3}, 1), {0, 1, 2, 0}, 3);
  REQUIRE_THROWS_AS(train(context, model, colour, options(1)), ShapeError);
  REQUIRE_THROWS_AS(train(context, model, ImageDataset{}, options(1)), Error);
}
