#include "nasnet/evaluator/child_trainer.hpp"

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/data/resize.hpp"
#include "nasnet/search/search.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Bright spots of 4x4 pixels on noise: the class is the corner.
ImageDataset spots(std::int64_t count, std::uint64_t seed = 1) {
  constexpr std::int64_t side = 10;
  RandomStream random(seed);
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> labels;
  for (std::int64_t n = 0; n < count; ++n) {
    const auto corner = static_cast<std::int32_t>(random.below(3));
    labels.push_back(corner);
    for (std::int64_t pixel = 0; pixel < side * side; ++pixel) {
      const bool is_bright = pixel / side / 5 == corner / 2 && pixel % side / 5 == corner % 2;
      pixels.push_back(static_cast<std::uint8_t>(random.below(100) + (is_bright ? 120 : 0)));
    }
  }
  return {"spots", {count, side, side, 1}, std::move(pixels), std::move(labels), 3};
}

ChildOptions small() {
  return {.cells_per_stack = 1,
          .filters = 4,
          .epochs = 2,
          .validation_images = 60,
          .training = {.batch = 20, .learning_rate = {.initial = 0.1}}};
}

History history(const ChildTrainer& evaluate, SearchOptions options) {
  return search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, std::move(options));
}

TrialContext context(std::int64_t trial = 0, std::uint64_t seed = 7) {
  return {.trial = trial,
          .random = RandomStream(seed).split("trial", static_cast<std::uint64_t>(trial)),
          .context = Context(1),
          .ops = toy::Space::space().ops()};
}

static_assert(Evaluator<ChildTrainer> && HasSettings<ChildTrainer> && CountsNetwork<ChildTrainer>);

}  // namespace

TEST_CASE("child trainer: learns, and says how well") {
  ChildOptions options = small();
  options.epochs = 4;
  const ChildTrainer evaluate(spots(360), options);
  TrialContext trial = context();
  const Outcome outcome = evaluate(toy::architecture(2000), trial);
  REQUIRE(outcome.evaluation().has_value());
  CHECK(outcome.evaluation()->validation_accuracy > 0.8);
  CHECK(outcome.evaluation()->validation_loss < 0.8);
  CHECK(outcome.evaluation()->metrics.at("train_loss") > 0);
  CHECK(outcome.evaluation()->metrics.at("train_accuracy") > 0.5);
}

TEST_CASE("child trainer: equal trials, bit for bit, whatever the number of workers and threads") {
  const ChildTrainer evaluate(spots(160), small());
  std::vector<std::string> results;
  for (const auto& [workers, threads] : std::vector<std::pair<int, int>>{{1, 1}, {1, 3}, {2, 2}, {3, 4}}) {
    SearchOptions options = toy::options(5, workers);
    options.pool = std::make_shared<ThreadPool>(threads);
    const History found = history(evaluate, options);
    CHECK(found.count(TrialState::done) == 5);
    results.push_back(results_text(found));
  }
  for (const std::string& result : results) CHECK(result == results[0]);
}

TEST_CASE("child trainer: a trial depends on its random stream") {
  const ChildTrainer evaluate(spots(160), small());
  const auto loss = [&](std::int64_t trial, std::uint64_t seed) {
    TrialContext where = context(trial, seed);
    return evaluate(toy::architecture(2000), where).evaluation()->validation_loss;
  };
  CHECK(loss(0, 7) == loss(0, 7));
  CHECK(loss(0, 7) != loss(1, 7));
  CHECK(loss(0, 7) != loss(0, 8));
}

TEST_CASE("child trainer: a loss that is no number fails the trial") {
  ChildOptions options = small();
  options.training.learning_rate = {.initial = 1e30, .decay = LearningRate::Decay::constant};
  options.training.clip_norm = 0;
  const History found = history(ChildTrainer(spots(160), options), toy::options(2));
  for (const Trial& trial : found.trials) CHECK(trial.failure == FailureKind::not_a_number);
}

TEST_CASE("child trainer: heeds time and memory") {
  ChildOptions options = small();
  options.epochs = 100'000;
  SearchOptions limits = toy::options(2);
  limits.trial_seconds = 0.05;
  const History late = history(ChildTrainer(spots(160), options), limits);
  for (const Trial& trial : late.trials) {
    CHECK(trial.failure == FailureKind::timeout);
    CHECK(trial.seconds < 60);
  }

  limits = toy::options(2);
  limits.trial_bytes = 20'000;
  const History large = history(ChildTrainer(spots(160), small()), limits);
  for (const Trial& trial : large.trials) CHECK(trial.failure == FailureKind::out_of_memory);
}

TEST_CASE("child trainer: reports its progress") {
  const ChildTrainer evaluate(spots(160), small());
  TrialContext trial = context();
  std::int64_t last = 0;
  trial.progress = [&](const Progress& progress) {
    CHECK(progress.done == last + 1);
    CHECK(progress.total == 10);
    last = progress.done;
  };
  static_cast<void>(evaluate(toy::architecture(5), trial));
  CHECK(last == 10);
}

TEST_CASE("child trainer: the split, the network and the settings") {
  ChildOptions options = small();
  options.train_images = 70;
  options.auxiliary_head = false;
  const ImageDataset images = spots(160);
  const ChildTrainer evaluate(images, options);
  CHECK(evaluate.split().train.size() == 70);
  CHECK(evaluate.split().validation.size() == 60);
  CHECK(evaluate.normalisation() == channel_statistics(evaluate.split().train));
  CHECK(evaluate.network().classes == 3);
  CHECK(evaluate.network().input_channels == 1);
  CHECK(evaluate.counted_network().image == Size{10, 10});

  const nlohmann::json settings = evaluate.settings();
  CHECK(settings["network"]["filters"] == 4);
  CHECK(settings["network"]["cells"] == 1);
  CHECK(settings["training"]["epochs"] == 2);
  CHECK(settings["training"]["batch"] == 20);
  CHECK(settings["data"]["train_images"] == 70);
  CHECK(settings == ChildTrainer(spots(160), options).settings());
  CHECK(settings["data"]["hash"] != ChildTrainer(spots(160, 2), options).settings()["data"]["hash"]);

  const auto differs = [&](const std::function<void(ChildOptions&)>& change) {
    ChildOptions other = options;
    change(other);
    return ChildTrainer(images, other).settings() != settings;
  };
  CHECK(differs([](ChildOptions& o) { o.epochs = 3; }));
  CHECK(differs([](ChildOptions& o) { o.filters = 5; }));
  CHECK(differs([](ChildOptions& o) { o.split_seed = 5; }));
  CHECK(differs([](ChildOptions& o) { o.train_images = 71; }));
  CHECK(differs([](ChildOptions& o) { o.training.optimizer = Adam{}; }));
  CHECK(differs([](ChildOptions& o) { o.training.optimizer = RmsProp{}; }));
  CHECK(differs([](ChildOptions& o) { o.training.learning_rate.initial = 0.2; }));
  CHECK(differs([](ChildOptions& o) { o.training.learning_rate.decay = LearningRate::Decay::exponential; }));
  CHECK(differs([](ChildOptions& o) { o.training.augmentation.flip = true; }));
  CHECK(differs([](ChildOptions& o) { o.training.average_decay = 0.99; }));
  CHECK_FALSE(differs([](ChildOptions& o) { o.training.prefetch = false; }));
}

TEST_CASE("child trainer: measures other images too, which change nothing else") {
  ChildOptions options = small();
  options.also_measured = {{"held_out", ChildTrainer(spots(160), options).split().validation}, {"test", spots(40, 5)}};
  const ChildTrainer evaluate(spots(160), options);
  TrialContext trial = context();
  const Evaluation found = evaluate(toy::architecture(2000), trial).evaluation().value();
  CHECK(found.metrics.at("held_out_accuracy") == found.validation_accuracy);
  CHECK(found.metrics.at("test_accuracy") > 0.4);
  TrialContext again = context();
  const Evaluation without = ChildTrainer(spots(160), small())(toy::architecture(2000), again).evaluation().value();
  CHECK(found.validation_loss == without.validation_loss);
  CHECK_FALSE(without.metrics.contains("test_accuracy"));
  CHECK(evaluate.settings()["data"]["also_measured"]["test"]["images"] == 40);
  CHECK_FALSE(ChildTrainer(spots(160), small()).settings()["data"].contains("also_measured"));

  options.also_measured = {{"train", spots(40)}};
  CHECK_THROWS_AS(ChildTrainer(spots(160), options), ArgumentError);
  options.also_measured = {{"test", ImageDataset()}};
  CHECK_THROWS_AS(ChildTrainer(spots(160), options), DataError);
  options.also_measured = {{"test", resized(spots(40), {8, 8})}};
  CHECK_THROWS_AS(ChildTrainer(spots(160), options), DataError);
}

TEST_CASE("child trainer: a search goes on only with the same data") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(2);
  options.journal = folder / "run.jsonl";
  options.resume = true;
  static_cast<void>(history(ChildTrainer(spots(160), small()), options));
  CHECK_THROWS_MATCHES(history(ChildTrainer(spots(160, 2), small()), options), ArgumentError,
                       Catch::Matchers::MessageMatches(ContainsSubstring("evaluator.data.hash: the journal has")));
}

TEST_CASE("child trainer: options out of range are refused") {
  const ImageDataset images = spots(100);
  const auto make = [&](const std::function<void(ChildOptions&)>& change) {
    ChildOptions options = small();
    change(options);
    static_cast<void>(ChildTrainer(images, options));
  };
  CHECK_THROWS_AS(make([](ChildOptions& o) { o.validation_images = 0; }), ArgumentError);
  CHECK_THROWS_AS(make([](ChildOptions& o) { o.validation_images = 100; }), DataError);
  CHECK_THROWS_AS(make([](ChildOptions& o) { o.train_images = -1; }), ArgumentError);
  CHECK_THROWS_AS(make([](ChildOptions& o) { o.train_images = 41; }), DataError);
  CHECK_THROWS_AS(make([](ChildOptions& o) { o.epochs = 0; }), ArgumentError);
  CHECK_THROWS_AS(make([](ChildOptions& o) { o.filters = 0; }), ArgumentError);
  CHECK_THROWS_AS(make([](ChildOptions& o) { o.cells_per_stack = -1; }), ArgumentError);
  CHECK_THROWS_AS(make([](ChildOptions& o) { o.dropout_keep = 0; }), ArgumentError);
  CHECK_THROWS_AS(make([](ChildOptions& o) { o.training.checkpoint = "x"; }), ArgumentError);
  CHECK_NOTHROW(make([](ChildOptions& o) { o.train_images = 40; }));
}

TEST_CASE("child trainer: a proposal's budget is its number of epochs") {
  ChildOptions longer = small();
  longer.epochs = 3;
  const auto evaluation = [](const ChildOptions& options, std::optional<std::int64_t> budget) {
    TrialContext trial = context();
    trial.budget = budget;
    return ChildTrainer(spots(160), options)(toy::architecture(2000), trial).evaluation();
  };
  CHECK(evaluation(small(), 3) == evaluation(longer, {}));
  CHECK(evaluation(small(), 2) == evaluation(small(), {}));
  CHECK(evaluation(small(), 3) != evaluation(small(), {}));
}
