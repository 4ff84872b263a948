/// How well a model does on a dataset.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/core/context.hpp"
#include "nasnet/data/augmentation.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI {

/// Figures over a dataset.
struct Metrics {
  double accuracy = 0;  ///< fraction of images whose largest logit is the label's
  double loss = 0;      ///< mean cross entropy, nats
  std::int64_t images = 0;
};

/// Runs a model over a dataset in evaluation mode.
/// @param normalisation that of the training
/// @param batch images at a time; the result does not depend on it but for rounding
/// @throws DataError for an empty dataset or labels outside the model's classes, ShapeError for images that do not fit.
NASNET_LAZY [[nodiscard]] Metrics evaluate(Context& context, const Model<float>& model, const ImageDataset& dataset,
                                           const ChannelStatistics& normalisation, std::int64_t batch = 128);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/train/evaluation.ipp"
#endif
