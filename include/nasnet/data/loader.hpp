/// Batches of images in random order, prepared while the last one is used.
#pragma once

#include <cstdint>  // int32_t, int64_t, uint64_t
#include <memory>   // unique_ptr
#include <vector>   // vector

#include "nasnet/core/allocator.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/data/augmentation.hpp"
#include "nasnet/data/dataset.hpp"

namespace nasnet::inline NASNET_ABI {

/// A place in the endless sequence of batches.
struct BatchPosition {
  std::int64_t epoch = 0;
  std::int64_t step = 0;  ///< batches of this epoch that come before
  bool operator==(const BatchPosition&) const = default;
};

/// Images and labels for one training or evaluation step.
struct Batch {
  Tensor<float> images;  ///< [N,H,W,C]
  std::vector<std::int32_t> labels;
  BatchPosition position;
};

/// How images become batches.
struct LoaderOptions {
  std::int64_t batch = 64;            ///< images in a batch
  std::uint64_t seed = 0;             ///< of the order and of the augmentation
  bool shuffle = true;                ///< a new order in each epoch, or the dataset's
  bool drop_last = false;             ///< leave out the last batch of an epoch where it is smaller than the others
  bool prefetch = true;               ///< prepare the next batch on a thread of its own; the same batches either way
  Augmentation augmentation{};        ///< none for evaluation
  ChannelStatistics normalisation{};  ///< of the training images; empty for none
  Allocator allocator{};              ///< memory of the batches
};

namespace detail {

/// Makes any batch from its position alone.
class BatchMaker {
 public:
  NASNET_LAZY BatchMaker(ImageDataset dataset, const LoaderOptions& options);

  NASNET_LAZY [[nodiscard]] std::int64_t batches_per_epoch() const;

  NASNET_LAZY [[nodiscard]] BatchPosition after(BatchPosition position) const;

  NASNET_LAZY [[nodiscard]] Batch make(BatchPosition position);

 private:
  NASNET_LAZY [[nodiscard]] static ImagePreparer prepared(const ImageDataset& dataset, const LoaderOptions& options);

  NASNET_LAZY void set_epoch(std::int64_t epoch);

  ImageDataset dataset_;
  LoaderOptions options_;
  ImagePreparer preparer_;
  std::int64_t epoch_ = -1;  // whose order this is
  std::vector<std::int64_t> order_;
  RandomStream augmentation_stream_;
};

/// Gives batches one after another.
class BatchSource {
 public:
  BatchSource() = default;
  BatchSource(const BatchSource&) = delete;
  BatchSource& operator=(const BatchSource&) = delete;
  virtual ~BatchSource() = default;
  [[nodiscard]] virtual Batch next() = 0;
};

}  // namespace detail

/// An endless sequence of batches, epoch after epoch. Batch k of epoch e depends on the dataset, the options and (k, e)
/// alone: not on threads, nor on where the loader began, so that a run resumes exactly.
///
/// ```
/// BatchLoader loader(train, {.batch = 64, .seed = 1, .normalisation = channel_statistics(train)});
/// for (std::int64_t step = 0; step < loader.batches_per_epoch(); ++step) use(loader.next());
/// ```
class BatchLoader {
 public:
  /// @param start the first batch that `next` returns; a step at the end of an epoch is the start of the next one
  /// @throws DataError for a dataset without images. ArgumentError for options out of range.
  NASNET_LAZY explicit BatchLoader(ImageDataset dataset, const LoaderOptions& options = {}, BatchPosition start = {});
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  /// Partial batches included, unless they are dropped.
  NASNET_LAZY [[nodiscard]] std::int64_t batches_per_epoch() const;

  /// Where the batch that `next` returns stands. Start another loader there to go on exactly.
  NASNET_LAZY [[nodiscard]] BatchPosition position() const;

  /// The next batch. Its memory serves a later one when it is let go.
  /// @throws MemoryError where the allocator's limit is passed.
  NASNET_LAZY [[nodiscard]] Batch next();

 private:
  NASNET_LAZY [[nodiscard]] BatchPosition checked(BatchPosition start) const;

  detail::BatchMaker maker_;  // the prefetcher's alone while there is one, but for what never changes
  BatchPosition position_;
  std::unique_ptr<detail::BatchSource> prefetcher_;  // where batches are prepared on a thread
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/data/loader.ipp"
#endif
