#pragma once

#include "nasnet/core/file_path.hpp"

#include <sys/stat.h>   // stat, S_ISDIR, S_ISREG
#include <string>       // string
#include <string_view>  // string_view

namespace nasnet::inline NASNET_ABI {

NASNET_BODY FilePath FilePath::parent_path() const {
  const auto separator = text_.rfind('/');
  if (separator == std::string::npos) return {};
  const auto end = text_.find_last_not_of('/', separator);
  return end == std::string::npos ? text_.substr(0, separator + 1) : text_.substr(0, end + 1);
}

NASNET_BODY std::string FilePath::filename() const { return text_.substr(text_.rfind('/') + 1); }

NASNET_BODY FilePath FilePath::operator/(std::string_view name) const {
  std::string text = text_;
  if (!text.empty() && text.back() != '/') text.push_back('/');
  return text.append(name);
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY bool file_exists(const FilePath& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

NASNET_BODY bool is_folder(const FilePath& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

NASNET_BODY bool is_regular_file(const FilePath& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace nasnet::inline NASNET_ABI::detail
