/// How dataset loaders get at the bytes of a file.
#pragma once

#include <cstddef>           // size_t
#include <functional>        // function
#include <initializer_list>  // initializer_list
#include <optional>          // optional
#include <string>            // string
#include <string_view>       // string_view

#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/core/shape.hpp"

namespace nasnet::inline NASNET_ABI {

/// Gives the contents of a file of data. `read_plain_file` is one, `read_gzip_file` of <nasnet/data/gzip.hpp> another.
using FileReader = std::function<Bytes(const FilePath&)>;

namespace detail {

/// The path with .gz behind it.
NASNET_LAZY [[nodiscard]] FilePath with_gz(const FilePath& path);

/// The path of the first of these names that the folder holds, itself or with .gz behind it; without the .gz.
NASNET_LAZY [[nodiscard]] std::optional<FilePath> find_data_file(const FilePath& folder,
                                                                 std::initializer_list<std::string_view> names);

NASNET_LAZY void check_data_folder(const FilePath& folder);

/// As find_data_file. @throws IoError where there is none, naming the first.
[[nodiscard]] FilePath require_data_file(const FilePath& folder, std::initializer_list<std::string_view> names);

/// Checks the bytes that follow a header against the array that it speaks of.
/// @throws DataError for an extent 0. IoError where bytes are missing or left over.
NASNET_LAZY void check_data_size(std::size_t found, std::size_t element, const Shape& shape, const std::string& origin);

}  // namespace detail

/// The contents of a file as it is.
/// @throws IoError where it cannot be read; where only a compressed one is there, it says what reads that.
[[nodiscard]] Bytes read_plain_file(const FilePath& path);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/data/file_reader.ipp"
#endif
