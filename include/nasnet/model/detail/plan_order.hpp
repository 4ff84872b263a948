/// The order of a plan's steps.
#pragma once

#include <algorithm>  // max, min
#include <cstddef>    // ptrdiff_t, size_t
#include <numeric>    // iota
#include <vector>     // vector

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// An order in which a step seldom follows one that it needs, so that a thread that finds no task left in a step can go
/// on with the next: the two halves of one separable convolution take turns with those of another.
///
/// Steps move little, since what moves forward has its maps alive for longer.
/// @param needs of each step: the earlier steps that it needs
NASNET_LAZY [[nodiscard]] inline std::vector<std::size_t> interleaved_order(
    const std::vector<std::vector<std::size_t>>& needs) {
  constexpr std::size_t lookahead = 16;
  const std::size_t not_yet = needs.size();
  std::vector<std::size_t> left(needs.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  std::vector<std::size_t> position(needs.size(), not_yet);
  std::vector<std::size_t> order;
  // 0 where a step needs none, else 1 more than the place of the last that it needs.
  const auto ready_from = [&](std::size_t step) {
    std::size_t from = 0;
    for (const std::size_t need : needs[step]) from = (std::max)(from, position[need] + 1);
    return from;
  };
  while (!left.empty()) {
    const std::size_t candidates = (std::min)(left.size(), lookahead);
    std::size_t chosen = 0;  // its needs are met, since all steps before it have their places
    for (std::size_t i = 0; i < candidates; ++i) {
      if (ready_from(left[i]) < order.size()) {
        chosen = i;
        break;
      }
    }
    position[left[chosen]] = order.size();
    order.push_back(left[chosen]);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  return order;
}

}  // namespace nasnet::inline NASNET_ABI::detail
