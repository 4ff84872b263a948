// The images of the table of cells: those of a folder at half their size. Included by programs only.
#pragma once

#include <filesystem>

#include <nasnet/core/size.hpp>
#include <nasnet/data/dataset.hpp>
#include <nasnet/data/folder.hpp>
#include <nasnet/data/gzip.hpp>
#include <nasnet/data/resize.hpp>

namespace program {

/// Half as high and as wide: means of 2x2 pixels where the extents are even.
[[nodiscard]] inline nasnet::ImageDataset halved(const nasnet::ImageDataset& images) {
  const nasnet::Size half{(images.height() + 1) / 2, (images.width() + 1) / 2};
  return nasnet::resized(images, half, nasnet::Interpolation::area);
}

/// The images of a folder in any known format, halved.
[[nodiscard]] inline nasnet::ImageData load_halved(const std::filesystem::path& folder) {
  const nasnet::ImageData data = nasnet::load_dataset(folder, nasnet::read_gzip_file);
  return {.train = halved(data.train), .test = halved(data.test)};
}

}  // namespace program
