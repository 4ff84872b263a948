#include "nasnet/data/augmentation.ipp"
#include "nasnet/data/cifar.ipp"
#include "nasnet/data/dataset.ipp"
#include "nasnet/data/file_reader.ipp"
#include "nasnet/data/folder.ipp"
#include "nasnet/data/idx.ipp"
#include "nasnet/data/loader.ipp"
#include "nasnet/data/npy.ipp"
#include "nasnet/data/preprocessing.ipp"
#include "nasnet/data/resize.ipp"

namespace nasnet::inline NASNET_ABI {

template std::span<const float> ImageDataset::pixels<float>(std::int64_t) const;
template std::span<const std::uint8_t> ImageDataset::pixels<std::uint8_t>(std::int64_t) const;

}  // namespace nasnet::inline NASNET_ABI
