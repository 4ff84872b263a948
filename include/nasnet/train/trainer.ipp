#pragma once

#include "nasnet/train/trainer.hpp"

#include <algorithm>   // all_of
#include <array>       // array
#include <chrono>      // duration, steady_clock
#include <cmath>       // isfinite
#include <cstddef>     // size_t
#include <cstdint>     // int64_t, uint64_t
#include <cstdio>      // snprintf
#include <filesystem>  // path, exists
#include <string>      // string
#include <utility>     // move
#include <variant>     // visit

#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/data/loader.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/train/checkpoint.hpp"
#include "nasnet/train/evaluation.hpp"
#include "nasnet/train/learning_rate.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/train_step.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A name and numbers, without loss.
template <class... Numbers>
[[nodiscard]] std::string exact_text(const char* name, const Numbers&... numbers) {
  std::string text = name;
  const auto append = [&](double number) {
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), " %.17g", number);
    text.append(digits.data());
  };
  (append(static_cast<double>(numbers)), ...);
  return text;
}

NASNET_LAZY [[nodiscard]] inline std::string exact_text(const Sgd& rule) {
  return exact_text("sgd", rule.momentum, rule.nesterov, rule.weight_decay);
}

NASNET_LAZY [[nodiscard]] inline std::string exact_text(const RmsProp& rule) {
  return exact_text("rmsprop", rule.decay, rule.momentum, rule.epsilon, rule.weight_decay);
}

NASNET_LAZY [[nodiscard]] inline std::string exact_text(const Adam& rule) {
  return exact_text("adam", rule.beta1, rule.beta2, rule.epsilon, rule.weight_decay);
}

NASNET_LAZY [[nodiscard]] inline std::string exact_text(const LearningRate& rate) {
  return exact_text("learning rate", rate.initial, static_cast<int>(rate.decay), rate.factor, rate.epochs_per_decay,
                    rate.staircase, rate.warm_up_epochs);
}

NASNET_LAZY [[nodiscard]] inline std::string exact_text(const Augmentation& changes) {
  return exact_text("augmentation", changes.pad, changes.enlarge, changes.flip, changes.cutout);
}

NASNET_LAZY [[nodiscard]] inline std::string exact_text(const ChannelStatistics& statistics) {
  std::string text = "normalisation";
  for (const float mean : statistics.mean) text += exact_text("", mean);
  for (const float deviation : statistics.deviation) text += exact_text("", deviation);
  return text;
}

NASNET_BODY Training::Training(Context& context, Model<float>& model, const ImageDataset& dataset,
                               const TrainOptions& options)
    : context_(context),
      model_(model),
      options_(options),
      optimizer_(options.optimizer, trainable_parameters(model)),
      images_(dataset.size()),
      begin_(std::chrono::steady_clock::now()) {
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

NASNET_BODY TrainSummary Training::run() {
  while (position_.epoch < options_.epochs && !summary_.diverged) {
    if (!run_epoch()) return std::move(summary_);
    save();
  }
  if (average_) average_->swap(model_.parameters());
  summary_.finished = !summary_.diverged;
  return std::move(summary_);
}

NASNET_BODY void Training::check(const ImageDataset& dataset) const {
  if (options_.epochs < 0) fail<ArgumentError>("training: ", options_.epochs, " epochs, 0 or more are wanted");
  if (options_.batch < 1) fail<ArgumentError>("training: batches of ", options_.batch, " images, 1 or more are wanted");
  if (!(options_.drop_path_keep > 0 && options_.drop_path_keep <= 1)) {
    fail<ArgumentError>("training: drop path keeps ", options_.drop_path_keep, ", wanted above 0 and at most 1");
  }
  const std::int64_t classes = model_.graph().channels_of(model_.graph().output);
  if (dataset.classes() > classes) {
    fail<DataError>("'", dataset.name(), "' has ", dataset.classes(), " classes, the network tells ", classes,
                    " apart");
  }
}

NASNET_BODY bool Training::run_epoch() {
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

NASNET_BODY bool Training::parameters_are_finite() const {
  const auto finite = [](float value) { return std::isfinite(value); };
  const auto& parameters = std::as_const(model_).parameters();
  return std::all_of(parameters.begin(), parameters.end(), [&](const Variable<float>& parameter) {
    const auto values = parameter.value().values();
    return std::all_of(values.begin(), values.end(), finite);
  });
}

NASNET_BODY StepResult Training::run_step(Batch batch) {
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

NASNET_BODY void Training::report(double loss) const {
  if (!options_.progress) return;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
  options_.progress({.task = "training",
                     .done = optimizer_.steps() - resumed_steps_,
                     .total = loader_->batches_per_epoch() * options_.epochs - resumed_steps_,
                     .seconds = elapsed.count(),
                     .detail = join("loss ", loss)});
}

NASNET_BODY void Training::save() {
  if (options_.checkpoint && !summary_.diverged) save_checkpoint(*options_.checkpoint, state(), fingerprint());
}

NASNET_BODY void Training::resume() {
  if (!options_.checkpoint || !std::filesystem::exists(*options_.checkpoint)) return;
  TrainingState resumed = state();
  load_checkpoint(*options_.checkpoint, resumed, fingerprint());
  resumed_steps_ = optimizer_.steps();
}

NASNET_BODY std::string Training::fingerprint() const {
  const TrainOptions& o = options_;
  return join("epochs ", o.epochs, ", batch ", o.batch, ", seed ", o.seed, ", images ", images_, ", ",
              std::visit([](const auto& rule) { return exact_text(rule); }, o.optimizer), ", ",
              exact_text(o.learning_rate), ", ", exact_text("clip", o.clip_norm), ", ",
              exact_text("loss", o.loss.label_smoothing, o.loss.auxiliary_weight), ", ",
              exact_text("drop path", o.drop_path_keep), ", ", exact_text("average", o.average_decay.value_or(0)), ", ",
              exact_text("mode", static_cast<int>(o.mode)), ", ", exact_text(o.augmentation), ", ",
              exact_text(o.normalisation));
}

}  // namespace nasnet::inline NASNET_ABI::detail
