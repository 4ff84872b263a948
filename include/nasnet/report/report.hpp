/// A search as a page to read: one HTML file that needs nothing but itself.
#pragma once

#include <optional>  // optional
#include <string>    // string
#include <utility>   // pair
#include <vector>    // vector

#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// What a report says beside the history.
struct ReportOptions {
  std::string title = "Architecture search";
  std::string subtitle = {};                                       ///< one line below: data, machine
  std::vector<std::pair<std::string, std::string>> settings = {};  ///< set before those of the history
  std::optional<double> test_accuracy = {};                        ///< of the best network, trained again; 0 to 1
  const History* random_baseline = nullptr;  ///< a random search under equal settings, to compare with
};

/// The report as HTML: best accuracy, accuracy over trials and against parameters, the best cells, settings, all
/// trials.
///
/// It loads nothing from outside, follows the reader's light or dark scheme, prints, and works without scripts. Equal
/// inputs give equal text.
NASNET_LAZY [[nodiscard]] std::string report_html(const History& history, const ReportOptions& options = {});

/// Writes the report, all or nothing.
/// @throws IoError where the file cannot be written.
NASNET_LAZY void write_report(const History& history, const std::string& path, const ReportOptions& options = {});

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/report/report.ipp"
#endif
