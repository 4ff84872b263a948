/// Trials as a table for spreadsheets and statistics.
#pragma once

#include <cstdint>      // int64_t
#include <filesystem>   // path
#include <optional>     // optional
#include <set>          // set
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move

#include "nasnet/core/file.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// One line for each trial and skipped proposal.
class TrialTable {
 public:
  NASNET_LAZY explicit TrialTable(const History& history);

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  NASNET_LAZY void add_line(const Trial& trial);

  /// The shortest text that is read as the same number.
  NASNET_LAZY [[nodiscard]] static std::string number(double value);

  NASNET_LAZY void add_count(const std::optional<std::int64_t>& count);

  NASNET_LAZY void add(std::string_view value);

  NASNET_LAZY void end_line();

  const Trial* best_;  // nullptr where no trial is done
  std::set<std::string> metrics_;
  std::string text_;
  bool in_line_ = false;
};

}  // namespace detail

/// All trials and skipped proposals of a search as comma-separated values (RFC 4180), a line of names first: trials by
/// number, then what was rejected or a duplicate. Each metric has a column at the end. "best" is true for one trial at
/// most: see History::find_best.
NASNET_LAZY [[nodiscard]] inline std::string trials_csv(const History& history) {
  return detail::TrialTable(history).take();
}

/// Writes them to a file.
/// @throws IoError where it cannot be written.
NASNET_LAZY inline void write_trials_csv(const History& history, const std::filesystem::path& path) {
  write_file_atomically(path, trials_csv(history));
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/report/trials_csv.ipp"
#endif
