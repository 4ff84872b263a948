// What the files in files/ were made of: by make_files.cpp, with the version of the library that README.md names, and
// what the tests go on with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include "nasnet/data/dataset.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/train/trainer.hpp"

namespace earlier_files {

/// Bright halves on noise: the class is the half.
inline nasnet::ImageDataset images(std::int64_t count) {
  constexpr std::int64_t side = 8;
  nasnet::RandomStream random(5);
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> labels;
  for (std::int64_t n = 0; n < count; ++n) {
    const auto label = static_cast<std::int32_t>(random.below(2));
    labels.push_back(label);
    for (std::int64_t pixel = 0; pixel < side * side; ++pixel) {
      const bool is_bright = pixel / side / 4 == label;
      pixels.push_back(static_cast<std::uint8_t>(random.below(100) + (is_bright ? 120 : 0)));
    }
  }
  return {"halves", {count, side, side, 1}, std::move(pixels), std::move(labels), 2};
}

inline nasnet::NetworkConfig config() {
  nasnet::NetworkConfig config;
  config.cells_per_stack = 1;
  config.filters = 2;
  config.classes = 2;
  config.input_channels = 1;
  return config;
}

inline nasnet::Architecture architecture() { return nasnet::published_architecture("darts-v1"); }

inline nasnet::NetworkGraph graph() { return nasnet::build_network(architecture(), nasnet::AllOps::table(), config()); }

/// Four epochs, of which the checkpoint has two. Options are off their defaults.
inline nasnet::TrainOptions training(std::filesystem::path checkpoint) {
  nasnet::TrainOptions options;
  options.epochs = 4;
  options.batch = 8;
  options.optimizer = nasnet::RmsProp{.decay = 0.8, .momentum = 0.7, .epsilon = 0.5, .weight_decay = 1e-4};
  options.learning_rate = {.initial = 0.01,
                           .decay = nasnet::LearningRate::Decay::exponential,
                           .factor = 0.9,
                           .epochs_per_decay = 1.5,
                           .staircase = false,
                           .warm_up_epochs = 0.5};
  options.clip_norm = 3.5;
  options.loss = {.label_smoothing = 0.1, .auxiliary_weight = 0.3};
  options.drop_path_keep = 0.9;
  options.average_decay = 0.99;
  options.augmentation = {.pad = 1, .flip = true, .cutout = 2};
  options.normalisation = {.mean = {0.25F}, .deviation = {0.5F}};
  options.seed = 18'446'744'073'709'551'615U;
  options.checkpoint = std::move(checkpoint);
  return options;
}

inline constexpr std::int64_t training_images = 20;
inline constexpr std::int64_t epochs_in_checkpoint = 2;

inline constexpr std::int64_t trials_in_journal = 5;
inline constexpr std::int64_t population = 3;

}  // namespace earlier_files
