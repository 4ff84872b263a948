/// Tables that say how another library names the parameters of a network.
#pragma once

#include <algorithm>    // min
#include <cstddef>      // size_t
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Names that fit `ours` become `theirs`. In `ours` a * stands for anything but dots; in `theirs` {1} and {2} are what
/// the first and the second * stood for, {cell} is the library's name of the cell and {role} that of its role.
struct NameRule {
  std::string_view ours;
  std::string_view theirs;
  std::string_view beside = {};  ///< the rule is for cells that have a parameter of this name as well
};

/// A word for a word.
struct NamePair {
  std::string_view ours;
  std::string_view theirs;
};

/// Whether a name fits a pattern, and what its stars stand for.
NASNET_LAZY [[nodiscard]] inline bool fits(std::string_view pattern, std::string_view name,
                                           std::vector<std::string_view>& captures) {
  captures.clear();
  for (; !pattern.empty(); pattern.remove_prefix(1)) {
    std::size_t length = 1;
    if (pattern[0] == '*') {
      length = (std::min)(name.find('.'), name.size());
      captures.push_back(name.substr(0, length));
    } else if (name.empty() || name[0] != pattern[0]) {
      return false;
    }
    name.remove_prefix(length);
  }
  return name.empty();
}

/// The word in their language; words without an entry are the same.
NASNET_LAZY [[nodiscard]] inline std::string_view translated(std::span<const NamePair> words, std::string_view word) {
  for (const NamePair& pair : words) {
    if (pair.ours == word) return pair.theirs;
  }
  return word;
}

/// Puts values in the place of {names}.
NASNET_LAZY [[nodiscard]] inline std::string filled_in(std::string_view form, std::span<const NamePair> values) {
  std::string text;
  while (!form.empty()) {
    const std::size_t end = form[0] == '{' ? form.find('}') : std::string_view::npos;
    if (end == std::string_view::npos) {
      text.push_back(form[0]);
      form.remove_prefix(1);
    } else {
      text.append(translated(values, form.substr(1, end - 1)));
      form.remove_prefix(end + 1);
    }
  }
  return text;
}

}  // namespace nasnet::inline NASNET_ABI::detail
