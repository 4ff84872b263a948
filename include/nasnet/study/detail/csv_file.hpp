/// Tables of comma-separated values: no quotes, a line of column names first.
#pragma once

#include <charconv>      // from_chars
#include <cmath>         // isfinite
#include <cstddef>       // size_t
#include <cstdint>       // int64_t
#include <string>        // string
#include <string_view>   // string_view
#include <system_error>  // errc
#include <type_traits>   // is_floating_point_v
#include <utility>       // move
#include <vector>        // vector
#if !defined(__cpp_lib_to_chars)
#include <locale>   // locale
#include <sstream>  // istringstream
#endif

#include "nasnet/config.hpp"
#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline std::vector<std::string_view> split_at_commas(std::string_view line) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t comma = line.find(',', begin);
    parts.push_back(line.substr(begin, comma - begin));
    if (comma == std::string_view::npos) return parts;
    begin = comma + 1;
  }
}

/// Reads a text of comma-separated values line by line. Each error names the file and the line.
class CsvFile {
 public:
  NASNET_LAZY CsvFile(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {
    header_ = take_line();
  }
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;

  [[nodiscard]] std::string_view header() const { return header_; }

  /// Goes to the next line that is not empty; false at the end.
  /// @throws DataError unless the line has as many values as the first has names.
  NASNET_LAZY [[nodiscard]] bool next() {
    std::string_view line;
    while (line.empty() && position_ < text_.size()) line = take_line();
    if (line.empty()) return false;
    values_ = split_at_commas(line);
    const std::size_t wanted = split_at_commas(header_).size();
    if (values_.size() != wanted) fail_here(values_.size(), " values, the first line names ", wanted);
    return true;
  }

  [[nodiscard]] std::string_view text(std::size_t column) const { return values_[column]; }

  NASNET_LAZY [[nodiscard]] double number(std::size_t column) const {
    double value = 0;
    if (!read(values_[column], value) || !std::isfinite(value)) fail_value(column, "no number");
    return value;
  }

  /// A percentage, as a fraction.
  NASNET_LAZY [[nodiscard]] double percentage(std::size_t column) const {
    const double value = number(column);
    if (value < 0 || value > 100) fail_value(column, "no percentage from 0 to 100");
    return value / 100;
  }

  /// A whole number from 0 to `last`.
  NASNET_LAZY [[nodiscard]] std::int64_t choice(std::size_t column, std::int64_t last) const {
    std::int64_t value = 0;
    if (!read(values_[column], value) || value < 0 || value > last) {
      fail_value(column, join("no whole number from 0 to ", last));
    }
    return value;
  }

  template <class... Parts>
  [[noreturn]] NASNET_COLD void fail_here(const Parts&... parts) const {
    fail<DataError>('\'', path_, "', line ", line_, ": ", parts...);
  }

 private:
  NASNET_LAZY [[nodiscard]] std::string_view take_line() {
    ++line_;
    const std::size_t end = text_.find('\n', position_);
    std::string_view line = std::string_view(text_).substr(position_, end - position_);
    position_ = end == std::string::npos ? text_.size() : end + 1;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }

  template <class Number>
  [[nodiscard]] static bool read(std::string_view text, Number& value) {
#if !defined(__cpp_lib_to_chars)  // a standard library without from_chars() for floating point
    if constexpr (std::is_floating_point_v<Number>) {
      if (text.empty() || text.front() == '+' || text.front() == ' ') return false;
      std::istringstream stream{std::string(text)};
      stream.imbue(std::locale::classic());
      return (stream >> value) && stream.peek() == std::istringstream::traits_type::eof();
    } else
#endif
    {
      const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      return error == std::errc{} && rest == text.data() + text.size();
    }
  }

  NASNET_LAZY [[noreturn]] NASNET_COLD void fail_value(std::size_t column, std::string_view what) const {
    fail_here("column ", split_at_commas(header_)[column], ": '", values_[column], "' is ", what);
  }

  std::string path_;
  std::string text_;
  std::size_t position_ = 0;
  std::int64_t line_ = 0;
  std::string_view header_;  // these are parts of the text
  std::vector<std::string_view> values_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
