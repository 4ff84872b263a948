/// Training of a model on a dataset, epoch after epoch, with checkpoints that continue bit for bit.
#pragma once

#include <cstdint>     // int64_t, uint64_t
#include <functional>  // function
#include <optional>    // optional
#include <vector>      // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/core/progress.hpp"
#include "nasnet/data/augmentation.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/train/learning_rate.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/train_step.hpp"

namespace nasnet::inline NASNET_ABI {

/// How to train. The defaults are those of the paper's child networks where it states them (section 4, appendix):
/// Nesterov momentum, cosine learning rate over the whole training.
struct TrainOptions {
  std::int64_t epochs = 20;
  std::int64_t batch = 64;
  OptimizerRule optimizer = Sgd{.momentum = 0.9, .nesterov = true, .weight_decay = 5e-4};
  LearningRate learning_rate{};
  double clip_norm = 5.0;  ///< largest global norm of the gradients; 0: no clipping
  LossOptions loss{};
  double drop_path_keep = 1.0;  ///< of the last cell at the end of training; 1: off (paper: ScheduledDropPath)
  std::optional<double>
      average_decay{};      ///< of a moving average of the parameters, which then replaces them at the end
  Mode mode = Mode::train;  ///< Mode::frozen keeps the batch norms' statistics
  Augmentation augmentation{};
  ChannelStatistics normalisation{};     ///< of the training images; empty for none
  std::uint64_t seed = 0;                ///< of order, augmentation, dropout and drop path
  bool prefetch = true;                  ///< prepares batches on another thread
  std::optional<FilePath> checkpoint{};  ///< written after each epoch, and read at the start if it is there
  ProgressCallback progress{};           ///< once per batch
  std::function<bool()> should_stop{};   ///< asked before each batch; true ends the training early
};

/// One pass over the training images.
struct EpochSummary {
  double loss = 0;      ///< mean over the images, nats, as they were trained on
  double accuracy = 0;  ///< likewise
};

/// What a training did.
struct TrainSummary {
  std::vector<EpochSummary> epochs;
  bool finished = false;  ///< false: stopped early or diverged
  bool diverged = false;  ///< a loss, or a parameter at an epoch's end, was not a finite number
};

/// Trains a model. With a checkpoint file that is already there, goes on from it, bit for bit as if it had never
/// stopped.
///
/// Epochs leave out a last partial batch where there is a full one. Where a loss, or a parameter at an
/// epoch's end, is not a finite number the training ends, and says so in the summary.
/// @throws ArgumentError for options out of range, DataError for data that do not fit the network, IoError for a
/// checkpoint that cannot be written or read.
NASNET_LAZY TrainSummary train(Context& context, Model<float>& model, const ImageDataset& dataset,
                               const TrainOptions& options);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/train/trainer.ipp"
#endif
