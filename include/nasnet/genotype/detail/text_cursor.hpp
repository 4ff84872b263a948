/// Reads short texts token by token and says line and column where one is wrong.
#pragma once

#include <cstddef>      // size_t
#include <limits>       // numeric_limits
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Line and column of a place in a text, both from 1; columns count bytes.
struct TextPosition {
  std::size_t line = 1;
  std::size_t column = 1;
};

NASNET_LAZY [[nodiscard]] inline TextPosition position_in(std::string_view text, std::size_t offset) {
  TextPosition position;
  for (const char letter : text.substr(0, offset)) {
    ++position.column;
    if (letter == '\n') position = {position.line + 1, 1};
  }
  return position;
}

/// A place in a text. White space between tokens is skipped.
class TextCursor {
 public:
  /// @param speaker begins each error text, as "genotype"
  NASNET_LAZY TextCursor(std::string_view text, std::string_view speaker) : text_(text), speaker_(speaker) {
    skip_space();
  }

  [[nodiscard]] bool at_end() const { return offset_ == text_.size(); }
  NASNET_LAZY [[nodiscard]] bool at(std::string_view token) const { return text_.substr(offset_).starts_with(token); }
  [[nodiscard]] std::size_t offset() const { return offset_; }

  /// Passes the token if it stands here.
  NASNET_LAZY bool take(std::string_view token) {
    if (!at(token)) return false;
    offset_ += token.size();
    skip_space();
    return true;
  }

  NASNET_LAZY void expect(std::string_view token) {
    if (!take(token)) fail_here("'", token, "' expected, found ", found());
  }

  /// Letters, digits, '_' and '-', beginning with a letter or '_'. @param what names it in the error text
  NASNET_LAZY [[nodiscard]] std::string_view word(std::string_view what) {
    if (at_end() || !is_letter(text_[offset_])) fail_here(what, " expected, found ", found());
    const std::size_t begin = offset_;
    while (offset_ < text_.size() && is_word(offset_)) ++offset_;
    const std::string_view word = text_.substr(begin, offset_ - begin);
    skip_space();
    return word;
  }

  /// A decimal number that fits int, with an optional minus sign.
  NASNET_LAZY [[nodiscard]] int number(std::string_view what) {
    const std::size_t begin = offset_;
    const bool negative = !at_end() && text_[offset_] == '-';
    if (negative) ++offset_;
    if (at_end() || !is_digit(text_[offset_])) {
      offset_ = begin;
      fail_here(what, " expected, found ", found());
    }
    long long value = 0;
    for (; !at_end() && is_digit(text_[offset_]); ++offset_) {
      value = value * 10 + (text_[offset_] - '0');
      if (value > (std::numeric_limits<int>::max)()) fail_at(begin, what, " is too large");
    }
    skip_space();
    return static_cast<int>(negative ? -value : value);
  }

  /// What stands between quotes of either kind; no escapes.
  NASNET_LAZY [[nodiscard]] std::string_view quoted(std::string_view what) {
    if (!at("'") && !at("\"")) fail_here(what, " in quotes expected, found ", found());
    const std::size_t begin = offset_;
    const std::size_t end = text_.find(text_[begin], begin + 1);
    if (end == std::string_view::npos) fail_here(what, " lacks its closing quote");
    offset_ = end + 1;
    skip_space();
    return text_.substr(begin + 1, end - begin - 1);
  }

  template <class... Parts>
  [[noreturn]] void fail_here(const Parts&... parts) const {
    fail_at(offset_, parts...);
  }

  template <class... Parts>
  [[noreturn]] void fail_at(std::size_t offset, const Parts&... parts) const {
    const TextPosition position = position_in(text_, offset);
    fail<GenotypeError>(speaker_, ": line ", position.line, ", column ", position.column, ": ", parts...);
  }

 private:
  [[nodiscard]] static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  [[nodiscard]] static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  [[nodiscard]] static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

  // A '-' belongs to a word unless an arrow begins with it.
  NASNET_LAZY [[nodiscard]] bool is_word(std::size_t offset) const {
    const char c = text_[offset];
    return is_letter(c) || is_digit(c) || (c == '-' && !text_.substr(offset).starts_with("->"));
  }

  NASNET_LAZY void skip_space() {
    while (!at_end() && is_space(text_[offset_])) ++offset_;
  }

  NASNET_LAZY [[nodiscard]] std::string found() const {
    if (at_end()) return std::string("the end");
    const auto byte = static_cast<unsigned char>(text_[offset_]);
    if (byte < 0x20 || byte > 0x7e) return join("byte ", static_cast<int>(byte));
    return join('\'', text_[offset_], '\'');
  }

  std::string_view text_;
  std::string_view speaker_;
  std::size_t offset_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI::detail
