/// How well two lists of values agree in their order.
#pragma once

#include <span>  // span

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Spearman's rho: the correlation of the ranks, equal values with the mean of theirs. From -1 to 1; 0 where one list
/// has equal values only. Infinite values are the first or last ones.
/// @throws ArgumentError for lists of different length or fewer than two values, and values that are no numbers.
NASNET_LAZY [[nodiscard]] double spearman(std::span<const double> first, std::span<const double> second);

/// Kendall's tau-b: pairs in the same order less pairs in the opposite one, over the geometric mean of the pairs that
/// each list tells apart. From -1 to 1; 0 where one list has equal values only. Takes the square of the length.
/// @throws as spearman().
NASNET_LAZY [[nodiscard]] double kendall(std::span<const double> first, std::span<const double> second);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/study/rank_correlation.ipp"
#endif
