#pragma once

#include "nasnet/data/resize.hpp"

#include <algorithm>    // clamp, fill, max, min
#include <cmath>        // abs, floor, lround
#include <cstddef>      // size_t
#include <cstdint>      // int32_t, int64_t, uint8_t
#include <type_traits>  // is_same_v
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/core/size.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/data/dataset.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The old pixels that one new pixel is made of, along one axis.
struct ResampledPixel {
  std::int64_t first = 0;
  std::vector<float> weights;
};

NASNET_LAZY [[nodiscard]] inline double triangle_kernel(double x) { return std::abs(x) < 1 ? 1 - std::abs(x) : 0.0; }

NASNET_LAZY [[nodiscard]] inline double cubic_kernel(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
}

NASNET_LAZY [[nodiscard]] inline double box_kernel(double /*x*/) { return 1; }

NASNET_LAZY [[nodiscard]] inline ResampledPixel corner_pixel(std::int64_t place, std::int64_t from, std::int64_t to) {
  const double position = static_cast<double>(place) * static_cast<double>(from) / static_cast<double>(to);
  const auto first = (std::min)(static_cast<std::int64_t>(position), from - 1);
  if (first == from - 1) return {first, {1.0F}};
  const auto second = static_cast<float>(position - static_cast<double>(first));
  return {first, {1.0F - second, second}};
}

/// @param reach half of the kernel's width, in pixels of the coarser of the two images
NASNET_LAZY [[nodiscard]] inline ResampledPixel centred_pixel(std::int64_t place, std::int64_t from, std::int64_t to,
                                                              double reach, double (*kernel)(double)) {
  const double step = static_cast<double>(from) / static_cast<double>(to);
  const double spread = (std::max)(step, 1.0);
  const double centre = (static_cast<double>(place) + 0.5) * step;
  const auto begin = (std::max)(static_cast<std::int64_t>(std::floor(centre - reach * spread + 0.5)), std::int64_t{0});
  const auto end = (std::min)(static_cast<std::int64_t>(std::floor(centre + reach * spread + 0.5)), from);
  std::vector<double> weights;
  double sum = 0;
  for (std::int64_t i = begin; i < end; ++i) {
    weights.push_back(kernel((static_cast<double>(i) - centre + 0.5) / spread));
    sum += weights.back();
  }
  ResampledPixel pixel{begin, {}};
  for (const double weight : weights) pixel.weights.push_back(static_cast<float>(weight / sum));
  return pixel;
}

NASNET_LAZY [[nodiscard]] inline std::vector<ResampledPixel> resampled_axis(std::int64_t from, std::int64_t to,
                                                                            Interpolation interpolation) {
  std::vector<ResampledPixel> axis;
  for (std::int64_t place = 0; place < to; ++place) {
    switch (interpolation) {
      case Interpolation::bilinear_corner: axis.push_back(corner_pixel(place, from, to)); break;
      case Interpolation::bilinear: axis.push_back(centred_pixel(place, from, to, 1, &triangle_kernel)); break;
      case Interpolation::bicubic: axis.push_back(centred_pixel(place, from, to, 2, &cubic_kernel)); break;
      case Interpolation::area: axis.push_back(centred_pixel(place, from, to, 0.5, &box_kernel)); break;
    }
  }
  return axis;
}

/// Resizes images of one size, one after the other. Holds the weights and a map of working memory.
class ImageResizer {
 public:
  /// @throws ArgumentError for a size of 0 or far too many pixels.
  NASNET_LAZY ImageResizer(Size from, Size to, std::int64_t channels, Interpolation interpolation)
      : from_(from), channels_(channels) {
    constexpr std::int64_t largest = 1 << 16;
    if (to.height < 1 || to.width < 1 || to.height > largest || to.width > largest) {
      fail<ArgumentError>("resize: to ", to.height, 'x', to.width, ", wanted 1x1 to ", largest, 'x', largest);
    }
    rows_ = resampled_axis(from.height, to.height, interpolation);
    columns_ = resampled_axis(from.width, to.width, interpolation);
    narrowed_.resize(static_cast<std::size_t>(from.height * to.width * channels));
  }

  /// @param image [from.height, from.width, channels], of bytes or floats @param out [to.height, to.width, channels]
  template <class Pixel>
  void resize(const Pixel* image, float* out) {
    const auto width = static_cast<std::int64_t>(columns_.size());
    for (std::int64_t y = 0; y < from_.height; ++y) {
      for (std::int64_t x = 0; x < width; ++x) {
        blend(image + y * from_.width * channels_, channels_, columns_[static_cast<std::size_t>(x)],
              narrowed_.data() + (y * width + x) * channels_, channels_);
      }
    }
    const std::int64_t row = width * channels_;
    for (std::size_t y = 0; y < rows_.size(); ++y) {
      blend(narrowed_.data(), row, rows_[y], out + static_cast<std::int64_t>(y) * row, row);
    }
  }

 private:
  /// out[i] = sum over the pixel's weights of lines[(first + k) * stride + i].
  template <class Pixel>
  static void blend(const Pixel* lines, std::int64_t stride, const ResampledPixel& pixel, float* out,
                    std::int64_t count) {
    std::fill(out, out + count, 0.0F);
    const Pixel* line = lines + pixel.first * stride;
    for (const float weight : pixel.weights) {
      for (std::int64_t i = 0; i < count; ++i) out[i] += weight * static_cast<float>(line[i]);
      line += stride;
    }
  }

  Size from_;
  std::int64_t channels_;
  std::vector<ResampledPixel> rows_, columns_;
  std::vector<float> narrowed_;  // the image with new columns and old rows
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Tensor<float> resize(const Tensor<float>& images, Size size, Interpolation interpolation) {
  if (images.shape().rank() != 4 || images.elements() == 0) {
    fail<ShapeError>("resize: images are ", images.shape().to_string(), ", wanted [N,H,W,C] without a 0");
  }
  const std::int64_t channels = images.extent(3);
  detail::ImageResizer resizer({images.extent(1), images.extent(2)}, size, channels, interpolation);
  Tensor<float> result({images.extent(0), size.height, size.width, channels});
  const std::int64_t from = images.elements() / images.extent(0);
  const std::int64_t to = result.elements() / result.extent(0);
  for (std::int64_t n = 0; n < images.extent(0); ++n) resizer.resize(images.data() + n * from, result.data() + n * to);
  return result;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

template <class Pixel>
[[nodiscard]] Pixel pixel_of(float value) {
  if constexpr (std::is_same_v<Pixel, float>) {
    return value;
  } else {
    return static_cast<Pixel>(std::lround(std::clamp(value, 0.0F, 255.0F)));
  }
}

template <class Pixel>
[[nodiscard]] ImageDataset resized_as(const ImageDataset& dataset, Size size, Interpolation interpolation) {
  ImageResizer resizer({dataset.height(), dataset.width()}, size, dataset.channels(), interpolation);
  const auto count =
      static_cast<std::size_t>(checked_product(checked_product(size.height, size.width), dataset.channels()));
  std::vector<float> image(count);
  std::vector<Pixel> pixels;
  pixels.reserve(static_cast<std::size_t>(checked_product(dataset.size(), static_cast<std::int64_t>(count))));
  std::vector<std::int32_t> labels;
  for (std::int64_t n = 0; n < dataset.size(); ++n) {
    resizer.resize(dataset.pixels<Pixel>(n).data(), image.data());
    for (const float value : image) pixels.push_back(pixel_of<Pixel>(value));
    labels.push_back(dataset.label(n));
  }
  return {dataset.name(), Shape{dataset.size(), size.height, size.width, dataset.channels()}, std::move(pixels),
          std::move(labels), dataset.classes()};
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY ImageDataset resized(const ImageDataset& dataset, Size size, Interpolation interpolation) {
  if (dataset.empty()) fail<DataError>("'", dataset.name(), "': no images to resize");
  if (size == Size{dataset.height(), dataset.width()}) return dataset;
  return dataset.stores_bytes() ? detail::resized_as<std::uint8_t>(dataset, size, interpolation)
                                : detail::resized_as<float>(dataset, size, interpolation);
}

}  // namespace nasnet::inline NASNET_ABI
