#pragma once

#include "nasnet/data/preprocessing.hpp"

#include <algorithm>  // copy_n, min
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <vector>     // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/core/size.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/data/augmentation.hpp"
#include "nasnet/data/resize.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY ChannelStatistics Preprocessing::normalisation(std::int64_t channels) const {
  const auto count = static_cast<std::size_t>(channels);
  return {std::vector<float>(count, mean), std::vector<float>(count, deviation)};
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

/// A part of each image.
/// @param images [N,H,W,C]
NASNET_LAZY [[nodiscard]] inline Tensor<float> cropped(const Tensor<float>& images, std::int64_t top, std::int64_t left,
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
NASNET_LAZY [[nodiscard]] inline std::int64_t middle_begin(std::int64_t extent, std::int64_t kept) {
  const std::int64_t spare = extent - kept;
  return spare / 2 + (spare % 4 == 3 ? 1 : 0);
}

/// As TensorFlow's central_crop: as much is cut off before as after.
NASNET_LAZY [[nodiscard]] inline Tensor<float> central_part(const Tensor<float>& images, double fraction) {
  const auto cut = [fraction](std::int64_t extent) {
    return static_cast<std::int64_t>((static_cast<double>(extent) - static_cast<double>(extent) * fraction) / 2);
  };
  const std::int64_t top = cut(images.extent(1));
  const std::int64_t left = cut(images.extent(2));
  return cropped(images, top, left, {images.extent(1) - 2 * top, images.extent(2) - 2 * left});
}

/// Resized so that the shorter side has `side` pixels, then the middle cut out.
NASNET_LAZY [[nodiscard]] inline Tensor<float> resized_middle(const Tensor<float>& images, std::int64_t side, Size size,
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

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Tensor<float> preprocess(const Tensor<float>& images, const Preprocessing& way, Size size) {
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
