/// The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky, 2009).
#pragma once

#include "nasnet/core/file_path.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/data/file_reader.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

// one of 20 coarse classes, then the class

}  // namespace detail

/// CIFAR-10 from a folder with `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`: images [N,32,32,3].
/// @throws IoError, DataError with the file's name.
NASNET_LAZY [[nodiscard]] ImageData load_cifar10(const FilePath& folder, const FileReader& reader = read_plain_file);

/// CIFAR-100 with its 100 fine classes from a folder with `train.bin` and `test.bin`: images [N,32,32,3].
/// @throws IoError, DataError with the file's name.
NASNET_LAZY [[nodiscard]] ImageData load_cifar100(const FilePath& folder, const FileReader& reader = read_plain_file);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/data/cifar.ipp"
#endif
