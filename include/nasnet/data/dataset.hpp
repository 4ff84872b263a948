/// Labelled images in memory, and views of them.
#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // int32_t, int64_t, uint8_t, uint64_t
#include <memory>   // make_shared, shared_ptr
#include <span>     // span
#include <string>   // string
#include <utility>  // move, swap
#include <variant>  // get_if, variant, visit
#include <vector>   // vector

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
NASNET_LAZY void check_labels(std::span<const std::int32_t> labels, int classes, const std::string& origin);

/// A random order of 0 .. count-1.
NASNET_LAZY [[nodiscard]] std::vector<std::int64_t> random_order(std::int64_t count, RandomStream stream);

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
  NASNET_LAZY ImageDataset(std::string name, Shape shape, std::vector<std::uint8_t> pixels,
                           std::vector<std::int32_t> labels, int classes);

  /// As above for floats, which must be finite.
  NASNET_LAZY ImageDataset(std::string name, Shape shape, std::vector<float> pixels, std::vector<std::int32_t> labels,
                           int classes);

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
  NASNET_LAZY [[nodiscard]] Shape shape() const { return {size(), height(), width(), channels()}; }

  /// The class of image `index` of this view.
  NASNET_LAZY [[nodiscard]] std::int32_t label(std::int64_t index) const;

  /// The pixels of image `index` of this view, [H,W,C]; empty where the other kind is stored.
  template <class Scalar>
  [[nodiscard]] std::span<const Scalar> pixels(std::int64_t index) const;
  [[nodiscard]] bool stores_bytes() const {
    return std::get_if<std::vector<std::uint8_t>>(&storage_->pixels) != nullptr;
  }

  /// A view of the chosen images of this view, in the order given; an index may repeat.
  /// @throws DataError for an index outside the view.
  NASNET_LAZY [[nodiscard]] ImageDataset subset(std::span<const std::int64_t> indices) const;

  /// A view of the first `count` images of this view.
  /// @throws DataError where there are fewer.
  NASNET_LAZY [[nodiscard]] ImageDataset first(std::int64_t count) const;

 private:
  NASNET_LAZY explicit ImageDataset(detail::ImageStorage storage);

  NASNET_LAZY static void check_sizes(const detail::ImageStorage& storage);

  NASNET_LAZY static void check_labels(const detail::ImageStorage& storage);

  NASNET_LAZY static void check_values(const detail::ImageStorage& storage);

  [[nodiscard]] std::int64_t stored(std::int64_t index) const {
    return views_all_ ? index : (*indices_)[static_cast<std::size_t>(index)];
  }

  NASNET_LAZY static std::shared_ptr<const detail::ImageStorage> no_images();

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
NASNET_LAZY [[nodiscard]] ImageData matched(ImageDataset train, ImageDataset test);

}  // namespace detail

/// The training images, divided into those that train and those that judge.
struct TrainingSplit {
  ImageDataset train;
  ImageDataset validation;
};

/// Divides a dataset at random into `validation_count` images for validation and the rest for training, both in random
/// order, so that the first images of either are a fair sample. Depends on the seed and the number of images alone.
/// @throws DataError unless 0 <= validation_count < the number of images.
NASNET_LAZY [[nodiscard]] TrainingSplit split(const ImageDataset& dataset, std::int64_t validation_count,
                                              std::uint64_t seed);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/data/dataset.ipp"
#endif
