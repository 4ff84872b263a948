/// What earlier searches of a space found out, to begin another one with.
#pragma once

#include <string>  // string
#include <vector>  // erase_if, vector

#include "nasnet/space/any_space.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// The results in the journal of another search of this space, by number, for SearchOptions::known. Their accuracies
/// come from the settings of that search: with other data or epochs they guide the strategy no better than those
/// resemble each other.
/// @throws IoError where the journal cannot be read, ArgumentError where it is of another space or holds no search.
NASNET_LAZY [[nodiscard]] std::vector<Trial> warm_start(const std::string& journal, const AnySpace& space);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/journal/warm_start.ipp"
#endif
