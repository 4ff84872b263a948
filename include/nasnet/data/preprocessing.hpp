/// How images of any size become what the published ImageNet networks were evaluated on.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view

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
  NASNET_LAZY [[nodiscard]] ChannelStatistics normalisation(std::int64_t channels) const;
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

/// What a network is fed.
/// @param images [N,H,W,C], values in 0 to 1 @param size of the network's input
/// @returns [N, size.height, size.width, C]
/// @throws ShapeError for images that are none, ArgumentError for a size that does not fit.
NASNET_LAZY [[nodiscard]] Tensor<float> preprocess(const Tensor<float>& images, const Preprocessing& way, Size size);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/data/preprocessing.ipp"
#endif
