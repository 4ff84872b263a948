#pragma once

#include "nasnet/train/evaluation.hpp"

#include <cstdint>  // int64_t
#include <utility>  // move

#include "nasnet/core/context.hpp"
#include "nasnet/data/loader.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/ops/softmax_cross_entropy.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Metrics evaluate(Context& context, const Model<float>& model, const ImageDataset& dataset,
                             const ChannelStatistics& normalisation, std::int64_t batch) {
  BatchLoader loader(dataset, {.batch = batch,
                               .shuffle = false,
                               .prefetch = false,
                               .normalisation = normalisation,
                               .allocator = context.allocator()});
  Metrics metrics;
  for (std::int64_t step = 0; step < loader.batches_per_epoch(); ++step) {
    Batch images = loader.next();
    const auto count = static_cast<std::int64_t>(images.labels.size());
    Tape<float> tape(context, Recording::off);
    const Variable<float> logits = model.forward(tape, Variable<float>(std::move(images.images)), RunOptions{}).logits;
    const auto loss = tape.apply(SoftmaxCrossEntropy{images.labels}, {logits}).value()[0];
    metrics.loss += static_cast<double>(loss) * static_cast<double>(count);
    metrics.accuracy += static_cast<double>(count_correct(logits.value(), images.labels));
    metrics.images += count;
  }
  metrics.loss /= static_cast<double>(metrics.images);
  metrics.accuracy /= static_cast<double>(metrics.images);
  return metrics;
}

}  // namespace nasnet::inline NASNET_ABI
