/// Named tensors in files of the safetensors format.
#pragma once

#include <cstdint>  // uint64_t
#include <nlohmann/json_fwd.hpp>
#include <string>   // string
#include <utility>  // exchange, move, pair
#include <vector>   // vector

#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/io/tensor_file.hpp"

namespace nasnet::inline NASNET_ABI {

/// Reads the bytes of a safetensors file. The tensors share them.
/// @param origin what errors call the file
/// @throws IoError where the header lies about the bytes, or is no header.
NASNET_LAZY [[nodiscard]] TensorFile parse_safetensors(Bytes bytes, std::string origin);

/// @throws IoError where the file cannot be read or is no sound safetensors file.
NASNET_LAZY [[nodiscard]] TensorFile read_safetensors(const FilePath& path, std::uint64_t limit = default_file_limit);

namespace detail {

/// The tensors in the order of their data: the widest elements first, so that all are aligned, and then by name.
NASNET_LAZY [[nodiscard]] std::vector<const std::pair<const std::string, StoredTensor>*> safetensors_order(
    const TensorFile& file);

/// Length and JSON, padded with spaces so that the data begin at a multiple of 8 bytes.
NASNET_LAZY [[nodiscard]] std::string safetensors_header(const TensorFile& file);

}  // namespace detail

/// Writes a file, whole or not at all. Equal contents give equal bytes: tensors stand by element size and name.
/// @throws IoError as for a full disk. DataError for names that the format does not allow.
NASNET_LAZY void write_safetensors(const FilePath& path, const TensorFile& contents);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/io/safetensors.ipp"
#endif
