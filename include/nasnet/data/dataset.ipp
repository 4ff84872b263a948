#pragma once

#include "nasnet/data/dataset.hpp"

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

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY void check_labels(std::span<const std::int32_t> labels, int classes, const std::string& origin) {
  for (std::size_t index = 0; index < labels.size(); ++index) {
    if (labels[index] < 0 || labels[index] >= classes) {
      fail<DataError>("'", origin, "': the label of image ", index, " is ", labels[index], ", outside the ", classes,
                      " classes 0 to ", classes - 1);
    }
  }
}

NASNET_BODY std::vector<std::int64_t> random_order(std::int64_t count, RandomStream stream) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (std::size_t last = order.size(); last > 1; --last) {
    std::swap(order[last - 1], order[static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(last)))]);
  }
  return order;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
std::span<const Scalar> ImageDataset::pixels(std::int64_t index) const {
  const auto* all = std::get_if<std::vector<Scalar>>(&storage_->pixels);
  if (all == nullptr) return {};
  const auto count = static_cast<std::size_t>(height() * width() * channels());
  return std::span(*all).subspan(static_cast<std::size_t>(stored(index)) * count, count);
}

NASNET_BODY ImageDataset ImageDataset::subset(std::span<const std::int64_t> indices) const {
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

NASNET_BODY ImageDataset ImageDataset::first(std::int64_t count) const {
  if (count < 0 || count > size()) {
    fail<DataError>("'", name(), "': ", count, " images were asked for, it has ", size());
  }
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), std::int64_t{0});
  return subset(indices);
}

NASNET_BODY ImageDataset::ImageDataset(detail::ImageStorage storage) {
  check_sizes(storage);
  check_labels(storage);
  check_values(storage);
  storage_ = std::make_shared<const detail::ImageStorage>(std::move(storage));
}

NASNET_BODY void ImageDataset::check_sizes(const detail::ImageStorage& storage) {
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

NASNET_BODY void ImageDataset::check_labels(const detail::ImageStorage& storage) {
  if (storage.classes < 1) fail<DataError>("'", storage.name, "': ", storage.classes, " classes, at least 1 is wanted");
  if (static_cast<std::int64_t>(storage.labels.size()) != storage.shape[0]) {
    fail<DataError>("'", storage.name, "': ", storage.labels.size(), " labels for ", storage.shape[0], " images");
  }
  detail::check_labels(storage.labels, storage.classes, storage.name);
}

NASNET_BODY void ImageDataset::check_values(const detail::ImageStorage& storage) {
  const auto* values = std::get_if<std::vector<float>>(&storage.pixels);
  if (values == nullptr) return;
  const std::size_t per_image = values->size() / storage.labels.size();
  for (std::size_t index = 0; index < values->size(); ++index) {
    if (!std::isfinite((*values)[index])) {
      fail<DataError>("'", storage.name, "': image ", index / per_image, " holds a value that is not a finite number");
    }
  }
}

NASNET_BODY std::shared_ptr<const detail::ImageStorage> ImageDataset::no_images() {
  static const auto storage = std::make_shared<const detail::ImageStorage>(
      detail::ImageStorage{"no data", Shape{0, 0, 0, 0}, std::vector<std::uint8_t>{}, std::vector<std::int32_t>{}, 0});
  return storage;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY ImageData matched(ImageDataset train, ImageDataset test) {
  if (train.height() != test.height() || train.width() != test.width() || train.channels() != test.channels()) {
    fail<DataError>("'", test.name(), "': images have shape ", test.shape().to_string(), ", those of '", train.name(),
                    "' have ", train.shape().to_string());
  }
  return {.train = std::move(train), .test = std::move(test)};
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY TrainingSplit split(const ImageDataset& dataset, std::int64_t validation_count, std::uint64_t seed) {
  if (validation_count < 0 || validation_count >= dataset.size()) {
    fail<DataError>("'", dataset.name(), "': ", validation_count, " of its ", dataset.size(),
                    " images were asked for as validation images, at least 1 must be left to train on");
  }
  const auto order = detail::random_order(dataset.size(), RandomStream(seed).split("data.split"));
  const auto all = std::span(order);
  const auto count = static_cast<std::size_t>(validation_count);
  return {.train = dataset.subset(all.subspan(count)), .validation = dataset.subset(all.first(count))};
}

NASNET_BODY ImageDataset::ImageDataset(std::string name, Shape shape, std::vector<std::uint8_t> pixels,
                                       std::vector<std::int32_t> labels, int classes)
    : ImageDataset(detail::ImageStorage{std::move(name), shape, std::move(pixels), std::move(labels), classes}) {}

NASNET_BODY ImageDataset::ImageDataset(std::string name, Shape shape, std::vector<float> pixels,
                                       std::vector<std::int32_t> labels, int classes)
    : ImageDataset(detail::ImageStorage{std::move(name), shape, std::move(pixels), std::move(labels), classes}) {}

NASNET_BODY std::int32_t ImageDataset::label(std::int64_t index) const {
  return storage_->labels[static_cast<std::size_t>(stored(index))];
}

}  // namespace nasnet::inline NASNET_ABI
