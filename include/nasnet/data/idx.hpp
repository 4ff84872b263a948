/// The IDX format of MNIST, Fashion-MNIST and their kin.
#pragma once

#include <cstdint>  // int32_t, int64_t, uint8_t
#include <span>     // span
#include <string>   // string
#include <vector>   // vector

#include "nasnet/core/file_path.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/data/file_reader.hpp"

namespace nasnet::inline NASNET_ABI {

/// An array of unsigned bytes.
struct IdxArray {
  Shape shape;
  std::vector<std::uint8_t> values;  ///< row-major
};

/// Reads an IDX array of unsigned bytes.
/// @param origin what errors call the file
/// @throws IoError for another format, element type or number of bytes than the header says. DataError for an extent 0.
NASNET_LAZY [[nodiscard]] IdxArray parse_idx(std::span<const std::uint8_t> file, const std::string& origin);

/// Images [N,H,W] (or [N,H,W,C]) and labels [N] from two IDX files.
/// @param classes number of classes; a label beyond is an error
/// @throws IoError, DataError with the file's name.
NASNET_LAZY [[nodiscard]] ImageDataset read_idx_images(const FilePath& images_path, const FilePath& labels_path,
                                                       const FileReader& reader = read_plain_file, int classes = 10);

/// Training and test images of a folder with the four files of MNIST and Fashion-MNIST: `train-images-idx3-ubyte`,
/// `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, or with a dot before `idx`.
/// @param reader `read_gzip_file` of <nasnet/data/gzip.hpp> reads them compressed as well
/// @throws IoError, DataError with the file's name.
NASNET_LAZY [[nodiscard]] ImageData load_idx_images(const FilePath& folder, const FileReader& reader = read_plain_file,
                                                    int classes = 10);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/data/idx.ipp"
#endif
