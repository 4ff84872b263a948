/// The library's errors. Each text says who speaks, what was found and what was wanted.
#pragma once

#include <cstddef>           // size_t
#include <initializer_list>  // initializer_list
#include <stdexcept>         // runtime_error
#include <string>            // string
#include <string_view>       // string_view

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

/// A string, a character or a number on its way into a text, for as long as the expression that it stands in.
class TextPart {
 public:
  TextPart(const char* text) : TextPart(std::string_view(text)) {}
  TextPart(const std::string& text) : TextPart(std::string_view(text)) {}
  TextPart(std::string_view text) : kind_(Kind::text), text_(text.data()), size_(text.size()) {}
  TextPart(char letter) : kind_(Kind::letter), letter_(letter) {}
  TextPart(int number) : TextPart(static_cast<long long>(number)) {}
  TextPart(long number) : TextPart(static_cast<long long>(number)) {}
  TextPart(long long number) : kind_(Kind::integer), integer_(number) {}
  TextPart(unsigned number) : TextPart(static_cast<unsigned long long>(number)) {}
  TextPart(unsigned long number) : TextPart(static_cast<unsigned long long>(number)) {}
  TextPart(unsigned long long number) : kind_(Kind::natural), natural_(number) {}
  TextPart(double number) : kind_(Kind::real), real_(number) {}

  NASNET_LAZY void append_to(std::string& text) const;

 private:
  enum class Kind { text, letter, integer, natural, real };

  Kind kind_;
  const char* text_ = nullptr;
  union {
    std::size_t size_;  // of the text
    char letter_;
    long long integer_;
    unsigned long long natural_;
    double real_;
  };
};

NASNET_LAZY [[nodiscard]] std::string joined(std::initializer_list<TextPart> parts);

/// A text without what a terminal would obey: control characters become question marks. Messages quote files.
NASNET_LAZY [[nodiscard]] std::string harmless(std::string text);

template <class Exception>
[[noreturn]] NASNET_COLD void raise(std::initializer_list<TextPart> parts) {
  NASNET_THROW(Exception(harmless(joined(parts))));
}

}  // namespace detail

/// One string from strings, characters and numbers.
template <class... Parts>
[[nodiscard]] NASNET_ALWAYS_INLINE std::string join(const Parts&... parts) {
  return detail::joined({parts...});
}

/// Throws `Exception` with the text that the parts make, in one line. The caller lays the parts side by side; all else
/// is one function for each type of error, out of hot functions' way.
template <class Exception, class... Parts>
[[noreturn]] NASNET_ALWAYS_INLINE void fail(const Parts&... parts) {
  detail::raise<Exception>({parts...});
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/error.ipp"
#endif
