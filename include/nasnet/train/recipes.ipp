#pragma once

#include "nasnet/train/recipes.hpp"

#include <cstdint>  // int64_t

#include "nasnet/data/augmentation.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/train/learning_rate.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/trainer.hpp"

namespace nasnet::inline NASNET_ABI::detail {

inline constexpr double cifar_training_images = 50'000;

inline constexpr double imagenet_training_images = 1'281'167;

/// What the ImageNet networks have in common. Of the published Inception augmentation (random crops of any aspect,
/// colours) this library has the flip alone: who trains on ImageNet adds the rest to the images.
NASNET_LAZY [[nodiscard]] inline Recipe imagenet_recipe(std::int64_t replicas, std::int64_t replica_batch,
                                                        double replica_rate) {
  Recipe recipe{.source = "TF-slim, nets/nasnet, and the paper's appendix",
                .training = {},
                .replicas = replicas,
                .replica_batch = replica_batch,
                .steps = 250'000};
  TrainOptions& training = recipe.training;
  training.batch = replicas * replica_batch;
  training.epochs =
      static_cast<std::int64_t>(static_cast<double>(recipe.steps * training.batch) / imagenet_training_images);
  training.optimizer = RmsProp{.decay = 0.9, .momentum = 0.9, .epsilon = 1.0, .weight_decay = 0};
  training.learning_rate = {.initial = replica_rate * static_cast<double>(replicas),
                            .decay = LearningRate::Decay::exponential,
                            .factor = 0.97,
                            .epochs_per_decay = 2.4};
  training.clip_norm = 10;
  training.loss = {.label_smoothing = 0.1, .auxiliary_weight = 0.4};
  training.average_decay = 0.9999;
  training.augmentation = {.flip = true};  // the part of Inception's that there is
  return recipe;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Recipe cifar_recipe(bool cutout) {
  Recipe recipe{.source = "Zoph et al. (2018), section 4.1; TF-slim, nets/nasnet",
                .training = {},
                .replicas = 1,
                .replica_batch = 32,
                .steps = 937'500};
  TrainOptions& training = recipe.training;
  training.batch = 32;
  training.epochs = 600;
  training.optimizer = Sgd{.momentum = 0.9, .nesterov = false, .weight_decay = 5e-4};
  training.learning_rate = {.initial = 0.025, .decay = LearningRate::Decay::cosine};
  training.clip_norm = 5;
  training.loss = {.label_smoothing = 0, .auxiliary_weight = 0.4};
  training.drop_path_keep = 0.6;
  training.augmentation = {.pad = 4, .flip = true, .cutout = cutout ? 16 : 0};
  return recipe;
}

NASNET_BODY Recipe imagenet_large_recipe() {
  Recipe recipe = detail::imagenet_recipe(100, 16, 0.015);
  std::get<RmsProp>(recipe.training.optimizer).weight_decay = 5e-5;
  recipe.training.drop_path_keep = 0.7;
  return recipe;
}

NASNET_BODY Recipe imagenet_mobile_recipe() {
  Recipe recipe = detail::imagenet_recipe(50, 32, 0.04);
  std::get<RmsProp>(recipe.training.optimizer).weight_decay = 4e-5;
  return recipe;
}

NASNET_BODY Recipe pnasnet_large_recipe() {
  Recipe recipe = imagenet_large_recipe();
  recipe.source = "TF-slim, nets/nasnet/pnasnet";
  std::get<RmsProp>(recipe.training.optimizer).weight_decay = 4e-5;
  recipe.training.drop_path_keep = 0.6;
  return recipe;
}

NASNET_BODY Recipe proxy_recipe() {
  Recipe recipe = cifar_recipe();
  recipe.source = "Zoph et al. (2018), appendix A";
  recipe.training.epochs = 20;
  recipe.training.drop_path_keep = 1;
  recipe.training.augmentation = {.enlarge = 8, .flip = true};
  recipe.steps = 20 * 45'000 / 32;
  return recipe;
}

NASNET_BODY NetworkConfig proxy_network() {
  NetworkConfig config;
  config.cells_per_stack = 2;
  config.filters = 32;
  return config;
}

NASNET_BODY Recipe fine_tuning_recipe() {
  Recipe recipe{.source = "TensorFlow object detection, faster_rcnn_nas",
                .training = {},
                .replicas = 1,
                .replica_batch = 1,
                .steps = 0};
  TrainOptions& training = recipe.training;
  training.mode = Mode::frozen;
  training.optimizer = Sgd{.momentum = 0.9, .nesterov = false, .weight_decay = 0};
  training.learning_rate = {.initial = 3e-4, .decay = LearningRate::Decay::constant};
  training.clip_norm = 10;
  return recipe;
}

}  // namespace nasnet::inline NASNET_ABI
