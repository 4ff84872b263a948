/// Files that are read whole, replaced whole, or grown by whole lines.
#pragma once

#include <fcntl.h>     // open, O_*
#include <sys/file.h>  // flock
#include <sys/stat.h>  // fstat, stat, fchmod
#include <unistd.h>    // close, fsync, ftruncate, getpid, lseek, pread, read, unlink, write

#include <algorithm>     // min
#include <array>         // array
#include <cerrno>        // errno
#include <cstddef>       // size_t
#include <cstdint>       // int64_t, uint8_t, uint64_t
#include <cstdio>        // rename
#include <filesystem>    // path, create_directories
#include <optional>      // nullopt, optional
#include <span>          // span
#include <string>        // string
#include <string_view>   // string_view
#include <system_error>  // error_code, generic_category
#include <utility>       // exchange, move
#include <vector>        // vector

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

/// The contents of a file.
using Bytes = std::vector<std::uint8_t>;

/// Most bytes that a file may have where the caller names no limit: 16 GiB.
inline constexpr std::uint64_t default_file_limit = std::uint64_t{16} << 30U;

namespace detail {

[[nodiscard]] inline std::string system_reason(int code) { return std::generic_category().message(code); }

[[noreturn]] NASNET_COLD inline void fail_to(std::string_view act, const std::filesystem::path& path, int code) {
  fail<IoError>("cannot ", act, " '", path.string(), "': ", system_reason(code));
}

/// An open file, closed at the end of its life.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      static_cast<void>(close());
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~FileDescriptor() { static_cast<void>(close()); }

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

  /// 0, or why the system could not store what was written. A close that a signal interrupts has closed.
  [[nodiscard]] int close() {
    if (!is_open()) return 0;
    return ::close(std::exchange(number_, -1)) == 0 || errno == EINTR ? 0 : errno;
  }

 private:
  int number_ = -1;
};

[[nodiscard]] inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Linux writes and reads less than 2 GiB at a time.
inline constexpr std::size_t largest_transfer = std::size_t{1} << 30U;

/// Writes all bytes. 0, or the system's reason.
[[nodiscard]] inline int write_all(const FileDescriptor& file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file.number(), bytes.data(), (std::min)(bytes.size(), largest_transfer));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Waits until the bytes are stored. 0, or the system's reason. What is no file on a disk has nothing to wait for.
[[nodiscard]] inline int synchronise(const FileDescriptor& file) {
  if (::fsync(file.number()) == 0) return 0;
  return errno == EINVAL || errno == ENOTSUP || errno == EROFS ? 0 : errno;
}

/// The file and what the system says about it, opened for reading. Folders and devices are refused.
[[nodiscard]] inline FileDescriptor open_to_read(const std::filesystem::path& path, struct stat& status) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) fail_to("read", path, errno);
  if (::fstat(file.number(), &status) != 0) fail_to("read", path, errno);
  if (S_ISDIR(status.st_mode)) fail<IoError>("cannot read '", path.string(), "': it is a folder, a file is wanted");
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
    fail<IoError>("cannot read '", path.string(), "': it is a device, a file is wanted");
  }
  return file;
}

[[noreturn]] NASNET_COLD inline void fail_too_large(const std::filesystem::path& path, std::uint64_t limit) {
  fail<IoError>("cannot read '", path.string(), "': it has more than ", limit, " bytes, the most that is read here");
}

/// The contents of a file as a vector or string of bytes.
template <class Container>
[[nodiscard]] Container read_whole(const std::filesystem::path& path, std::uint64_t limit) {
  struct stat status {};
  const FileDescriptor file = open_to_read(path, status);
  const auto expected = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
  if (expected > limit) fail_too_large(path, limit);
  Container contents;
  contents.resize(static_cast<std::size_t>(expected) + 1);  // one more byte than there is: the last read finds the end
  std::size_t filled = 0;
  while (true) {
    if (filled == contents.size()) contents.resize(2 * contents.size() + 4096);
    const auto count =
        ::read(file.number(), contents.data() + filled, (std::min)(contents.size() - filled, largest_transfer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_to("read", path, errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
    if (filled > limit) fail_too_large(path, limit);
  }
  contents.resize(filled);
  return contents;
}

/// Bytes of an array that a file's header speaks of; nothing where no file could hold them.
[[nodiscard]] inline std::optional<std::uint64_t> bytes_claimed(std::size_t element,
                                                                std::span<const std::int64_t> extents) {
  constexpr std::uint64_t most = std::uint64_t{1} << 62U;
  std::uint64_t bytes = element;
  for (const std::int64_t extent : extents) {
    const auto factor = static_cast<std::uint64_t>(extent);
    if (factor != 0 && bytes > most / factor) return std::nullopt;
    bytes *= factor;
  }
  return bytes;
}

}  // namespace detail

/// The contents of a file or pipe.
/// @param limit most bytes that are accepted
/// @throws IoError where it is missing, unreadable, a folder, a device or beyond the limit.
[[nodiscard]] inline Bytes read_file(const std::filesystem::path& path, std::uint64_t limit = default_file_limit) {
  return detail::read_whole<Bytes>(path, limit);
}

/// As read_file, for text.
[[nodiscard]] inline std::string read_text_file(const std::filesystem::path& path,
                                                std::uint64_t limit = default_file_limit) {
  return detail::read_whole<std::string>(path, limit);
}

/// Makes a folder and those above it; one that exists is left as it is.
/// @throws IoError where it cannot be made or a file has its name.
inline void make_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  std::error_code missing;
  if (std::filesystem::is_directory(path, missing)) return;
  detail::fail_to("make folder", path, error ? error.value() : ENOTDIR);
}

/// A file that appears under its name whole or not at all: it grows under a temporary name in the same folder, and
/// `commit` gives it its own. Without `commit` nothing remains of it, and what had the name before stays.
///
/// A path that names a pipe or a device is written in place.
class AtomicFile {
 public:
  /// @throws IoError where the folder does not take new files or the path is a folder.
  explicit AtomicFile(std::filesystem::path path) : path_(std::move(path)), target_(path_) {
    struct stat status {};
    const bool exists = ::stat(path_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) detail::fail_to("write", path_, EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {
      open_in_place();
      return;
    }
    if (exists) follow_links();
    open_temporary();
    if (exists) keep_permissions(status.st_mode);
  }
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile() { remove_temporary(); }

  /// @throws IoError as for a full disk.
  void write(std::span<const std::uint8_t> bytes) { check(detail::write_all(file_, bytes)); }
  void write(std::string_view text) { write(detail::bytes_of(text)); }

  /// Stores the bytes on the disk and gives the file its name.
  /// @throws IoError where the system cannot.
  void commit() {
    check(detail::synchronise(file_));
    check(file_.close());
    if (temporary_.empty()) return;
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) check(errno);
    temporary_.clear();
    store_name();
  }

 private:
  void open_in_place() {
    file_ = detail::FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file_.is_open()) check(errno);
  }

  // A link stays a link: the file it names is replaced.
  void follow_links() {
    std::error_code error;
    const auto real = std::filesystem::canonical(path_, error);
    if (!error) target_ = real;
  }

  void open_temporary() {
    const auto name = target_.filename().string().substr(0, 200);
    for (int attempt = 0;; ++attempt) {
      temporary_ = target_.parent_path() / join('.', name, '.', ::getpid(), '-', attempt, ".tmp");
      file_ = detail::FileDescriptor(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (file_.is_open()) return;
      if (errno == EEXIST) continue;
      const int code = errno;
      temporary_.clear();
      check(code);
    }
  }

  // Best effort: a file system without permissions is none of our errors.
  void keep_permissions(mode_t mode) { static_cast<void>(::fchmod(file_.number(), mode & mode_t{0777})); }

  void check(int code) {
    if (code == 0) return;
    remove_temporary();
    detail::fail_to("write", path_, code);
  }

  void remove_temporary() noexcept {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
  }

  // The new name itself reaches the disk with the folder. The file is complete either way, so a refusal is no error.
  void store_name() const {
    const auto folder = target_.has_parent_path() ? target_.parent_path() : std::filesystem::path(".");
    const detail::FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.is_open()) static_cast<void>(::fsync(descriptor.number()));
  }

  std::filesystem::path path_;    // as the user says it
  std::filesystem::path target_;  // the file behind links
  std::filesystem::path temporary_;
  detail::FileDescriptor file_;
};

/// Replaces a file by these bytes, or leaves what was there. See AtomicFile.
/// @throws IoError with the path and the system's reason.
inline void write_file_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}
inline void write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  write_file_atomically(path, detail::bytes_of(text));
}

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
  explicit AppendFile(std::filesystem::path path, AppendOptions options = {})
      : path_(std::move(path)),
        options_(options),
        file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (!file_.is_open()) detail::fail_to("write", path_, errno);
    struct stat status {};
    if (::fstat(file_.number(), &status) != 0) detail::fail_to("write", path_, errno);
    can_shrink_ = S_ISREG(status.st_mode);
    if (can_shrink_) claim();
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Adds one line; the newline is added here.
  /// @throws IoError where it could not be stored whole. ArgumentError where the line holds a newline.
  void append(std::string_view line) {
    if (line.find('\n') != std::string_view::npos) {
      fail<ArgumentError>("'", path_.string(), "': a line with a newline inside cannot be appended");
    }
    buffer_.assign(line);
    buffer_.push_back('\n');
    const auto begin = end();
    int code = detail::write_all(file_, detail::bytes_of(buffer_));
    if (code == 0 && options_.sync) code = detail::synchronise(file_);
    if (code == 0) return;
    if (can_shrink_) static_cast<void>(::ftruncate(file_.number(), begin));
    detail::fail_to("write", path_, code);
  }

  /// Cuts off what stands after the last newline. The number of bytes cut off: 0 where the last line is whole.
  std::uint64_t drop_torn_line() {
    if (!can_shrink_) return 0;
    const auto size = end();
    const auto keep = end_of_last_line(size);
    if (keep != size && ::ftruncate(file_.number(), keep) != 0) detail::fail_to("write", path_, errno);
    return static_cast<std::uint64_t>(size - keep);
  }

 private:
  // Some network file systems have no locks; there the user keeps the writers apart.
  void claim() {
    if (::flock(file_.number(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
    fail<IoError>("cannot write '", path_.string(), "': another run is writing it");
  }

  [[nodiscard]] off_t end() const {
    if (!can_shrink_) return 0;
    const off_t position = ::lseek(file_.number(), 0, SEEK_END);
    if (position < 0) detail::fail_to("write", path_, errno);
    return position;
  }

  [[nodiscard]] off_t end_of_last_line(off_t size) const {
    std::array<char, 4096> piece{};
    for (off_t end = size; end > 0;) {
      const auto length = static_cast<std::size_t>((std::min)(end, static_cast<off_t>(piece.size())));
      end -= static_cast<off_t>(length);
      const auto count = ::pread(file_.number(), piece.data(), length, end);
      if (count < 0 || static_cast<std::size_t>(count) != length) detail::fail_to("read", path_, errno);
      const auto newline = std::string_view(piece.data(), length).rfind('\n');
      if (newline != std::string_view::npos) return end + static_cast<off_t>(newline) + 1;
    }
    return 0;
  }

  std::filesystem::path path_;
  AppendOptions options_;
  detail::FileDescriptor file_;
  bool can_shrink_ = false;
  std::string buffer_;
};

}  // namespace nasnet::inline NASNET_ABI
