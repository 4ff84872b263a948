#pragma once

#include "nasnet/journal/warm_start.hpp"

#include <string>  // string
#include <vector>  // erase_if, vector

#include "nasnet/core/error.hpp"
#include "nasnet/journal/journal.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::vector<Trial> warm_start(const std::string& journal, const AnySpace& space) {
  bool has_begun = false;
  const auto require_same_space = [&](const JournalHeader& header) {
    has_begun = true;
    if (header.space == space.fingerprint()) return;
    fail<ArgumentError>('\'', journal, "' is of another space: it has ", header.space, ", this search ",
                        space.fingerprint());
  };
  std::vector<Trial> results = read_history(journal, require_same_space).trials;
  if (!has_begun) fail<ArgumentError>('\'', journal, "' holds no search to begin with");
  std::erase_if(results, [](const Trial& trial) { return trial.state != TrialState::done; });
  return results;
}

}  // namespace nasnet::inline NASNET_ABI
