/// The library's errors. Each text says who speaks, what was found and what was wanted.
#pragma once

#include <stdexcept>  // runtime_error
#include <string>     // string, to_string
#include <string_view>

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Root of all errors that the library throws.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Extents, channels or strides that do not fit together, or a size that is zero, negative or too large to count.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A cell, architecture or search space that breaks a rule, or text that does not describe one.
class GenotypeError : public Error {
 public:
  using Error::Error;
};

/// Data that was read but cannot be used: wrong sizes, labels outside the classes, values that are not numbers.
class DataError : public Error {
 public:
  using Error::Error;
};

/// A file that cannot be opened, read or written, or whose format is broken.
class IoError : public Error {
 public:
  using Error::Error;
};

/// An allocation beyond the limit of its allocator or of the machine.
class MemoryError : public Error {
 public:
  using Error::Error;
};

/// Options that contradict each other or lie outside their range.
class ArgumentError : public Error {
 public:
  using Error::Error;
};

/// A call of the CUDA runtime or of a kernel that failed.
class CudaError : public Error {
 public:
  using Error::Error;
};

namespace detail {

inline void append_part(std::string& text, const char* part) { text.append(part); }
inline void append_part(std::string& text, const std::string& part) { text.append(part); }
inline void append_part(std::string& text, std::string_view part) { text.append(part); }
inline void append_part(std::string& text, char part) { text.push_back(part); }
template <class Number>
  requires requires(Number n) { std::to_string(n); }
void append_part(std::string& text, Number part) { text.append(std::to_string(part)); }

}  // namespace detail

/// One string from strings, characters and numbers.
template <class... Parts>
[[nodiscard]] std::string join(const Parts&... parts) {
  std::string text;
  (detail::append_part(text, parts), ...);
  return text;
}

namespace detail {

/// A text without what a terminal would obey: control characters become question marks. Messages quote files.
[[nodiscard]] inline std::string harmless(std::string text) {
  for (char& letter : text) {
    if (static_cast<unsigned char>(letter) < 32 || letter == 127) letter = '?';
  }
  return text;
}

}  // namespace detail

/// Throws `Exception` with the text that the parts make, in one line. Keeps the making of messages out of hot
/// functions.
template <class Exception, class... Parts>
[[noreturn]] NASNET_COLD void fail(const Parts&... parts) {
  NASNET_THROW(Exception(detail::harmless(join(parts...))));
}

}  // namespace nasnet::inline NASNET_ABI
