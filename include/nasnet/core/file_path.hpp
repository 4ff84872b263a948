/// Paths of files and folders.
#pragma once

#include <concepts>     // convertible_to
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// std::filesystem::path, known by what it has.
template <class T>
concept LibraryPath = requires(const T& path) {
  T::preferred_separator;
  { path.native() } -> std::convertible_to<const std::string&>;
};

}  // namespace detail

/// The path of a file or folder, as the system takes it. A text is one, and so is a std::filesystem::path; where a
/// program wants the latter, this becomes one. It is a class of its own because <filesystem> takes long to compile.
class FilePath {
 public:
  FilePath() = default;
  FilePath(std::string text) : text_(std::move(text)) {}  // NOLINT: a text is a path
  FilePath(std::string_view text) : text_(text) {}        // NOLINT: a text is a path
  FilePath(const char* text) : text_(text) {}             // NOLINT: a text is a path
  template <detail::LibraryPath Path>
  FilePath(const Path& path) : text_(path.native()) {}  // NOLINT: the same value

  template <detail::LibraryPath Path>
  operator Path() const {  // NOLINT: the same value
    return Path(text_);
  }

  [[nodiscard]] const std::string& string() const { return text_; }
  [[nodiscard]] const char* c_str() const { return text_.c_str(); }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  /// What stands before the last separator, where there is one: the folder that it is in. Empty for a mere name.
  NASNET_LAZY [[nodiscard]] FilePath parent_path() const;

  /// What stands after the last separator.
  NASNET_LAZY [[nodiscard]] std::string filename() const;

  /// The path of what bears a name in a folder. @param name neither empty nor with a separator in front
  NASNET_LAZY [[nodiscard]] FilePath operator/(std::string_view name) const;

  bool operator==(const FilePath& other) const { return text_ == other.text_; }

 private:
  std::string text_;
};

namespace detail {

/// Whether there is a file, a folder or anything else of this path. False also where the system does not say.
NASNET_LAZY [[nodiscard]] bool file_exists(const FilePath& path);

/// Whether it is a folder, or a link to one.
NASNET_LAZY [[nodiscard]] bool is_folder(const FilePath& path);

/// Whether it is a file with contents, or a link to one: no folder, pipe or device.
NASNET_LAZY [[nodiscard]] bool is_regular_file(const FilePath& path);

}  // namespace detail

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/file_path.ipp"
#endif
