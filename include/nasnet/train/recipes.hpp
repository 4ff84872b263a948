/// The published trainings as data. Each constant is that of the source named beside it; where a publication is silent
/// the comment says whose choice it is.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/graph/network_config.hpp"
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

/// CIFAR-10 networks (paper's section 4.1 and appendix; the constants of TF-slim's notes): 600 epochs of batches of 32,
/// a cosine from 0.025 to 0, momentum 0.9, ScheduledDropPath to 0.6. Momentum is plain: no source says Nesterov. Images
/// are moved in a frame of 4 black pixels and flipped, as the released code does.
/// @param cutout as the best published rows add it, a square of 16 pixels (the side is DeVries and Taylor's)
NASNET_LAZY [[nodiscard]] Recipe cifar_recipe(bool cutout = false);

/// NASNet-A large on ImageNet: 100 replicas of 16 images. The paper's Inception augmentation is left out but for its
/// flip, by this library's choice: accuracies will be lower than the published ones without it. The other ImageNet
/// recipes are the same in this.
NASNET_LAZY [[nodiscard]] Recipe imagenet_large_recipe();

/// NASNet-A mobile on ImageNet: 50 replicas of 32 images, no drop path.
NASNET_LAZY [[nodiscard]] Recipe imagenet_mobile_recipe();

/// PNASNet-5 large: as NASNet-A large, with its own weight decay and drop path (TF-slim, nets/nasnet/pnasnet).
NASNET_LAZY [[nodiscard]] Recipe pnasnet_large_recipe();

/// The child networks of the search (paper's appendix): exactly 20 epochs on 45,000 images, 5,000 others judge. The
/// paper enlarges images to 40x40 before a random crop. Batch, learning rate and weight decay are not stated; those of
/// cifar_recipe stand in.
NASNET_LAZY [[nodiscard]] Recipe proxy_recipe();

/// The validation images that the search holds out of CIFAR's training images (paper's appendix).
inline constexpr std::int64_t proxy_validation_images = 5'000;

/// The child networks' size (paper's appendix): N = 2. F is not stated; 32 is common among those who repeat the search.
NASNET_LAZY [[nodiscard]] NetworkConfig proxy_network();

/// Fine-tuning with batch norms left as they are, as detection does with a trained network: no drop path, statistics
/// and learning rate of the released detection configurations (momentum 0.9, clipping at 10, 3e-4).
NASNET_LAZY [[nodiscard]] Recipe fine_tuning_recipe();

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/train/recipes.ipp"
#endif
