/// How images of any size become what the published ImageNet networks were evaluated on.
#pragma once

#include <algorithm>    // copy_n, min
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/core/size.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/data/augmentation.hpp"
#include "nasnet/data/resize.hpp"

namespace nasnet::inline NASNET_ABI {

/// A way from images to a network's input. Steps are taken in the order of the members; a 0 leaves a step out.
struct Preprocessing {
  std::string_view source{};      ///< whose way it is
  double central_fraction = 0;    ///< of height and width that is kept of the middle, before resizing
  double crop_fraction = 0;       ///< the shorter side becomes floor(network's side / this), then the middle is cut out
  std::int64_t shorter_side = 0;  ///< the shorter side becomes this, then the middle is cut out
  Interpolation interpolation = Interpolation::bilinear;
  float mean = 0.5F;       ///< of every channel, of pixels in 0 to 1
  float deviation = 0.5F;  ///< likewise; 0.5 and 0.5 give values in [-1, 1]

  /// Mean and deviation for a BatchLoader.
  [[nodiscard]] ChannelStatistics normalisation(std::int64_t channels) const {
    const auto count = static_cast<std::size_t>(channels);
    return {std::vector<float>(count, mean), std::vector<float>(count, deviation)};
  }
};

/// The evaluation of the released code (TF-slim's Inception preprocessing): the middle 87.5 % of height and width,
/// resized to the network's size whatever the aspect, in [-1, 1]. What the published accuracies were measured with.
inline constexpr Preprocessing inception_preprocessing{
    .source = "TF-slim", .central_fraction = 0.875, .interpolation = Interpolation::bilinear_corner};

/// Keras: x / 127.5 - 1 of an image that the caller has resized.
inline constexpr Preprocessing keras_preprocessing{.source = "Keras applications"};

/// timm: bicubic, a middle of 91.1 %.
inline constexpr Preprocessing timm_preprocessing{
    .source = "timm", .crop_fraction = 0.911, .interpolation = Interpolation::bicubic};

/// The PyTorch port by Cadene, mobile at 224 and large at 331 pixels.
inline constexpr Preprocessing port_mobile_preprocessing{.source = "pretrained-models.pytorch", .shorter_side = 256};
inline constexpr Preprocessing port_large_preprocessing{.source = "pretrained-models.pytorch", .shorter_side = 354};

namespace detail {

/// A part of each image.
/// @param images [N,H,W,C]
[[nodiscard]] inline Tensor<float> cropped(const Tensor<float>& images, std::int64_t top, std::int64_t left,
                                           Size size) {
  const std::int64_t channels = images.extent(3);
  Tensor<float> result({images.extent(0), size.height, size.width, channels});
  float* to = result.data();
  for (std::int64_t n = 0; n < images.extent(0); ++n) {
    for (std::int64_t y = top; y < top + size.height; ++y) {
      const float* row = images.data() + ((n * images.extent(1) + y) * images.extent(2) + left) * channels;
      to = std::copy_n(row, size.width * channels, to);
    }
  }
  return result;
}

/// First pixel of the middle `kept` of `extent`. Where one is left over, the even one, as rounding halves to even does.
[[nodiscard]] inline std::int64_t middle_begin(std::int64_t extent, std::int64_t kept) {
  const std::int64_t spare = extent - kept;
  return spare / 2 + (spare % 4 == 3 ? 1 : 0);
}

/// As TensorFlow's central_crop: as much is cut off before as after.
[[nodiscard]] inline Tensor<float> central_part(const Tensor<float>& images, double fraction) {
  const auto cut = [fraction](std::int64_t extent) {
    return static_cast<std::int64_t>((static_cast<double>(extent) - static_cast<double>(extent) * fraction) / 2);
  };
  const std::int64_t top = cut(images.extent(1));
  const std::int64_t left = cut(images.extent(2));
  return cropped(images, top, left, {images.extent(1) - 2 * top, images.extent(2) - 2 * left});
}

/// Resized so that the shorter side has `side` pixels, then the middle cut out.
[[nodiscard]] inline Tensor<float> resized_middle(const Tensor<float>& images, std::int64_t side, Size size,
                                                  Interpolation interpolation) {
  if (side < size.height || side < size.width) {
    fail<ArgumentError>("preprocessing: a shorter side of ", side, " pixels does not hold ", size.height, 'x',
                        size.width);
  }
  const std::int64_t shorter = (std::min)(images.extent(1), images.extent(2));
  const Size whole{images.extent(1) * side / shorter, images.extent(2) * side / shorter};
  return cropped(resize(images, whole, interpolation), middle_begin(whole.height, size.height),
                 middle_begin(whole.width, size.width), size);
}

}  // namespace detail

/// What a network is fed.
/// @param images [N,H,W,C], values in 0 to 1 @param size of the network's input
/// @returns [N, size.height, size.width, C]
/// @throws ShapeError for images that are none, ArgumentError for a size that does not fit.
[[nodiscard]] inline Tensor<float> preprocess(const Tensor<float>& images, const Preprocessing& way, Size size) {
  if (images.shape().rank() != 4 || images.elements() == 0) {
    fail<ShapeError>("preprocessing: images are ", images.shape().to_string(), ", wanted [N,H,W,C] without a 0");
  }
  std::int64_t side = way.shorter_side;
  if (way.crop_fraction > 0) {
    side = static_cast<std::int64_t>(static_cast<double>((std::min)(size.height, size.width)) / way.crop_fraction);
  }
  const bool has_middle = way.central_fraction > 0 && way.central_fraction < 1;
  const Tensor<float> middle = has_middle ? detail::central_part(images, way.central_fraction) : images.clone();
  Tensor<float> result = side > 0 ? detail::resized_middle(middle, side, size, way.interpolation)
                                  : resize(middle, size, way.interpolation);
  for (float& value : result.values()) value = (value - way.mean) / way.deviation;
  return result;
}

}  // namespace nasnet::inline NASNET_ABI
