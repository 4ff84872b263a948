#pragma once

#include "nasnet/core/error.hpp"

#include <initializer_list>  // initializer_list
#include <string>            // string, to_string

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY void TextPart::append_to(std::string& text) const {
  switch (kind_) {
    case Kind::text: text.append(text_, size_); break;
    case Kind::letter: text.push_back(letter_); break;
    case Kind::integer: text.append(std::to_string(integer_)); break;
    case Kind::natural: text.append(std::to_string(natural_)); break;
    case Kind::real: text.append(std::to_string(real_)); break;
  }
}

NASNET_BODY std::string joined(std::initializer_list<TextPart> parts) {
  std::string text;
  for (const TextPart& part : parts) part.append_to(text);
  return text;
}

NASNET_BODY std::string harmless(std::string text) {
  for (char& letter : text) {
    if (static_cast<unsigned char>(letter) < 32 || letter == 127) letter = '?';
  }
  return text;
}

}  // namespace nasnet::inline NASNET_ABI::detail
