/// Maps inside a larger memory: what the steps of an inference plan read and write.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Maps [images,height,width,channels] whose pixels lie `pitch` scalars apart.
template <class T>
struct MapView {
  T* data = nullptr;
  std::int64_t images = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;
  std::int64_t pitch = 0;

  [[nodiscard]] explicit operator bool() const { return data != nullptr; }
  [[nodiscard]] std::int64_t pixels() const { return images * height * width; }
  [[nodiscard]] T* pixel(std::int64_t index) const { return data + index * pitch; }
  [[nodiscard]] T* row(std::int64_t image, std::int64_t row) const { return pixel((image * height + row) * width); }
  [[nodiscard]] MapView<const T> read_only() const { return {data, images, height, width, channels, pitch}; }
};

/// Neighbouring channels of a pixel.
struct ChannelRun {
  std::int64_t from = 0;   ///< first channel in the map
  std::int64_t to = 0;     ///< and where they are copied to
  std::int64_t count = 0;  ///< how many

  constexpr bool operator==(const ChannelRun&) const = default;
};

}  // namespace nasnet::inline NASNET_ABI
