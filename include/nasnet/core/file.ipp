#pragma once

#include "nasnet/core/file.hpp"

#include <fcntl.h>       // open, O_*
#include <sys/file.h>    // flock
#include <sys/stat.h>    // fstat, stat, fchmod
#include <unistd.h>      // close, fsync, ftruncate, getpid, lseek, pread, read, unlink, write
#include <algorithm>     // min
#include <array>         // array
#include <cerrno>        // errno
#include <cstddef>       // size_t
#include <cstdint>       // int64_t, uint8_t, uint64_t
#include <cstdio>        // rename
#include <cstdlib>       // free, realpath
#include <optional>      // nullopt, optional
#include <span>          // span
#include <string>        // string
#include <string_view>   // string_view
#include <system_error>  // error_code, generic_category
#include <utility>       // exchange, move

#include "nasnet/core/error.hpp"
#include "nasnet/core/file_path.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY std::string system_reason(int code) { return std::generic_category().message(code); }

NASNET_BODY void fail_to(std::string_view act, const FilePath& path, int code) {
  fail<IoError>("cannot ", act, " '", path.string(), "': ", system_reason(code));
}

NASNET_INLINE FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : number_(std::exchange(other.number_, -1)) {}

NASNET_INLINE FileDescriptor::~FileDescriptor() { static_cast<void>(close()); }

NASNET_INLINE FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    static_cast<void>(close());
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

NASNET_BODY int FileDescriptor::close() {
  if (!is_open()) return 0;
  return ::close(std::exchange(number_, -1)) == 0 || errno == EINTR ? 0 : errno;
}

NASNET_BODY int write_all(const FileDescriptor& file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file.number(), bytes.data(), (std::min)(bytes.size(), largest_transfer));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Waits until the bytes are stored. 0, or the system's reason. What is no file on a disk has nothing to wait for.
NASNET_LAZY [[nodiscard]] inline int synchronise(const FileDescriptor& file) {
  if (::fsync(file.number()) == 0) return 0;
  return errno == EINVAL || errno == ENOTSUP || errno == EROFS ? 0 : errno;
}

NASNET_BODY FileDescriptor open_to_read(const FilePath& path, struct stat& status) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) fail_to("read", path, errno);
  if (::fstat(file.number(), &status) != 0) fail_to("read", path, errno);
  if (S_ISDIR(status.st_mode)) fail<IoError>("cannot read '", path.string(), "': it is a folder, a file is wanted");
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
    fail<IoError>("cannot read '", path.string(), "': it is a device, a file is wanted");
  }
  return file;
}

NASNET_BODY void fail_too_large(const FilePath& path, std::uint64_t limit) {
  fail<IoError>("cannot read '", path.string(), "': it has more than ", limit, " bytes, the most that is read here");
}

/// The contents of a file as a vector or string of bytes.
template <class Container>
[[nodiscard]] Container read_whole(const FilePath& path, std::uint64_t limit) {
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

/// Makes a folder and those above it, as far as they are missing. 0, or why the system did not.
NASNET_LAZY [[nodiscard]] inline int make_missing_folders(const FilePath& path) {
  if (path.empty() || is_folder(path)) return 0;
  const int code = make_missing_folders(path.parent_path());
  if (code != 0) return code;
  return ::mkdir(path.c_str(), 0777) == 0 || errno == EEXIST ? 0 : errno;
}

NASNET_BODY std::optional<std::uint64_t> bytes_claimed(std::size_t element, std::span<const std::int64_t> extents) {
  constexpr std::uint64_t most = std::uint64_t{1} << 62U;
  std::uint64_t bytes = element;
  for (const std::int64_t extent : extents) {
    const auto factor = static_cast<std::uint64_t>(extent);
    if (factor != 0 && bytes > most / factor) return std::nullopt;
    bytes *= factor;
  }
  return bytes;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Bytes read_file(const FilePath& path, std::uint64_t limit) {
  return detail::read_whole<Bytes>(path, limit);
}

NASNET_BODY std::string read_text_file(const FilePath& path, std::uint64_t limit) {
  return detail::read_whole<std::string>(path, limit);
}

NASNET_BODY void make_folder(const FilePath& path) {
  const int code = detail::make_missing_folders(path);
  if (!detail::is_folder(path)) detail::fail_to("make folder", path, code != 0 ? code : ENOTDIR);
}

NASNET_BODY AtomicFile::AtomicFile(FilePath path) : path_(std::move(path)), target_(path_) {
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

NASNET_INLINE AtomicFile::~AtomicFile() { remove_temporary(); }

NASNET_BODY void AtomicFile::write(std::span<const std::uint8_t> bytes) { check(detail::write_all(file_, bytes)); }

NASNET_BODY void AtomicFile::write(std::string_view text) { write(detail::bytes_of(text)); }

NASNET_BODY void AtomicFile::commit() {
  check(detail::synchronise(file_));
  check(file_.close());
  if (temporary_.empty()) return;
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) check(errno);
  temporary_ = {};
  store_name();
}

NASNET_BODY void AtomicFile::open_in_place() {
  file_ = detail::FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file_.is_open()) check(errno);
}

NASNET_BODY void AtomicFile::follow_links() {
  char* const real = ::realpath(path_.c_str(), nullptr);
  if (real != nullptr) target_ = FilePath(real);
  std::free(real);
}

NASNET_BODY void AtomicFile::open_temporary() {
  const auto name = target_.filename().substr(0, 200);
  for (int attempt = 0;; ++attempt) {
    temporary_ = target_.parent_path() / join('.', name, '.', ::getpid(), '-', attempt, ".tmp");
    file_ = detail::FileDescriptor(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file_.is_open()) return;
    if (errno == EEXIST) continue;
    const int code = errno;
    temporary_ = {};
    check(code);
  }
}

NASNET_BODY void AtomicFile::keep_permissions(mode_t mode) {
  static_cast<void>(::fchmod(file_.number(), mode & mode_t{0777}));
}

NASNET_BODY void AtomicFile::check(int code) {
  if (code == 0) return;
  remove_temporary();
  detail::fail_to("write", path_, code);
}

NASNET_BODY void AtomicFile::remove_temporary() noexcept {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_ = {};
}

NASNET_BODY void AtomicFile::store_name() const {
  const FilePath parent = target_.parent_path();
  const FilePath folder = parent.empty() ? FilePath(".") : parent;
  const detail::FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.is_open()) static_cast<void>(::fsync(descriptor.number()));
}

NASNET_BODY void write_file_atomically(const FilePath& path, std::span<const std::uint8_t> bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

NASNET_BODY void write_file_atomically(const FilePath& path, std::string_view text) {
  write_file_atomically(path, detail::bytes_of(text));
}

NASNET_BODY AppendFile::AppendFile(FilePath path, AppendOptions options)
    : path_(std::move(path)),
      options_(options),
      file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  if (!file_.is_open()) detail::fail_to("write", path_, errno);
  struct stat status {};
  if (::fstat(file_.number(), &status) != 0) detail::fail_to("write", path_, errno);
  can_shrink_ = S_ISREG(status.st_mode);
  if (can_shrink_) claim();
}

NASNET_BODY void AppendFile::append(std::string_view line) {
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

NASNET_BODY std::uint64_t AppendFile::drop_torn_line() {
  if (!can_shrink_) return 0;
  const auto size = end();
  const auto keep = end_of_last_line(size);
  if (keep != size && ::ftruncate(file_.number(), keep) != 0) detail::fail_to("write", path_, errno);
  return static_cast<std::uint64_t>(size - keep);
}

NASNET_BODY void AppendFile::claim() {
  if (::flock(file_.number(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  fail<IoError>("cannot write '", path_.string(), "': another run is writing it");
}

NASNET_BODY off_t AppendFile::end() const {
  if (!can_shrink_) return 0;
  const off_t position = ::lseek(file_.number(), 0, SEEK_END);
  if (position < 0) detail::fail_to("write", path_, errno);
  return position;
}

NASNET_BODY off_t AppendFile::end_of_last_line(off_t size) const {
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

}  // namespace nasnet::inline NASNET_ABI
