/// From stored images to what a network is fed: normalisation, random crops, flips and cutout.
#pragma once

#include <cstdint>  // int64_t, uint8_t, uint64_t
#include <span>     // span
#include <vector>   // vector

#include "nasnet/core/random.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/data/dataset.hpp"

namespace nasnet::inline NASNET_ABI {

/// Random changes to training images. The default changes nothing.
///
/// Crops are taken first, then flips, then cutout. Zoph et al. (2018) train CIFAR-10 children with
/// `{.enlarge = 8, .flip = true}`: 32x32 to 40x40 and back. The released code pads: `{.pad = 4, .flip = true}`.
struct Augmentation {
  std::int64_t pad = 0;      ///< black pixels added on each side before a random crop to the old size
  std::int64_t enlarge = 0;  ///< pixels that bilinear resizing adds to height and width before such a crop
  bool flip = false;         ///< left and right swapped in every second image, at random
  std::int64_t cutout = 0;  ///< side in pixels of a square set to the mean (DeVries and Taylor, 2017); it may hang over
  bool operator==(const Augmentation&) const = default;
};

/// Mean and standard deviation of each channel, of pixel values as ImageDataset reads them.
struct ChannelStatistics {
  std::vector<float> mean;
  std::vector<float> deviation;
  bool operator==(const ChannelStatistics&) const = default;
};

/// The random choices for one image.
struct AugmentationDraw {
  std::int64_t top = 0;   ///< first row of the crop in the padded or enlarged image
  std::int64_t left = 0;  ///< first column
  bool flip = false;
  std::int64_t cutout_row = 0;  ///< the square's rows begin at cutout_row - cutout / 2
  std::int64_t cutout_column = 0;
};

/// Images as a network that was trained with these constants takes them: (value - mean) / deviation of each channel.
/// @param images [N,H,W,C], values on the scale of the constants: 0 to 1 for those of stored bytes
/// @param normalisation of C channels; empty for none
/// @throws ShapeError for images that are none, ArgumentError for constants of other channels or that are none.
NASNET_LAZY [[nodiscard]] Tensor<float> normalised(const Tensor<float>& images, const ChannelStatistics& normalisation);

/// Mean and deviation of each channel over the images of this view. A channel that never changes gets deviation 1.
/// @throws DataError for a view without images.
NASNET_LAZY [[nodiscard]] ChannelStatistics channel_statistics(const ImageDataset& dataset);

/// Turns images of one dataset into floats [H,W,C]: normalised, cropped, flipped, cut out. Holds working memory: one
/// for each thread.
class ImagePreparer {
 public:
  /// @param normalisation empty for none
  /// @throws ArgumentError where options contradict each other, are negative or do not fit the images.
  NASNET_LAZY ImagePreparer(ImageDataset dataset, Augmentation augmentation, const ChannelStatistics& normalisation);

  /// Random choices for one image, from its own stream.
  NASNET_LAZY [[nodiscard]] AugmentationDraw draw(RandomStream stream) const;

  /// Writes image `index` of the dataset to `out`, [H,W,C].
  NASNET_LAZY void prepare(std::int64_t index, const AugmentationDraw& drawn, std::span<float> out);

 private:
  NASNET_LAZY [[nodiscard]] std::int64_t height() const { return dataset_.height(); }
  NASNET_LAZY [[nodiscard]] std::int64_t width() const { return dataset_.width(); }
  NASNET_LAZY [[nodiscard]] std::int64_t channels() const { return dataset_.channels(); }

  NASNET_LAZY void check_augmentation() const;

  NASNET_LAZY static void check_not_negative(const char* name, std::int64_t pixels);

  // value = stored * scale + shift. Both are written out for one row, so that rows are plain vector loops.
  NASNET_LAZY void set_normalisation(const ChannelStatistics& normalisation);

  NASNET_LAZY void normalise(std::int64_t index, std::span<float> out) const;

  template <class Scalar>
  void normalise(std::span<const Scalar> pixels, std::span<float> out) const;

  // Output pixel (y, x) shows pixel (y + top - pad, x + left - pad) of the image; outside it is black.
  NASNET_LAZY void crop_padded(const AugmentationDraw& drawn, std::span<float> out) const;

  NASNET_LAZY void mirror(std::span<float> out) const;

  // The two neighbours of a sampling point along one axis, and the weight of the second.
  struct Sample {
    std::int64_t first, second;
    float weight;
  };

  // Where pixel `place` of the enlarged axis lies in the image: centres are at halves, borders are continued.
  NASNET_LAZY [[nodiscard]] Sample sample(std::int64_t place, std::int64_t extent) const;

  NASNET_LAZY void crop_enlarged(const AugmentationDraw& drawn, std::span<float> out);

  NASNET_LAZY void cut_out(const AugmentationDraw& drawn, std::span<float> out) const;

  NASNET_LAZY [[nodiscard]] const float* pixel(std::int64_t y, std::int64_t x) const {
    return image_.data() + (y * width() + x) * channels();
  }

  ImageDataset dataset_;
  Augmentation augmentation_;
  std::vector<float> scale_, shift_;
  std::vector<float> image_;  // normalised, before it is moved
  std::vector<Sample> columns_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/data/augmentation.ipp"
#endif
