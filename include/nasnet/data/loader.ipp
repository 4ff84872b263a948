#pragma once

#include "nasnet/data/loader.hpp"

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

#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/data/augmentation.hpp"
#include "nasnet/data/dataset.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY BatchMaker::BatchMaker(ImageDataset dataset, const LoaderOptions& options)
    : dataset_(std::move(dataset)), options_(options), preparer_(prepared(dataset_, options)) {
  if (options.batch < 1) fail<ArgumentError>("loader: batches of ", options.batch, " images were asked for");
  if (batches_per_epoch() == 0) {
    fail<ArgumentError>("loader: '", dataset_.name(), "' has ", dataset_.size(), " images, too few for one batch of ",
                        options.batch);
  }
}

NASNET_BODY std::int64_t BatchMaker::batches_per_epoch() const {
  const std::int64_t whole = dataset_.size() / options_.batch;
  return whole + (options_.drop_last || dataset_.size() % options_.batch == 0 ? 0 : 1);
}

NASNET_BODY BatchPosition BatchMaker::after(BatchPosition position) const {
  ++position.step;
  return position.step < batches_per_epoch() ? position : BatchPosition{position.epoch + 1, 0};
}

NASNET_BODY Batch BatchMaker::make(BatchPosition position) {
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

NASNET_BODY ImagePreparer BatchMaker::prepared(const ImageDataset& dataset, const LoaderOptions& options) {
  if (dataset.empty()) fail<DataError>("'", dataset.name(), "': no images to make batches of");
  return ImagePreparer(dataset, options.augmentation, options.normalisation);
}

NASNET_BODY void BatchMaker::set_epoch(std::int64_t epoch) {
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

/// Makes batches one ahead of who takes them, on a thread of its own.
NASNET_LAZY class BatchPrefetcher final : public BatchSource {
 public:
  BatchPrefetcher(BatchMaker& maker, BatchPosition start) : maker_(maker), position_(start) {
    worker_ = std::thread([this] { make_batches(); });
  }
  ~BatchPrefetcher() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    worker_.join();
  }

  [[nodiscard]] Batch next() override {
    std::unique_lock lock(mutex_);
    while (!is_ready_ && !failure_) changed_.wait(lock);
    if (!is_ready_) raise(*failure_);
    Batch batch = std::move(ready_);
    is_ready_ = false;
    lock.unlock();
    changed_.notify_all();
    return batch;
  }

 private:
  [[noreturn]] static void raise(const Failure& failure) {
    if (failure.kind == Failure::Kind::out_of_memory) fail<MemoryError>(failure.message);
    fail<DataError>(failure.message);
  }

  void make_batches() {
    const auto failure = catch_failure([this] {
      while (wait_for_room()) hand_over(maker_.make(std::exchange(position_, maker_.after(position_))));
    });
    if (!failure) return;
    const std::lock_guard lock(mutex_);
    failure_ = failure;
    changed_.notify_all();
  }

  // False when the loader ends.
  [[nodiscard]] bool wait_for_room() {
    std::unique_lock lock(mutex_);
    while (!stopping_ && is_ready_) changed_.wait(lock);
    return !stopping_;
  }

  void hand_over(Batch batch) {
    const std::lock_guard lock(mutex_);
    ready_ = std::move(batch);
    is_ready_ = true;
    changed_.notify_all();
  }

  BatchMaker& maker_;
  BatchPosition position_;  // the worker's
  std::mutex mutex_;
  std::condition_variable changed_;
  Batch ready_;
  bool is_ready_ = false;
  bool stopping_ = false;
  std::optional<Failure> failure_;
  std::thread worker_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY BatchLoader::BatchLoader(ImageDataset dataset, const LoaderOptions& options, BatchPosition start)
    : maker_(std::move(dataset), options), position_(checked(start)) {
  if (options.prefetch) prefetcher_.reset(new detail::BatchPrefetcher(maker_, position_));
}

NASNET_BODY Batch BatchLoader::next() {
  Batch batch = prefetcher_ ? prefetcher_->next() : maker_.make(position_);
  position_ = maker_.after(position_);
  return batch;
}

NASNET_BODY BatchPosition BatchLoader::checked(BatchPosition start) const {
  if (start.epoch < 0 || start.step < 0 || start.step > maker_.batches_per_epoch()) {
    fail<ArgumentError>("loader: cannot start at epoch ", start.epoch, ", step ", start.step, ": epochs have ",
                        maker_.batches_per_epoch(), " batches");
  }
  return start.step < maker_.batches_per_epoch() ? start : BatchPosition{start.epoch + 1, 0};
}

NASNET_BODY std::int64_t BatchLoader::batches_per_epoch() const { return maker_.batches_per_epoch(); }

NASNET_BODY BatchPosition BatchLoader::position() const { return position_; }

}  // namespace nasnet::inline NASNET_ABI
