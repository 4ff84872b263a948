#pragma once

#include "nasnet/data/file_reader.hpp"

#include <cstddef>           // size_t
#include <cstdint>           // int64_t
#include <initializer_list>  // initializer_list
#include <optional>          // optional
#include <string>            // string
#include <string_view>       // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/core/shape.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY FilePath with_gz(const FilePath& path) { return path.string() + ".gz"; }

NASNET_BODY std::optional<FilePath> find_data_file(const FilePath& folder,
                                                   std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto path = folder / name;
    if (file_exists(path) || file_exists(with_gz(path))) return path;
  }
  return std::nullopt;
}

NASNET_BODY void check_data_folder(const FilePath& folder) {
  if (is_folder(folder)) return;
  if (!file_exists(folder)) fail<IoError>("cannot read '", folder.string(), "': there is no such folder");
  fail<IoError>("cannot read '", folder.string(), "': it is no folder");
}

NASNET_INLINE FilePath require_data_file(const FilePath& folder, std::initializer_list<std::string_view> names) {
  check_data_folder(folder);
  const auto found = find_data_file(folder, names);
  if (!found) fail<IoError>("cannot read '", (folder / *names.begin()).string(), "': there is no such file");
  return *found;
}

NASNET_BODY void check_data_size(std::size_t found, std::size_t element, const Shape& shape,
                                 const std::string& origin) {
  for (const std::int64_t extent : shape.extents()) {
    if (extent == 0) fail<DataError>("'", origin, "': its header says ", shape.to_string(), ", with a 0");
  }
  const auto wanted = bytes_claimed(element, shape.extents());
  if (found == wanted) return;
  if (!wanted) fail<IoError>("'", origin, "': its header says ", shape.to_string(), ", more than a file can hold");
  fail<IoError>("'", origin, "': ", found < *wanted ? "truncated" : "wrongly sized", ": ", found,
                " bytes follow its header, ", *wanted, " are wanted for ", shape.to_string());
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_INLINE Bytes read_plain_file(const FilePath& path) {
  const auto compressed = detail::with_gz(path);
  if (!detail::file_exists(path) && detail::file_exists(compressed)) {
    fail<IoError>("cannot read '", path.string(), "': only '", compressed.filename(),
                  "' is there; pass nasnet::read_gzip_file of <nasnet/data/gzip.hpp> to read it");
  }
  return read_file(path);
}

}  // namespace nasnet::inline NASNET_ABI
