/// Labelled images in memory, and views of them.
#pragma once

#include <cmath>    // isfinite
#include <cstddef>  // size_t
#include <cstdint>  // int32_t, int64_t, uint8_t, uint64_t
#include <memory>   // make_shared, shared_ptr
#include <numeric>  // iota
#include <span>     // span
#include <string>   // string
#include <utility>  // move, swap
#include <variant>  // get_if, variant, visit
#include <vector>   // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/core/tensor.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// What all views of a dataset share.
struct ImageStorage {
  std::string name;
  Shape shape;  // [N,H,W,C]
  std::variant<std::vector<std::uint8_t>, std::vector<float>> pixels;
  std::vector<std::int32_t> labels;
  int classes = 0;
};

/// @throws DataError naming the origin and the first label outside 0 .. classes-1.
inline void check_labels(std::span<const std::int32_t> labels, int classes, const std::string& origin) {
  for (std::size_t index = 0; index < labels.size(); ++index) {
    if (labels[index] < 0 || labels[index] >= classes) {
      fail<DataError>("'", origin, "': the label of image ", index, " is ", labels[index], ", outside the ", classes,
                      " classes 0 to ", classes - 1);
    }
  }
}

/// A random order of 0 .. count-1.
[[nodiscard]] inline std::vector<std::int64_t> random_order(std::int64_t count, RandomStream stream) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (std::size_t last = order.size(); last > 1; --last) {
    std::swap(order[last - 1], order[static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(last)))]);
  }
  return order;
}

}  // namespace detail

/// Images of one size with a class label each. A value: copies and subsets share the pixels.
///
/// Pixels are bytes, whose values 0 .. 255 are read as 0 .. 1, or floats, which are read as they are.
class ImageDataset {
 public:
  /// No images.
  ImageDataset() = default;

  /// @param name   what errors and reports call the data: a folder, say
  /// @param shape  [N,H,W,C], none of them 0
  /// @param pixels in the order of the shape
  /// @param labels one a image, each in 0 .. classes-1
  /// @throws DataError where sizes, counts, labels or values break these rules.
  ImageDataset(std::string name, Shape shape, std::vector<std::uint8_t> pixels, std::vector<std::int32_t> labels,
               int classes)
      : ImageDataset(detail::ImageStorage{std::move(name), shape, std::move(pixels), std::move(labels), classes}) {}

  /// As above for floats, which must be finite.
  ImageDataset(std::string name, Shape shape, std::vector<float> pixels, std::vector<std::int32_t> labels, int classes)
      : ImageDataset(detail::ImageStorage{std::move(name), shape, std::move(pixels), std::move(labels), classes}) {}

  /// A copy of a tensor [N,H,W,C] of bytes or floats.
  template <class Scalar>
  ImageDataset(std::string name, const Tensor<Scalar>& images, std::vector<std::int32_t> labels, int classes)
      : ImageDataset(std::move(name), images.shape(),
                     std::vector<Scalar>(images.values().begin(), images.values().end()), std::move(labels), classes) {}

  [[nodiscard]] const std::string& name() const { return storage_->name; }
  [[nodiscard]] std::int64_t size() const {
    return views_all_ ? storage_->shape[0] : static_cast<std::int64_t>(indices_->size());
  }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::int64_t height() const { return storage_->shape[1]; }
  [[nodiscard]] std::int64_t width() const { return storage_->shape[2]; }
  [[nodiscard]] std::int64_t channels() const { return storage_->shape[3]; }
  [[nodiscard]] int classes() const { return storage_->classes; }
  /// [N,H,W,C] of this view.
  [[nodiscard]] Shape shape() const { return {size(), height(), width(), channels()}; }

  /// The class of image `index` of this view.
  [[nodiscard]] std::int32_t label(std::int64_t index) const {
    return storage_->labels[static_cast<std::size_t>(stored(index))];
  }

  /// The pixels of image `index` of this view, [H,W,C]; empty where the other kind is stored.
  template <class Scalar>
  [[nodiscard]] std::span<const Scalar> pixels(std::int64_t index) const {
    const auto* all = std::get_if<std::vector<Scalar>>(&storage_->pixels);
    if (all == nullptr) return {};
    const auto count = static_cast<std::size_t>(height() * width() * channels());
    return std::span(*all).subspan(static_cast<std::size_t>(stored(index)) * count, count);
  }
  [[nodiscard]] bool stores_bytes() const {
    return std::get_if<std::vector<std::uint8_t>>(&storage_->pixels) != nullptr;
  }

  /// A view of the chosen images of this view, in the order given; an index may repeat.
  /// @throws DataError for an index outside the view.
  [[nodiscard]] ImageDataset subset(std::span<const std::int64_t> indices) const {
    std::vector<std::int64_t> chosen;
    chosen.reserve(indices.size());
    for (const std::int64_t index : indices) {
      if (index < 0 || index >= size()) {
        fail<DataError>("'", name(), "': image ", index, " was chosen of ", size(), " images");
      }
      chosen.push_back(stored(index));
    }
    ImageDataset view = *this;
    view.views_all_ = false;
    view.indices_ = std::make_shared<const std::vector<std::int64_t>>(std::move(chosen));
    return view;
  }

  /// A view of the first `count` images of this view.
  /// @throws DataError where there are fewer.
  [[nodiscard]] ImageDataset first(std::int64_t count) const {
    if (count < 0 || count > size()) {
      fail<DataError>("'", name(), "': ", count, " images were asked for, it has ", size());
    }
    std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), std::int64_t{0});
    return subset(indices);
  }

 private:
  explicit ImageDataset(detail::ImageStorage storage) {
    check_sizes(storage);
    check_labels(storage);
    check_values(storage);
    storage_ = std::make_shared<const detail::ImageStorage>(std::move(storage));
  }

  static void check_sizes(const detail::ImageStorage& storage) {
    if (storage.shape.rank() != 4) {
      fail<DataError>("'", storage.name, "': images have shape ", storage.shape.to_string(), ", [N,H,W,C] is wanted");
    }
    for (const std::int64_t extent : storage.shape.extents()) {
      if (extent == 0)
        fail<DataError>("'", storage.name, "': images have shape ", storage.shape.to_string(), ", with a 0");
    }
    const std::size_t values = std::visit([](const auto& pixels) { return pixels.size(); }, storage.pixels);
    if (static_cast<std::int64_t>(values) != storage.shape.elements()) {
      fail<DataError>("'", storage.name, "': ", values, " pixel values were given, images of shape ",
                      storage.shape.to_string(), " have ", storage.shape.elements());
    }
  }

  static void check_labels(const detail::ImageStorage& storage) {
    if (storage.classes < 1)
      fail<DataError>("'", storage.name, "': ", storage.classes, " classes, at least 1 is wanted");
    if (static_cast<std::int64_t>(storage.labels.size()) != storage.shape[0]) {
      fail<DataError>("'", storage.name, "': ", storage.labels.size(), " labels for ", storage.shape[0], " images");
    }
    detail::check_labels(storage.labels, storage.classes, storage.name);
  }

  static void check_values(const detail::ImageStorage& storage) {
    const auto* values = std::get_if<std::vector<float>>(&storage.pixels);
    if (values == nullptr) return;
    const std::size_t per_image = values->size() / storage.labels.size();
    for (std::size_t index = 0; index < values->size(); ++index) {
      if (!std::isfinite((*values)[index])) {
        fail<DataError>("'", storage.name, "': image ", index / per_image,
                        " holds a value that is not a finite number");
      }
    }
  }

  [[nodiscard]] std::int64_t stored(std::int64_t index) const {
    return views_all_ ? index : (*indices_)[static_cast<std::size_t>(index)];
  }

  static std::shared_ptr<const detail::ImageStorage> no_images() {
    static const auto storage = std::make_shared<const detail::ImageStorage>(detail::ImageStorage{
        "no data", Shape{0, 0, 0, 0}, std::vector<std::uint8_t>{}, std::vector<std::int32_t>{}, 0});
    return storage;
  }

  std::shared_ptr<const detail::ImageStorage> storage_ = no_images();
  bool views_all_ = true;
  std::shared_ptr<const std::vector<std::int64_t>> indices_;  // into the storage, unless the view is of all images
};

/// Data as it is published: images to train on and images to test on.
struct ImageData {
  ImageDataset train;
  ImageDataset test;
};

namespace detail {

/// Both sets, if one network can read both.
[[nodiscard]] inline ImageData matched(ImageDataset train, ImageDataset test) {
  if (train.height() != test.height() || train.width() != test.width() || train.channels() != test.channels()) {
    fail<DataError>("'", test.name(), "': images have shape ", test.shape().to_string(), ", those of '", train.name(),
                    "' have ", train.shape().to_string());
  }
  return {.train = std::move(train), .test = std::move(test)};
}

}  // namespace detail

/// The training images, divided into those that train and those that judge.
struct TrainingSplit {
  ImageDataset train;
  ImageDataset validation;
};

/// Divides a dataset at random into `validation_count` images for validation and the rest for training, both in random
/// order, so that the first images of either are a fair sample. Depends on the seed and the number of images alone.
/// @throws DataError unless 0 <= validation_count < the number of images.
[[nodiscard]] inline TrainingSplit split(const ImageDataset& dataset, std::int64_t validation_count,
                                         std::uint64_t seed) {
  if (validation_count < 0 || validation_count >= dataset.size()) {
    fail<DataError>("'", dataset.name(), "': ", validation_count, " of its ", dataset.size(),
                    " images were asked for as validation images, at least 1 must be left to train on");
  }
  const auto order = detail::random_order(dataset.size(), RandomStream(seed).split("data.split"));
  const auto all = std::span(order);
  const auto count = static_cast<std::size_t>(validation_count);
  return {.train = dataset.subset(all.subspan(count)), .validation = dataset.subset(all.first(count))};
}

}  // namespace nasnet::inline NASNET_ABI
