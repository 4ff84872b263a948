#pragma once

#include "nasnet/train/trainer.hpp"

#include <algorithm>  // all_of
#include <cmath>      // isfinite
#include <cstdint>    // int64_t, uint64_t
#include <optional>   // optional
#include <string>     // string
#include <utility>    // as_const, move

#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/steady_time.hpp"
#include "nasnet/data/loader.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/train/checkpoint.hpp"
#include "nasnet/train/learning_rate.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/parameter_average.hpp"
#include "nasnet/train/train_step.hpp"
#include "nasnet/train/training_record.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The state of one training.
NASNET_LAZY class Training {
 public:
  Training(Context& context, Model<float>& model, const ImageDataset& dataset, const TrainOptions& options)
      : context_(context),
        model_(model),
        options_(options),
        optimizer_(options.optimizer, trainable_parameters(model)),
        images_(dataset.size()),
        begin_(SteadyTime::now()) {
    check(dataset);
    if (options.average_decay) average_.emplace(*options.average_decay, std::as_const(model).parameters());
    resume();
    if (position_.epoch >= options.epochs) return;
    loader_.emplace(dataset,
                    LoaderOptions{.batch = options.batch,
                                  .seed = options.seed,
                                  .drop_last = dataset.size() > options.batch,
                                  .prefetch = options.prefetch,
                                  .augmentation = options.augmentation,
                                  .normalisation = options.normalisation,
                                  .allocator = context.allocator()},
                    position_);
  }

  [[nodiscard]] TrainSummary run() {
    while (position_.epoch < options_.epochs && !summary_.diverged) {
      if (!run_epoch()) return std::move(summary_);
      save();
    }
    if (average_) average_->swap(model_.parameters());
    summary_.finished = !summary_.diverged;
    return std::move(summary_);
  }

 private:
  void check(const ImageDataset& dataset) const {
    if (options_.epochs < 0) fail<ArgumentError>("training: ", options_.epochs, " epochs, 0 or more are wanted");
    if (options_.batch < 1)
      fail<ArgumentError>("training: batches of ", options_.batch, " images, 1 or more are wanted");
    if (!(options_.drop_path_keep > 0 && options_.drop_path_keep <= 1)) {
      fail<ArgumentError>("training: drop path keeps ", options_.drop_path_keep, ", wanted above 0 and at most 1");
    }
    const std::int64_t classes = model_.graph().channels_of(model_.graph().output);
    if (dataset.classes() > classes) {
      fail<DataError>("'", dataset.name(), "' has ", dataset.classes(), " classes, the network tells ", classes,
                      " apart");
    }
  }

  // False when the training is to end.
  [[nodiscard]] bool run_epoch() {
    double loss = 0;
    double correct = 0;
    double images = 0;
    for (std::int64_t step = 0; step < loader_->batches_per_epoch(); ++step) {
      if (options_.should_stop && options_.should_stop()) return false;
      Batch batch = loader_->next();
      const auto count = static_cast<double>(batch.labels.size());
      const StepResult result = run_step(std::move(batch));
      if (!std::isfinite(result.loss)) {
        summary_.diverged = true;
        return true;
      }
      loss += result.loss * count;
      correct += static_cast<double>(result.correct);
      images += count;
      report(result.loss);
    }
    summary_.epochs.push_back({.loss = loss / images, .accuracy = correct / images});
    summary_.diverged = !parameters_are_finite();  // what the last step did, no loss has seen
    position_ = {position_.epoch + 1, 0};
    return true;
  }

  [[nodiscard]] bool parameters_are_finite() const {
    const auto finite = [](float value) { return std::isfinite(value); };
    const auto& parameters = std::as_const(model_).parameters();
    return std::all_of(parameters.begin(), parameters.end(), [&](const Variable<float>& parameter) {
      const auto values = parameter.value().values();
      return std::all_of(values.begin(), values.end(), finite);
    });
  }

  [[nodiscard]] StepResult run_step(Batch batch) {
    const auto step = static_cast<std::uint64_t>(optimizer_.steps());
    const std::int64_t steps_per_epoch = loader_->batches_per_epoch();
    const double epoch = static_cast<double>(step) / static_cast<double>(steps_per_epoch);
    const auto epochs = static_cast<double>(options_.epochs);
    const RunOptions run{
        .mode = options_.mode,
        .random = RandomStream(options_.seed).split("train.step", step),
        .drop_path_keep = options_.drop_path_keep,
        .drop_path_progress = static_cast<double>(step) / static_cast<double>(steps_per_epoch * options_.epochs)};
    const StepResult result =
        train_step(context_, model_, optimizer_, std::move(batch.images), batch.labels,
                   options_.learning_rate.at(epoch, epochs), run, options_.loss, options_.clip_norm);
    if (average_) average_->update(std::as_const(model_).parameters());
    return result;
  }

  void report(double loss) const {
    if (!options_.progress) return;
    options_.progress({.task = "training",
                       .done = optimizer_.steps() - resumed_steps_,
                       .total = loader_->batches_per_epoch() * options_.epochs - resumed_steps_,
                       .seconds = SteadyTime::now() - begin_,
                       .detail = join("loss ", loss)});
  }

  [[nodiscard]] TrainingState state() { return {model_, optimizer_, average_, position_, summary_.epochs}; }

  void save() {
    if (options_.checkpoint && !summary_.diverged) save_checkpoint(*options_.checkpoint, state(), fingerprint());
  }

  void resume() {
    if (!options_.checkpoint || !file_exists(*options_.checkpoint)) return;
    TrainingState resumed = state();
    load_checkpoint(*options_.checkpoint, resumed, fingerprint());
    resumed_steps_ = optimizer_.steps();
  }

  /// What must be equal for a checkpoint to be of this training.
  [[nodiscard]] std::string fingerprint() const { return checkpoint_text(training_record(options_, images_)); }

  Context& context_;
  Model<float>& model_;
  const TrainOptions& options_;
  Optimizer<float> optimizer_;
  std::optional<ParameterAverage<float>> average_;
  std::optional<BatchLoader> loader_;
  BatchPosition position_;
  std::int64_t resumed_steps_ = 0;
  std::int64_t images_;
  TrainSummary summary_;
  SteadyTime begin_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY TrainSummary train(Context& context, Model<float>& model, const ImageDataset& dataset,
                               const TrainOptions& options) {
  return detail::Training(context, model, dataset, options).run();
}

}  // namespace nasnet::inline NASNET_ABI
