/// The published trainings as data. Each constant is that of the source named beside it; where a publication is silent
/// the comment says whose choice it is.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/data/augmentation.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/train/learning_rate.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/trainer.hpp"

namespace nasnet::inline NASNET_ABI {

/// A training as it was published.
///
/// `training` is for one process: its batch and its learning rate are those of all replicas together, as synchronous
/// replicas add up. Fill in `normalisation`, `seed` and the rest as for any training.
struct Recipe {
  std::string_view source;
  TrainOptions training;
  std::int64_t replicas = 1;        ///< that took part in each step
  std::int64_t replica_batch = 32;  ///< images of one replica
  std::int64_t steps = 0;           ///< that ScheduledDropPath and `epochs` are meant for
};

namespace detail {

inline constexpr double cifar_training_images = 50'000;
inline constexpr double imagenet_training_images = 1'281'167;

/// What the ImageNet networks have in common. Of the published Inception augmentation (random crops of any aspect,
/// colours) this library has the flip alone: who trains on ImageNet adds the rest to the images.
[[nodiscard]] inline Recipe imagenet_recipe(std::int64_t replicas, std::int64_t replica_batch, double replica_rate) {
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

}  // namespace detail

/// CIFAR-10 networks (paper's section 4.1 and appendix; the constants of TF-slim's notes): 600 epochs of batches of 32,
/// a cosine from 0.025 to 0, momentum 0.9, ScheduledDropPath to 0.6. Momentum is plain: no source says Nesterov. Images
/// are moved in a frame of 4 black pixels and flipped, as the released code does.
/// @param cutout as the best published rows add it, a square of 16 pixels (the side is DeVries and Taylor's)
[[nodiscard]] inline Recipe cifar_recipe(bool cutout = false) {
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

/// NASNet-A large on ImageNet: 100 replicas of 16 images. The paper's Inception augmentation is left out but for its
/// flip, by this library's choice: accuracies will be lower than the published ones without it. The other ImageNet
/// recipes are the same in this.
[[nodiscard]] inline Recipe imagenet_large_recipe() {
  Recipe recipe = detail::imagenet_recipe(100, 16, 0.015);
  std::get<RmsProp>(recipe.training.optimizer).weight_decay = 5e-5;
  recipe.training.drop_path_keep = 0.7;
  return recipe;
}

/// NASNet-A mobile on ImageNet: 50 replicas of 32 images, no drop path.
[[nodiscard]] inline Recipe imagenet_mobile_recipe() {
  Recipe recipe = detail::imagenet_recipe(50, 32, 0.04);
  std::get<RmsProp>(recipe.training.optimizer).weight_decay = 4e-5;
  return recipe;
}

/// PNASNet-5 large: as NASNet-A large, with its own weight decay and drop path (TF-slim, nets/nasnet/pnasnet).
[[nodiscard]] inline Recipe pnasnet_large_recipe() {
  Recipe recipe = imagenet_large_recipe();
  recipe.source = "TF-slim, nets/nasnet/pnasnet";
  std::get<RmsProp>(recipe.training.optimizer).weight_decay = 4e-5;
  recipe.training.drop_path_keep = 0.6;
  return recipe;
}

/// The child networks of the search (paper's appendix): exactly 20 epochs on 45,000 images, 5,000 others judge. The
/// paper enlarges images to 40x40 before a random crop. Batch, learning rate and weight decay are not stated; those of
/// cifar_recipe stand in.
[[nodiscard]] inline Recipe proxy_recipe() {
  Recipe recipe = cifar_recipe();
  recipe.source = "Zoph et al. (2018), appendix A";
  recipe.training.epochs = 20;
  recipe.training.drop_path_keep = 1;
  recipe.training.augmentation = {.enlarge = 8, .flip = true};
  recipe.steps = 20 * 45'000 / 32;
  return recipe;
}

/// The validation images that the search holds out of CIFAR's training images (paper's appendix).
inline constexpr std::int64_t proxy_validation_images = 5'000;

/// The child networks' size (paper's appendix): N = 2. F is not stated; 32 is common among those who repeat the search.
[[nodiscard]] inline NetworkConfig proxy_network() {
  NetworkConfig config;
  config.cells_per_stack = 2;
  config.filters = 32;
  return config;
}

/// Fine-tuning with batch norms left as they are, as detection does with a trained network: no drop path, statistics
/// and learning rate of the released detection configurations (momentum 0.9, clipping at 10, 3e-4).
[[nodiscard]] inline Recipe fine_tuning_recipe() {
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
