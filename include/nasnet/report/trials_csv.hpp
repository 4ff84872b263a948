/// Trials as a table for spreadsheets and statistics.
#pragma once

#include <string>  // string

#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// All trials and skipped proposals of a search as comma-separated values (RFC 4180), a line of names first: trials by
/// number, then what was rejected or a duplicate. Each metric has a column at the end. "best" is true for one trial at
/// most: see History::find_best.
NASNET_LAZY [[nodiscard]] std::string trials_csv(const History& history);

/// Writes them to a file.
/// @throws IoError where it cannot be written.
NASNET_LAZY void write_trials_csv(const History& history, const std::string& path);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/report/trials_csv.ipp"
#endif
