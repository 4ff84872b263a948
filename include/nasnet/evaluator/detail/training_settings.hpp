/// What a training depends on, as JSON, for the journal.
#pragma once

#include <cstddef>            // byte, size_t
#include <cstdint>            // int32_t, int64_t, uint64_t, uint8_t
#include <nlohmann/json.hpp>  // json
#include <span>               // as_bytes, span
#include <variant>            // visit

#include "nasnet/data/augmentation.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/train/learning_rate.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/train_step.hpp"
#include "nasnet/train/trainer.hpp"

namespace nasnet::inline NASNET_ABI::detail {

[[nodiscard]] inline nlohmann::json optimizer_json(const Sgd& rule) {
  return {
      {"name", "sgd"}, {"momentum", rule.momentum}, {"nesterov", rule.nesterov}, {"weight_decay", rule.weight_decay}};
}

[[nodiscard]] inline nlohmann::json optimizer_json(const RmsProp& rule) {
  return {{"name", "rmsprop"},
          {"decay", rule.decay},
          {"momentum", rule.momentum},
          {"epsilon", rule.epsilon},
          {"weight_decay", rule.weight_decay}};
}

[[nodiscard]] inline nlohmann::json optimizer_json(const Adam& rule) {
  return {{"name", "adam"},
          {"beta1", rule.beta1},
          {"beta2", rule.beta2},
          {"epsilon", rule.epsilon},
          {"weight_decay", rule.weight_decay}};
}

NASNET_LAZY [[nodiscard]] inline nlohmann::json learning_rate_json(const LearningRate& rate) {
  nlohmann::json json{{"initial", rate.initial}, {"warm_up_epochs", rate.warm_up_epochs}};
  switch (rate.decay) {
    case LearningRate::Decay::constant: json["decay"] = "constant"; break;
    case LearningRate::Decay::cosine: json["decay"] = "cosine"; break;
    case LearningRate::Decay::exponential:
      json["decay"] = "exponential";
      json["factor"] = rate.factor;
      json["epochs_per_decay"] = rate.epochs_per_decay;
      json["staircase"] = rate.staircase;
      break;
  }
  return json;
}

[[nodiscard]] inline nlohmann::json augmentation_json(const Augmentation& augmentation) {
  return {{"pad", augmentation.pad},
          {"enlarge", augmentation.enlarge},
          {"flip", augmentation.flip},
          {"cutout", augmentation.cutout}};
}

/// Seed, normalisation and what changes no result are left out.
NASNET_LAZY [[nodiscard]] inline nlohmann::json training_json(const TrainOptions& options) {
  nlohmann::json json = nlohmann::json::object();
  json["epochs"] = options.epochs;
  json["batch"] = options.batch;
  json["optimizer"] = std::visit([](const auto& rule) { return optimizer_json(rule); }, options.optimizer);
  json["learning_rate"] = learning_rate_json(options.learning_rate);
  json["clip_norm"] = options.clip_norm;
  json["label_smoothing"] = options.loss.label_smoothing;
  json["auxiliary_weight"] = options.loss.auxiliary_weight;
  json["drop_path_keep"] = options.drop_path_keep;
  if (options.average_decay) json["average_decay"] = *options.average_decay;
  json["frozen_batch_norm"] = options.mode == Mode::frozen;
  json["augmentation"] = augmentation_json(options.augmentation);
  return json;
}

/// A hash of the pixels and labels, wherever they come from (FNV-1a, 64 bits).
NASNET_LAZY [[nodiscard]] inline std::uint64_t data_hash(const ImageDataset& images) {
  std::uint64_t hash = text_hash(images.shape().to_string());
  const auto add = [&hash](std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3U;
  };
  for (std::int64_t index = 0; index < images.size(); ++index) {
    add(std::as_bytes(images.pixels<std::uint8_t>(index)));
    add(std::as_bytes(images.pixels<float>(index)));
    hash = (hash ^ static_cast<std::uint64_t>(images.label(index))) * 0x100000001b3U;
  }
  return hash;
}

}  // namespace nasnet::inline NASNET_ABI::detail
