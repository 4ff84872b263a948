/// Batches of images in random order, prepared while the last one is used.
#pragma once

#include <algorithm>           // min
#include <condition_variable>  // condition_variable
#include <cstddef>             // size_t
#include <cstdint>             // int32_t, int64_t, uint64_t
#include <mutex>               // lock_guard, mutex, unique_lock
#include <numeric>             // iota
#include <optional>            // optional
#include <span>                // span
#include <thread>              // thread
#include <utility>             // exchange, move
#include <vector>              // vector

#include "nasnet/core/allocator.hpp"
#include "nasnet/core/attempt.hpp"
#include "nasnet/core/error.hpp"
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
  BatchMaker(ImageDataset dataset, const LoaderOptions& options)
      : dataset_(std::move(dataset)), options_(options), preparer_(prepared(dataset_, options)) {
    if (options.batch < 1) fail<ArgumentError>("loader: batches of ", options.batch, " images were asked for");
    if (batches_per_epoch() == 0) {
      fail<ArgumentError>("loader: '", dataset_.name(), "' has ", dataset_.size(), " images, too few for one batch of ",
                          options.batch);
    }
  }

  [[nodiscard]] std::int64_t batches_per_epoch() const {
    const std::int64_t whole = dataset_.size() / options_.batch;
    return whole + (options_.drop_last || dataset_.size() % options_.batch == 0 ? 0 : 1);
  }

  [[nodiscard]] BatchPosition after(BatchPosition position) const {
    ++position.step;
    return position.step < batches_per_epoch() ? position : BatchPosition{position.epoch + 1, 0};
  }

  [[nodiscard]] Batch make(BatchPosition position) {
    set_epoch(position.epoch);
    const std::int64_t begin = position.step * options_.batch;
    const std::int64_t count = (std::min)(options_.batch, dataset_.size() - begin);
    const Shape shape{count, dataset_.height(), dataset_.width(), dataset_.channels()};
    Batch batch{Tensor<float>(shape, options_.allocator), {}, position};
    batch.labels.reserve(static_cast<std::size_t>(count));
    const auto per_image = batch.images.values().size() / static_cast<std::size_t>(count);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t index = order_[static_cast<std::size_t>(begin + i)];
      const auto stream = augmentation_stream_.split("image", static_cast<std::uint64_t>(begin + i));
      preparer_.prepare(index, preparer_.draw(stream),
                        batch.images.values().subspan(static_cast<std::size_t>(i) * per_image, per_image));
      batch.labels.push_back(dataset_.label(index));
    }
    return batch;
  }

 private:
  [[nodiscard]] static ImagePreparer prepared(const ImageDataset& dataset, const LoaderOptions& options) {
    if (dataset.empty()) fail<DataError>("'", dataset.name(), "': no images to make batches of");
    return ImagePreparer(dataset, options.augmentation, options.normalisation);
  }

  void set_epoch(std::int64_t epoch) {
    if (epoch == epoch_) return;
    const auto number = static_cast<std::uint64_t>(epoch);
    augmentation_stream_ = RandomStream(options_.seed).split("data.augmentation", number);
    if (options_.shuffle) {
      order_ = random_order(dataset_.size(), RandomStream(options_.seed).split("data.order", number));
    } else if (order_.empty()) {
      order_.resize(static_cast<std::size_t>(dataset_.size()));
      std::iota(order_.begin(), order_.end(), std::int64_t{0});
    }
    epoch_ = epoch;
  }

  ImageDataset dataset_;
  LoaderOptions options_;
  ImagePreparer preparer_;
  std::int64_t epoch_ = -1;  // whose order this is
  std::vector<std::int64_t> order_;
  RandomStream augmentation_stream_;
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
  explicit BatchLoader(ImageDataset dataset, const LoaderOptions& options = {}, BatchPosition start = {})
      : maker_(std::move(dataset), options), position_(checked(start)), prefetched_(position_) {
    if (options.prefetch) worker_ = std::thread([this] { prefetch(); });
  }
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;
  ~BatchLoader() {
    if (!worker_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    worker_.join();
  }

  /// Partial batches included, unless they are dropped.
  [[nodiscard]] std::int64_t batches_per_epoch() const { return maker_.batches_per_epoch(); }

  /// Where the batch that `next` returns stands. Start another loader there to go on exactly.
  [[nodiscard]] BatchPosition position() const { return position_; }

  /// The next batch. Its memory serves a later one when it is let go.
  /// @throws MemoryError where the allocator's limit is passed.
  [[nodiscard]] Batch next() {
    Batch batch = worker_.joinable() ? take_prefetched() : maker_.make(position_);
    position_ = maker_.after(position_);
    return batch;
  }

 private:
  [[nodiscard]] BatchPosition checked(BatchPosition start) const {
    if (start.epoch < 0 || start.step < 0 || start.step > maker_.batches_per_epoch()) {
      fail<ArgumentError>("loader: cannot start at epoch ", start.epoch, ", step ", start.step, ": epochs have ",
                          maker_.batches_per_epoch(), " batches");
    }
    return start.step < maker_.batches_per_epoch() ? start : BatchPosition{start.epoch + 1, 0};
  }

  [[nodiscard]] Batch take_prefetched() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_.has_value() || failure_.has_value(); });
    if (!ready_.has_value()) raise(*failure_);
    Batch batch = std::move(*ready_);
    ready_.reset();
    lock.unlock();
    changed_.notify_all();
    return batch;
  }

  [[noreturn]] static void raise(const Failure& failure) {
    if (failure.kind == Failure::Kind::out_of_memory) fail<MemoryError>(failure.message);
    fail<DataError>(failure.message);
  }

  void prefetch() {
    const auto failure = attempt([this] {
      while (wait_for_room()) hand_over(maker_.make(std::exchange(prefetched_, maker_.after(prefetched_))));
    });
    if (!failure) return;
    const std::lock_guard lock(mutex_);
    failure_ = failure;
    changed_.notify_all();
  }

  // False when the loader ends.
  [[nodiscard]] bool wait_for_room() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !ready_.has_value(); });
    return !stopping_;
  }

  void hand_over(Batch batch) {
    const std::lock_guard lock(mutex_);
    ready_ = std::move(batch);
    changed_.notify_all();
  }

  detail::BatchMaker maker_;  // the worker's alone while there is one, but for what never changes
  BatchPosition position_;
  BatchPosition prefetched_;  // the worker's
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Batch> ready_;
  std::optional<Failure> failure_;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace nasnet::inline NASNET_ABI
