#pragma once

#include "nasnet/data/idx.hpp"

#include <cstddef>  // ptrdiff_t, size_t
#include <cstdint>  // int32_t, int64_t, uint8_t
#include <span>     // span
#include <string>   // string
#include <utility>  // move
#include <vector>   // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/data/file_reader.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Checks the four bytes that begin an IDX file: 0, 0, the type and the number of extents, which is returned.
NASNET_LAZY [[nodiscard]] inline std::size_t idx_rank(std::span<const std::uint8_t> file, const std::string& origin) {
  if (file.size() < 4 || file[0] != 0 || file[1] != 0) {
    const bool compressed = file.size() >= 2 && file[0] == 0x1F && file[1] == 0x8B;
    fail<IoError>("'", origin, "': no IDX file: it does not begin with two zero bytes",
                  compressed ? ", but looks compressed with gzip" : "");
  }
  if (file[2] != 0x08) {
    fail<IoError>("'", origin, "': IDX element type ", int{file[2]}, ", only 8 (unsigned byte) can be read");
  }
  const std::size_t rank = file[3];
  if (rank < 1 || rank > Shape::max_rank) {
    fail<IoError>("'", origin, "': IDX array of ", rank, " extents, 1 to 4 can be read");
  }
  if (file.size() < 4 + 4 * rank) fail<IoError>("'", origin, "': truncated: it ends in its header");
  return rank;
}

NASNET_LAZY [[nodiscard]] inline std::int64_t big_endian_32(std::span<const std::uint8_t> bytes) {
  return std::int64_t{bytes[0]} << 24 | std::int64_t{bytes[1]} << 16 | std::int64_t{bytes[2]} << 8 | bytes[3];
}

NASNET_LAZY [[nodiscard]] inline Shape idx_shape(std::span<const std::uint8_t> file, std::size_t rank) {
  std::vector<std::int64_t> extents;
  for (std::size_t axis = 0; axis < rank; ++axis) extents.push_back(big_endian_32(file.subspan(4 + 4 * axis, 4)));
  return Shape{std::span<const std::int64_t>(extents)};
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY IdxArray parse_idx(std::span<const std::uint8_t> file, const std::string& origin) {
  const std::size_t rank = detail::idx_rank(file, origin);
  const Shape shape = detail::idx_shape(file, rank);
  const auto values = file.subspan(4 + 4 * rank);
  detail::check_data_size(values.size(), 1, shape, origin);
  return {.shape = shape, .values = {values.begin(), values.end()}};
}

NASNET_BODY ImageDataset read_idx_images(const FilePath& images_path, const FilePath& labels_path,
                                         const FileReader& reader, int classes) {
  IdxArray images = parse_idx(reader(images_path), images_path.string());
  const IdxArray labels = parse_idx(reader(labels_path), labels_path.string());
  if (images.shape.rank() < 3) {
    fail<DataError>("'", images_path.string(), "': images have shape ", images.shape.to_string(),
                    ", [N,H,W] is wanted");
  }
  if (labels.shape.rank() != 1 || labels.shape[0] != images.shape[0]) {
    fail<DataError>("'", labels_path.string(), "': labels have shape ", labels.shape.to_string(), ", [",
                    images.shape[0], "] is wanted, one for each image of '", images_path.filename(), "'");
  }
  std::vector<std::int32_t> numbers(labels.values.begin(), labels.values.end());
  detail::check_labels(numbers, classes, labels_path.string());
  const std::int64_t channels = images.shape.rank() == 4 ? images.shape[3] : 1;
  const Shape shape{images.shape[0], images.shape[1], images.shape[2], channels};
  return ImageDataset(images_path.string(), shape, std::move(images.values), std::move(numbers), classes);
}

NASNET_BODY ImageData load_idx_images(const FilePath& folder, const FileReader& reader, int classes) {
  const auto find = detail::require_data_file;
  auto train = read_idx_images(find(folder, {"train-images-idx3-ubyte", "train-images.idx3-ubyte"}),
                               find(folder, {"train-labels-idx1-ubyte", "train-labels.idx1-ubyte"}), reader, classes);
  auto test = read_idx_images(find(folder, {"t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"}),
                              find(folder, {"t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte"}), reader, classes);
  return detail::matched(std::move(train), std::move(test));
}

}  // namespace nasnet::inline NASNET_ABI
