/// Folders of images in any of the formats that the library knows.
#pragma once

#include "nasnet/core/file_path.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/data/file_reader.hpp"

namespace nasnet::inline NASNET_ABI {

/// Training and test images of a folder, in the format that its files show: IDX (MNIST, Fashion-MNIST), CIFAR-10 or
/// CIFAR-100 binary, or NumPy arrays (see load_npy_folder).
/// @param reader `read_gzip_file` of <nasnet/data/gzip.hpp> reads compressed files as well
/// @throws IoError, DataError with the file's name, or with what was looked for where nothing was found.
NASNET_LAZY [[nodiscard]] ImageData load_dataset(const FilePath& folder, const FileReader& reader = read_plain_file);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/data/folder.ipp"
#endif
