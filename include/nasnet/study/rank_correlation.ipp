#pragma once

#include "nasnet/study/rank_correlation.hpp"

#include <algorithm>  // sort
#include <cmath>      // isnan, sqrt
#include <cstddef>    // size_t
#include <numeric>    // iota
#include <span>       // span
#include <vector>     // vector

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY inline void check_pairs(std::span<const double> first, std::span<const double> second) {
  if (first.size() != second.size() || first.size() < 2) {
    fail<ArgumentError>("rank correlation: the lists have ", first.size(), " and ", second.size(),
                        " values; they need to be of equal length, at least 2");
  }
  for (const std::span<const double> values : {first, second}) {
    for (const double value : values) {
      if (std::isnan(value)) fail<ArgumentError>("rank correlation: a value is no number");
    }
  }
}

/// Places from 0 in ascending order; equal values share the mean of theirs.
NASNET_LAZY [[nodiscard]] inline std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [values](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double rank = static_cast<double>(begin + end - 1) / 2;
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

NASNET_LAZY [[nodiscard]] inline double sign_of(double a, double b) { return a < b ? -1.0 : a > b ? 1.0 : 0.0; }

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY double spearman(std::span<const double> first, std::span<const double> second) {
  detail::check_pairs(first, second);
  const std::vector<double> a = detail::ranks_of(first);
  const std::vector<double> b = detail::ranks_of(second);
  const double mean = static_cast<double>(a.size() - 1) / 2;
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    ab += (a[k] - mean) * (b[k] - mean);
    aa += (a[k] - mean) * (a[k] - mean);
    bb += (b[k] - mean) * (b[k] - mean);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0.0;
}

NASNET_BODY double kendall(std::span<const double> first, std::span<const double> second) {
  detail::check_pairs(first, second);
  double agreeing = 0;
  double ordered_first = 0;
  double ordered_second = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double a = detail::sign_of(first[i], first[j]);
      const double b = detail::sign_of(second[i], second[j]);
      agreeing += a * b;
      ordered_first += a * a;
      ordered_second += b * b;
    }
  }
  return ordered_first > 0 && ordered_second > 0 ? agreeing / std::sqrt(ordered_first * ordered_second) : 0.0;
}

}  // namespace nasnet::inline NASNET_ABI
