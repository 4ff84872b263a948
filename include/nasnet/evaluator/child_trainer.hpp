/// The evaluator of the paper: trains the network of an architecture and says how well it does on images held out.
#pragma once

#include <cstdint>  // int64_t, uint64_t
#include <map>      // map
#include <string>   // string
#include <utility>  // move

#include "nasnet/core/json_value.hpp"
#include "nasnet/data/augmentation.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/train/trainer.hpp"

namespace nasnet::inline NASNET_ABI {

/// How child networks are made and trained. Defaults are the paper's where it states them (Zoph et al., CVPR 2018,
/// section 4 and appendix); the filters are a choice.
struct ChildOptions {
  Stem stem = Stem::cifar;
  std::int64_t cells_per_stack = 2;  ///< N
  std::int64_t filters = 32;         ///< F
  bool auxiliary_head = false;
  double dropout_keep = 1.0;  ///< before the last dense layer

  std::int64_t epochs = 20;
  std::int64_t train_images = 0;          ///< 0: all that are not held out
  std::int64_t validation_images = 5000;  ///< held out
  std::uint64_t split_seed = 0;           ///< which images are held out: the same in all trials

  /// More images that each trained network is measured on, by name: of "test" the metric "test_accuracy". No result of
  /// the search depends on them.
  std::map<std::string, ImageDataset> also_measured{};

  /// The rest. Its epochs, seed, normalisation, progress and should_stop are set for each trial.
  TrainOptions training{};
};

/// Trains a fresh network for each architecture, then measures it on the images held out. Initial parameters, the order
/// of the images and all else that is random depend on the trial's random stream alone. A proposal with a budget is
/// trained for so many epochs, with the learning rate's whole course.
class ChildTrainer {
 public:
  /// @param images to divide into those that train and those held out
  /// @throws DataError where there are too few images, ArgumentError for options out of range.
  NASNET_LAZY explicit ChildTrainer(const ImageDataset& images, ChildOptions options = {});

  /// The test images are not looked at.
  NASNET_LAZY explicit ChildTrainer(const ImageData& data, ChildOptions options = {});

  [[nodiscard]] const ChildOptions& options() const { return options_; }

  /// The images that train, in the number asked for, and those held out.
  [[nodiscard]] const TrainingSplit& split() const { return split_; }

  /// Mean and deviation of the images that train.
  [[nodiscard]] const ChannelStatistics& normalisation() const { return normalisation_; }

  /// The network around an architecture.
  [[nodiscard]] const NetworkConfig& network() const { return network_; }

  NASNET_LAZY [[nodiscard]] CountedNetwork counted_network() const;

  /// See training_bytes().
  NASNET_LAZY [[nodiscard]] std::int64_t predicted_bytes(const Candidate& candidate) const;

  NASNET_LAZY [[nodiscard]] Outcome operator()(const Architecture& architecture, TrialContext& trial) const;

  /// Which data, network and training. The data are known by their contents, not by where they lie.
  NASNET_LAZY [[nodiscard]] JsonValue settings() const;

 private:
  NASNET_LAZY static void check_measured(const std::string& name, const ImageDataset& others,
                                         const ImageDataset& images);

  NASNET_LAZY [[nodiscard]] static NetworkConfig network_of(const ImageDataset& images, const ChildOptions& options);

  NASNET_LAZY [[nodiscard]] static TrainingSplit split_of(const ImageDataset& images, const ChildOptions& options);

  NASNET_LAZY [[nodiscard]] TrainOptions train_options(const TrialContext& trial) const;

  ChildOptions options_;
  NetworkConfig network_;
  TrainingSplit split_;
  ChannelStatistics normalisation_;
  Size image_size_{};
  std::uint64_t data_hash_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/evaluator/child_trainer.ipp"
#endif
