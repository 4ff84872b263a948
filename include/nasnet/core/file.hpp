/// Files that are read whole, replaced whole, or grown by whole lines.
#pragma once

#include <sys/stat.h>   // stat
#include <sys/types.h>  // mode_t, off_t

#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint8_t, uint64_t
#include <optional>     // optional
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/config.hpp"
#include "nasnet/core/file_path.hpp"

namespace nasnet::inline NASNET_ABI {

/// The contents of a file.
using Bytes = std::vector<std::uint8_t>;

/// Most bytes that a file may have where the caller names no limit: 16 GiB.
inline constexpr std::uint64_t default_file_limit = std::uint64_t{16} << 30U;

namespace detail {

NASNET_LAZY [[nodiscard]] std::string system_reason(int code);

NASNET_LAZY [[noreturn]] NASNET_COLD void fail_to(std::string_view act, const FilePath& path, int code);

/// An open file, closed at the end of its life.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

  /// 0, or why the system could not store what was written. A close that a signal interrupts has closed.
  NASNET_LAZY [[nodiscard]] int close();

 private:
  int number_ = -1;
};

[[nodiscard]] inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Linux writes and reads less than 2 GiB at a time.
inline constexpr std::size_t largest_transfer = std::size_t{1} << 30U;

/// Writes all bytes. 0, or the system's reason.
NASNET_LAZY [[nodiscard]] int write_all(const FileDescriptor& file, std::span<const std::uint8_t> bytes);

/// The file and what the system says about it, opened for reading. Folders and devices are refused.
NASNET_LAZY [[nodiscard]] FileDescriptor open_to_read(const FilePath& path, struct stat& status);

NASNET_LAZY [[noreturn]] NASNET_COLD void fail_too_large(const FilePath& path, std::uint64_t limit);

/// Bytes of an array that a file's header speaks of; nothing where no file could hold them.
NASNET_LAZY [[nodiscard]] std::optional<std::uint64_t> bytes_claimed(std::size_t element,
                                                                     std::span<const std::int64_t> extents);

}  // namespace detail

/// The contents of a file or pipe.
/// @param limit most bytes that are accepted
/// @throws IoError where it is missing, unreadable, a folder, a device or beyond the limit.
NASNET_LAZY [[nodiscard]] Bytes read_file(const FilePath& path, std::uint64_t limit = default_file_limit);

/// As read_file, for text.
NASNET_LAZY [[nodiscard]] std::string read_text_file(const FilePath& path, std::uint64_t limit = default_file_limit);

/// Makes a folder and those above it; one that exists is left as it is.
/// @throws IoError where it cannot be made or a file has its name.
NASNET_LAZY void make_folder(const FilePath& path);

/// A file that appears under its name whole or not at all: it grows under a temporary name in the same folder, and
/// `commit` gives it its own. Without `commit` nothing remains of it, and what had the name before stays.
///
/// A path that names a pipe or a device is written in place.
class AtomicFile {
 public:
  /// @throws IoError where the folder does not take new files or the path is a folder.
  NASNET_LAZY explicit AtomicFile(FilePath path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  /// @throws IoError as for a full disk.
  NASNET_LAZY void write(std::span<const std::uint8_t> bytes);
  NASNET_LAZY void write(std::string_view text);

  /// Stores the bytes on the disk and gives the file its name.
  /// @throws IoError where the system cannot.
  NASNET_LAZY void commit();

 private:
  NASNET_LAZY void open_in_place();

  // A link stays a link: the file it names is replaced.
  NASNET_LAZY void follow_links();

  NASNET_LAZY void open_temporary();

  // Best effort: a file system without permissions is none of our errors.
  NASNET_LAZY void keep_permissions(mode_t mode);

  NASNET_LAZY void check(int code);

  NASNET_LAZY void remove_temporary() noexcept;

  // The new name itself reaches the disk with the folder. The file is complete either way, so a refusal is no error.
  NASNET_LAZY void store_name() const;

  FilePath path_;    // as the user says it
  FilePath target_;  // the file behind links
  FilePath temporary_;
  detail::FileDescriptor file_;
};

/// Replaces a file by these bytes, or leaves what was there. See AtomicFile.
/// @throws IoError with the path and the system's reason.
NASNET_LAZY void write_file_atomically(const FilePath& path, std::span<const std::uint8_t> bytes);
NASNET_LAZY void write_file_atomically(const FilePath& path, std::string_view text);

struct AppendOptions {
  bool sync = false;  ///< wait after each line until the disk has it: survives loss of power, costs milliseconds
};

/// A file that grows by whole lines, for journals. One writer at a time: a second one, in any process, is refused. Not
/// safe to use from several threads at once.
///
/// A line that could not be written whole is taken back, so that the file ends after the last whole line; only the end
/// of the process or of power in mid-write leaves a torn line, which `drop_torn_line` removes.
class AppendFile {
 public:
  /// Opens the file, or makes it.
  /// @throws IoError where it cannot be written or another writer has it.
  NASNET_LAZY explicit AppendFile(FilePath path, AppendOptions options = {});

  [[nodiscard]] const FilePath& path() const { return path_; }

  /// Adds one line; the newline is added here.
  /// @throws IoError where it could not be stored whole. ArgumentError where the line holds a newline.
  NASNET_LAZY void append(std::string_view line);

  /// Cuts off what stands after the last newline. The number of bytes cut off: 0 where the last line is whole.
  NASNET_LAZY std::uint64_t drop_torn_line();

 private:
  // Some network file systems have no locks; there the user keeps the writers apart.
  NASNET_LAZY void claim();

  NASNET_LAZY [[nodiscard]] off_t end() const;

  NASNET_LAZY [[nodiscard]] off_t end_of_last_line(off_t size) const;

  FilePath path_;
  AppendOptions options_;
  detail::FileDescriptor file_;
  bool can_shrink_ = false;
  std::string buffer_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/file.ipp"
#endif
