#pragma once

#include "nasnet/data/augmentation.hpp"

#include <algorithm>  // clamp, copy, fill, max, min, swap_ranges
#include <array>      // array
#include <cmath>      // abs, floor, isfinite, sqrt
#include <cstddef>    // size_t
#include <cstdint>    // int64_t, uint8_t, uint64_t
#include <span>       // span
#include <utility>    // move
#include <vector>     // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/data/dataset.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// From the counts of each byte, so that only the last steps round.
NASNET_LAZY [[nodiscard]] inline ChannelStatistics byte_statistics(const ImageDataset& dataset) {
  const auto channels = static_cast<std::size_t>(dataset.channels());
  std::vector<std::array<std::uint64_t, 256>> counts(channels);
  for (std::int64_t index = 0; index < dataset.size(); ++index) {
    const auto pixels = dataset.pixels<std::uint8_t>(index);
    for (std::size_t begin = 0; begin < pixels.size(); begin += channels) {
      for (std::size_t channel = 0; channel < channels; ++channel) ++counts[channel][pixels[begin + channel]];
    }
  }
  const double total = static_cast<double>(dataset.size() * dataset.height() * dataset.width());
  ChannelStatistics statistics;
  for (const auto& histogram : counts) {
    double sum = 0, squares = 0;
    for (std::size_t value = 0; value < 256; ++value) {
      const double scaled = static_cast<double>(value) / 255.0;
      sum += static_cast<double>(histogram[value]) * scaled;
      squares += static_cast<double>(histogram[value]) * scaled * scaled;
    }
    const double mean = sum / total;
    statistics.mean.push_back(static_cast<float>(mean));
    statistics.deviation.push_back(static_cast<float>(std::sqrt((std::max)(squares / total - mean * mean, 0.0))));
  }
  return statistics;
}

/// Calls visit(channel, value) for each value of each image, in order.
template <class Visit>
void for_each_float(const ImageDataset& dataset, const Visit& visit) {
  const auto channels = static_cast<std::size_t>(dataset.channels());
  for (std::int64_t index = 0; index < dataset.size(); ++index) {
    const auto pixels = dataset.pixels<float>(index);
    for (std::size_t begin = 0; begin < pixels.size(); begin += channels) {
      for (std::size_t channel = 0; channel < channels; ++channel) {
        visit(channel, static_cast<double>(pixels[begin + channel]));
      }
    }
  }
}

NASNET_LAZY [[nodiscard]] inline ChannelStatistics float_statistics(const ImageDataset& dataset) {
  const auto channels = static_cast<std::size_t>(dataset.channels());
  const double total = static_cast<double>(dataset.size() * dataset.height() * dataset.width());
  std::vector<double> mean(channels, 0.0);
  for_each_float(dataset, [&](std::size_t channel, double value) { mean[channel] += value / total; });
  std::vector<double> variance(channels, 0.0);
  for_each_float(dataset, [&](std::size_t channel, double value) {
    variance[channel] += (value - mean[channel]) * (value - mean[channel]) / total;
  });
  ChannelStatistics statistics;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    statistics.mean.push_back(static_cast<float>(mean[channel]));
    statistics.deviation.push_back(static_cast<float>(std::sqrt(variance[channel])));
  }
  return statistics;
}

/// @throws ArgumentError for constants that are none or of other channels. Empty ones are fine.
NASNET_LAZY inline void check_normalisation(const ChannelStatistics& normalisation, std::int64_t channels) {
  if (normalisation == ChannelStatistics{}) return;
  const auto count = static_cast<std::size_t>(channels);
  if (normalisation.mean.size() != count || normalisation.deviation.size() != count) {
    fail<ArgumentError>("normalisation: ", normalisation.mean.size(), " means and ", normalisation.deviation.size(),
                        " deviations for images of ", count, " channels");
  }
  for (std::size_t channel = 0; channel < count; ++channel) {
    const float mean = normalisation.mean[channel];
    const float deviation = normalisation.deviation[channel];
    if (!(deviation > 0) || !std::isfinite(deviation) || !std::isfinite(mean)) {
      fail<ArgumentError>("normalisation: channel ", channel, " has mean ", mean, " and deviation ", deviation);
    }
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Tensor<float> normalised(const Tensor<float>& images, const ChannelStatistics& normalisation) {
  if (images.shape().rank() != 4) {
    fail<ShapeError>("normalisation: images are ", images.shape().to_string(), ", wanted [N,H,W,C]");
  }
  detail::check_normalisation(normalisation, images.extent(3));
  Tensor<float> result = images.clone();
  if (normalisation.mean.empty()) return result;
  const std::size_t channels = normalisation.mean.size();
  std::size_t channel = 0;
  for (float& value : result.values()) {
    value = (value - normalisation.mean[channel]) / normalisation.deviation[channel];
    channel = channel + 1 == channels ? 0 : channel + 1;
  }
  return result;
}

NASNET_BODY ChannelStatistics channel_statistics(const ImageDataset& dataset) {
  if (dataset.empty()) fail<DataError>("'", dataset.name(), "': no images to take mean and deviation of");
  auto statistics = dataset.stores_bytes() ? detail::byte_statistics(dataset) : detail::float_statistics(dataset);
  for (std::size_t channel = 0; channel < statistics.mean.size(); ++channel) {
    // Rounding leaves a little where all values are equal.
    const bool changes = statistics.deviation[channel] > 1e-6F * (1.0F + std::abs(statistics.mean[channel]));
    if (!changes) statistics.deviation[channel] = 1.0F;
  }
  return statistics;
}

NASNET_BODY ImagePreparer::ImagePreparer(ImageDataset dataset, Augmentation augmentation,
                                         const ChannelStatistics& normalisation)
    : dataset_(std::move(dataset)), augmentation_(augmentation) {
  check_augmentation();
  set_normalisation(normalisation);
  image_.resize(static_cast<std::size_t>(height() * width() * channels()));
}

NASNET_BODY AugmentationDraw ImagePreparer::draw(RandomStream stream) const {
  const std::int64_t places = (std::max)(2 * augmentation_.pad, augmentation_.enlarge) + 1;
  AugmentationDraw drawn;
  drawn.top = stream.below(places);
  drawn.left = stream.below(places);
  drawn.flip = augmentation_.flip && stream.below(2) == 1;
  drawn.cutout_row = stream.below((std::max)(height(), std::int64_t{1}));
  drawn.cutout_column = stream.below((std::max)(width(), std::int64_t{1}));
  return drawn;
}

NASNET_BODY void ImagePreparer::prepare(std::int64_t index, const AugmentationDraw& drawn, std::span<float> out) {
  const bool crops = augmentation_.pad > 0 || augmentation_.enlarge > 0;
  normalise(index, crops ? std::span(image_) : out);
  if (augmentation_.enlarge > 0) crop_enlarged(drawn, out);
  if (augmentation_.pad > 0) crop_padded(drawn, out);
  if (drawn.flip) mirror(out);
  if (augmentation_.cutout > 0) cut_out(drawn, out);
}

NASNET_BODY void ImagePreparer::check_augmentation() const {
  check_not_negative("pad", augmentation_.pad);
  check_not_negative("enlarge", augmentation_.enlarge);
  check_not_negative("cutout", augmentation_.cutout);
  if (augmentation_.pad > 0 && augmentation_.enlarge > 0) {
    fail<ArgumentError>("augmentation: pad ", augmentation_.pad, " and enlarge ", augmentation_.enlarge,
                        " exclude each other");
  }
}

NASNET_BODY void ImagePreparer::check_not_negative(const char* name, std::int64_t pixels) {
  if (pixels < 0 || pixels > 4096) {
    fail<ArgumentError>("augmentation: ", name, " is ", pixels, " pixels, 0 to 4096 are possible");
  }
}

NASNET_BODY void ImagePreparer::set_normalisation(const ChannelStatistics& normalisation) {
  detail::check_normalisation(normalisation, channels());
  const float unit = dataset_.stores_bytes() ? 1.0F / 255.0F : 1.0F;
  for (std::int64_t x = 0; x < width(); ++x) {
    for (std::size_t channel = 0; channel < static_cast<std::size_t>(channels()); ++channel) {
      const float mean = normalisation.mean.empty() ? 0.0F : normalisation.mean[channel];
      const float deviation = normalisation.deviation.empty() ? 1.0F : normalisation.deviation[channel];
      scale_.push_back(unit / deviation);
      shift_.push_back((0.0F - mean) / deviation);
    }
  }
}

NASNET_BODY void ImagePreparer::normalise(std::int64_t index, std::span<float> out) const {
  if (dataset_.stores_bytes()) {
    normalise(dataset_.pixels<std::uint8_t>(index), out);
  } else {
    normalise(dataset_.pixels<float>(index), out);
  }
}

template <class Scalar>
void ImagePreparer::normalise(std::span<const Scalar> pixels, std::span<float> out) const {
  const std::size_t row = scale_.size();
  for (std::size_t begin = 0; begin < pixels.size(); begin += row) {
    const Scalar* from = pixels.data() + begin;
    float* to = out.data() + begin;
    for (std::size_t i = 0; i < row; ++i) to[i] = static_cast<float>(from[i]) * scale_[i] + shift_[i];
  }
}

NASNET_BODY void ImagePreparer::crop_padded(const AugmentationDraw& drawn, std::span<float> out) const {
  const float* black = shift_.data();  // a row of stored zeros, normalised
  const std::int64_t row = width() * channels();
  const std::int64_t right = (drawn.left - augmentation_.pad) * channels();
  const std::int64_t begin = std::clamp(-right, std::int64_t{0}, row);
  const std::int64_t end = std::clamp(row - right, std::int64_t{0}, row);
  for (std::int64_t y = 0; y < height(); ++y) {
    const std::int64_t from_y = y + drawn.top - augmentation_.pad;
    const bool inside = from_y >= 0 && from_y < height() && begin < end;
    float* to = out.data() + y * row;
    std::copy(black, black + row, to);
    if (!inside) continue;
    const float* from = image_.data() + (from_y * row + begin + right);
    std::copy(from, from + (end - begin), to + begin);
  }
}

NASNET_BODY void ImagePreparer::mirror(std::span<float> out) const {
  const std::int64_t row = width() * channels();
  for (float* left = out.data(); left != out.data() + out.size(); left += row) {
    for (std::int64_t x = 0, last = width() - 1; x < last; ++x, --last) {
      std::swap_ranges(left + x * channels(), left + (x + 1) * channels(), left + last * channels());
    }
  }
}

NASNET_BODY ImagePreparer::Sample ImagePreparer::sample(std::int64_t place, std::int64_t extent) const {
  const double ratio = static_cast<double>(extent) / static_cast<double>(extent + augmentation_.enlarge);
  const double position =
      std::clamp((static_cast<double>(place) + 0.5) * ratio - 0.5, 0.0, static_cast<double>(extent - 1));
  const auto first = static_cast<std::int64_t>(std::floor(position));
  return {first, (std::min)(first + 1, extent - 1), static_cast<float>(position - static_cast<double>(first))};
}

NASNET_BODY void ImagePreparer::crop_enlarged(const AugmentationDraw& drawn, std::span<float> out) {
  columns_.clear();
  for (std::int64_t x = 0; x < width(); ++x) {
    columns_.push_back(sample(drawn.left + x, width()));
  }
  float* to = out.data();
  for (std::int64_t y = 0; y < height(); ++y) {
    const Sample row = sample(drawn.top + y, height());
    for (const Sample& column : columns_) {
      const float* top_left = pixel(row.first, column.first);
      const float* top_right = pixel(row.first, column.second);
      const float* bottom_left = pixel(row.second, column.first);
      const float* bottom_right = pixel(row.second, column.second);
      for (std::int64_t c = 0; c < channels(); ++c) {
        const float top = top_left[c] + column.weight * (top_right[c] - top_left[c]);
        const float bottom = bottom_left[c] + column.weight * (bottom_right[c] - bottom_left[c]);
        *to++ = top + row.weight * (bottom - top);
      }
    }
  }
}

NASNET_BODY void ImagePreparer::cut_out(const AugmentationDraw& drawn, std::span<float> out) const {
  const std::int64_t top = drawn.cutout_row - augmentation_.cutout / 2;
  const std::int64_t left = drawn.cutout_column - augmentation_.cutout / 2;
  const std::int64_t first = (std::max)(left, std::int64_t{0});
  const std::int64_t last = (std::min)(left + augmentation_.cutout, width());
  for (std::int64_t y = (std::max)(top, std::int64_t{0}); y < (std::min)(top + augmentation_.cutout, height()); ++y) {
    float* row = out.data() + y * width() * channels();
    std::fill(row + first * channels(), row + last * channels(), 0.0F);
  }
}

}  // namespace nasnet::inline NASNET_ABI
