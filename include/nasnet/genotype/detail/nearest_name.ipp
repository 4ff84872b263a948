#pragma once

#include "nasnet/genotype/detail/nearest_name.hpp"

#include <algorithm>    // min
#include <cstddef>      // size_t
#include <numeric>      // iota
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = (std::min)(replaced, (std::min)(row[j], row[j + 1]) + 1);
    }
  }
  return row.back();
}

NASNET_BODY std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  constexpr std::size_t longest = 64;
  std::string_view nearest;
  if (name.size() > longest) return nearest;
  std::size_t least = name.size() / 3 + 2;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(name, candidate.substr(0, longest));
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

NASNET_BODY std::string quoted_name(std::string_view name) {
  constexpr std::size_t longest = 64;
  if (name.size() <= longest) return join('\'', name, '\'');
  return join('\'', name.substr(0, longest), "...'");
}

NASNET_BODY std::string unknown_name_sentence(std::string_view what, std::string_view name,
                                              std::span<const std::string_view> known) {
  std::string text = join("unknown ", what, ' ', quoted_name(name));
  const std::string_view nearest = nearest_name(name, known);
  if (!nearest.empty()) text.append(join(", did you mean '", nearest, "'?"));
  text.append(nearest.empty() ? "; known are " : " Known are ");
  for (std::size_t i = 0; i < known.size(); ++i) text.append(i == 0 ? "" : ", ").append(known[i]);
  if (known.empty()) text.append("none");
  return text;
}

}  // namespace nasnet::inline NASNET_ABI::detail
