#pragma once

#include "nasnet/data/folder.hpp"

#include <initializer_list>  // initializer_list
#include <string_view>       // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/data/cifar.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/data/file_reader.hpp"
#include "nasnet/data/idx.hpp"
#include "nasnet/data/npy.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY ImageData load_dataset(const FilePath& folder, const FileReader& reader) {
  detail::check_data_folder(folder);
  const auto holds = [&](std::initializer_list<std::string_view> names) {
    return detail::find_data_file(folder, names).has_value();
  };
  if (holds({"train-images-idx3-ubyte", "train-images.idx3-ubyte"})) return load_idx_images(folder, reader);
  if (holds({"data_batch_1.bin"})) return load_cifar10(folder, reader);
  if (holds({"train.bin"})) return load_cifar100(folder, reader);
  if (holds({"train_images.npy"})) return load_npy_folder(folder, reader);
  fail<IoError>("'", folder.string(), "': no images found: looked for train-images-idx3-ubyte (IDX), data_batch_1.bin ",
                "(CIFAR-10), train.bin (CIFAR-100) and train_images.npy (NumPy), each also with .gz");
}

}  // namespace nasnet::inline NASNET_ABI
