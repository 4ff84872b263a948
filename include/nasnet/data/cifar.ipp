#pragma once

#include "nasnet/data/cifar.hpp"

#include <cstddef>           // size_t
#include <cstdint>           // int32_t, int64_t, uint8_t
#include <initializer_list>  // initializer_list
#include <span>              // span
#include <string_view>       // string_view
#include <utility>           // move
#include <vector>            // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/data/file_reader.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// What one record of a CIFAR file holds before its pixels.
struct CifarFormat {
  std::size_t label_bytes;  // the last of them is the class
  int classes;
};

inline constexpr CifarFormat cifar10_format{.label_bytes = 1, .classes = 10};

inline constexpr CifarFormat cifar100_format{.label_bytes = 2, .classes = 100};

inline constexpr std::size_t cifar_side = 32;

inline constexpr std::size_t cifar_plane = cifar_side * cifar_side;

inline constexpr std::size_t cifar_channels = 3;

/// Planes of red, green and blue, to pixels [H,W,C].
NASNET_LAZY inline void append_interleaved(std::span<const std::uint8_t> planes, std::vector<std::uint8_t>& pixels) {
  for (std::size_t place = 0; place < cifar_plane; ++place) {
    for (std::size_t channel = 0; channel < cifar_channels; ++channel) {
      pixels.push_back(planes[channel * cifar_plane + place]);
    }
  }
}

/// Adds the records of one file to pixels and labels.
NASNET_LAZY inline void append_cifar_file(const FilePath& path, const FileReader& reader, const CifarFormat& format,
                                          std::vector<std::uint8_t>& pixels, std::vector<std::int32_t>& labels) {
  const Bytes file = reader(path);
  const std::size_t record = format.label_bytes + cifar_channels * cifar_plane;
  if (file.empty() || file.size() % record != 0) {
    fail<IoError>("'", path.string(), "': truncated or no CIFAR file: it has ", file.size(), " bytes, a multiple of ",
                  record, " is wanted");
  }
  std::vector<std::int32_t> found;
  for (std::size_t begin = 0; begin < file.size(); begin += record) {
    const auto bytes = std::span(file).subspan(begin, record);
    found.push_back(bytes[format.label_bytes - 1]);
    append_interleaved(bytes.subspan(format.label_bytes), pixels);
  }
  check_labels(found, format.classes, path.string());
  labels.insert(labels.end(), found.begin(), found.end());
}

NASNET_LAZY [[nodiscard]] inline ImageDataset read_cifar(const FilePath& folder, const FileReader& reader,
                                                         const CifarFormat& format,
                                                         std::initializer_list<std::string_view> names) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> labels;
  for (const std::string_view name : names) {
    append_cifar_file(require_data_file(folder, {name}), reader, format, pixels, labels);
  }
  const Shape shape{static_cast<std::int64_t>(labels.size()), cifar_side, cifar_side, cifar_channels};
  return ImageDataset(folder.string(), shape, std::move(pixels), std::move(labels), format.classes);
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY ImageData load_cifar10(const FilePath& folder, const FileReader& reader) {
  const auto& format = detail::cifar10_format;
  auto train = detail::read_cifar(
      folder, reader, format,
      {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"});
  return detail::matched(std::move(train), detail::read_cifar(folder, reader, format, {"test_batch.bin"}));
}

NASNET_BODY ImageData load_cifar100(const FilePath& folder, const FileReader& reader) {
  const auto& format = detail::cifar100_format;
  auto train = detail::read_cifar(folder, reader, format, {"train.bin"});
  return detail::matched(std::move(train), detail::read_cifar(folder, reader, format, {"test.bin"}));
}

}  // namespace nasnet::inline NASNET_ABI
