#pragma once

#include "nasnet/evaluator/child_trainer.hpp"

#include <nlohmann/json.hpp>  // json
#include <optional>           // optional
#include <string>             // string
#include <utility>            // move

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/data/augmentation.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/evaluator/detail/training_settings.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_json.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/train/evaluation.hpp"
#include "nasnet/train/trainer.hpp"
#include "nasnet/train/training_bytes.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY ChildTrainer::ChildTrainer(const ImageDataset& images, ChildOptions options)
    : options_(std::move(options)), network_(network_of(images, options_)), split_(split_of(images, options_)) {
  network_.check();
  if (options_.epochs < 1) fail<ArgumentError>("child trainer: ", options_.epochs, " epochs, 1 or more are wanted");
  if (options_.training.checkpoint) {
    fail<ArgumentError>("child trainer: trials cannot share the checkpoint '", options_.training.checkpoint->string(),
                        "'");
  }
  normalisation_ = channel_statistics(split_.train);
  image_size_ = {images.height(), images.width()};
  for (const auto& [name, others] : options_.also_measured) check_measured(name, others, images);
  data_hash_ = detail::data_hash(images);
}

NASNET_BODY std::int64_t ChildTrainer::predicted_bytes(const Candidate& candidate) const {
  return training_bytes(candidate.graph(network_), image_size_, options_.training).total();
}

NASNET_BODY Outcome ChildTrainer::operator()(const Architecture& architecture, TrialContext& trial) const {
  Model<float> model(trial.candidate_of(architecture).graph(network_), trial.random.split("child initialisation"));
  const TrainSummary training = train(trial.context, model, split_.train, train_options(trial));
  if (training.diverged) {
    return Outcome::failed(FailureKind::not_a_number,
                           join("the training loss is no finite number in epoch ", training.epochs.size() + 1));
  }
  if (!training.finished) return Evaluation{};  // the trial's time is over
  const Metrics held_out = evaluate(trial.context, model, split_.validation, normalisation_);
  Evaluation evaluation{
      .validation_accuracy = held_out.accuracy,
      .validation_loss = held_out.loss,
      .metrics = {{"train_accuracy", training.epochs.back().accuracy}, {"train_loss", training.epochs.back().loss}}};
  for (const auto& [name, images] : options_.also_measured) {
    evaluation.metrics[name + "_accuracy"] = evaluate(trial.context, model, images, normalisation_).accuracy;
  }
  return evaluation;
}

NASNET_BODY JsonValue ChildTrainer::settings() const {
  TrainOptions training = options_.training;
  training.epochs = options_.epochs;
  nlohmann::json json = nlohmann::json::object();
  json["name"] = "child_trainer";
  json["data"] = {{"hash", hex_text(data_hash_)},
                  {"train_images", split_.train.size()},
                  {"validation_images", split_.validation.size()},
                  {"split_seed", options_.split_seed}};
  for (const auto& [name, images] : options_.also_measured) {
    json["data"]["also_measured"][name] = {{"hash", hex_text(detail::data_hash(images))}, {"images", images.size()}};
  }
  json["network"] = network_json(network_);
  json["training"] = detail::training_json(training);
  return json;
}

NASNET_BODY void ChildTrainer::check_measured(const std::string& name, const ImageDataset& others,
                                              const ImageDataset& images) {
  if (name == "train") fail<ArgumentError>("child trainer: further images to measure cannot be named 'train'");
  if (others.empty()) fail<DataError>("child trainer: there are no ", name, " images to measure");
  static_cast<void>(detail::matched(images, others));
  if (others.classes() > images.classes()) {
    fail<DataError>("'", others.name(), "' has ", others.classes(), " classes, '", images.name(), "' has ",
                    images.classes());
  }
}

NASNET_BODY NetworkConfig ChildTrainer::network_of(const ImageDataset& images, const ChildOptions& options) {
  NetworkConfig config = options.stem == Stem::imagenet ? NetworkConfig::imagenet() : NetworkConfig{};
  config.input_channels = images.channels();
  config.classes = images.classes();
  config.cells_per_stack = options.cells_per_stack;
  config.filters = options.filters;
  config.dropout_keep = options.dropout_keep;
  if (options.auxiliary_head) config.image_size = Size{images.height(), images.width()};
  return config;
}

NASNET_BODY TrainingSplit ChildTrainer::split_of(const ImageDataset& images, const ChildOptions& options) {
  if (options.validation_images < 1) {
    fail<ArgumentError>("child trainer: ", options.validation_images, " validation images, 1 or more are wanted");
  }
  if (options.train_images < 0) {
    fail<ArgumentError>("child trainer: ", options.train_images, " images to train on, 0 (all) or more are wanted");
  }
  TrainingSplit split = nasnet::split(images, options.validation_images, options.split_seed);
  if (options.train_images > split.train.size()) {
    fail<DataError>("'", images.name(), "': ", options.train_images, " images to train on and ",
                    options.validation_images, " validation images were asked for, it has ", images.size());
  }
  if (options.train_images > 0) split.train = split.train.first(options.train_images);
  return split;
}

NASNET_BODY TrainOptions ChildTrainer::train_options(const TrialContext& trial) const {
  TrainOptions options = options_.training;
  options.epochs = trial.budget.value_or(options_.epochs);
  options.normalisation = normalisation_;
  options.seed = trial.random.split("child training")();
  options.progress = trial.progress;
  options.should_stop = [&trial] { return trial.is_over(); };
  return options;
}

NASNET_BODY ChildTrainer::ChildTrainer(const ImageData& data, ChildOptions options)
    : ChildTrainer(data.train, std::move(options)) {}

NASNET_BODY CountedNetwork ChildTrainer::counted_network() const { return {network_, image_size_}; }

}  // namespace nasnet::inline NASNET_ABI
