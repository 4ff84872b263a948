/// A study as JSON, as text and as a page to read.
#pragma once

#include <nlohmann/json_fwd.hpp>  // ordered_json
#include <string>                 // string

#include "nasnet/study/study.hpp"

namespace nasnet::inline NASNET_ABI {

/// The figures of a study after each number of evaluations in its options. Accuracies are in percent.
///
///     {"table": "NAS-Bench-201", "unit": "percent", "seeds": 100, "workers": 1, "duplicates": "count",
///      "full_budget": 1, "best": {"validation": 84.89, "test": 89.16},
///      "evaluations": [50, 100],
///      "strategies": {"random": {"test_mean": [...], "test_sd": [...], "test_low": [...], "test_high": [...],
///                                "validation_mean": [...], "top_5_mean": [...], "top_25_mean": [...],
///                                "seconds_mean": [...]}, ...},
///      "probability_above": {"random": {"local-search": [...]}, ...}}
///
/// "full_budget" is that of one evaluation; those with smaller ones count in proportion. "test" is the test accuracy of
/// the best by validation; its mean, deviation and 95 % interval are those over seeds. "top_5" and "top_25" are mean
/// validation accuracies of the best so many.
NASNET_LAZY [[nodiscard]] nlohmann::ordered_json to_json(const Study& study);

/// The figures of a study as tables of plain text.
NASNET_LAZY [[nodiscard]] std::string to_text(const Study& study);

/// The study as HTML: anytime curves with intervals, the figures as tables. It loads nothing from outside and needs no
/// scripts. Equal studies give equal text.
NASNET_LAZY [[nodiscard]] std::string study_html(const Study& study);

/// Writes the page, all or nothing.
/// @throws IoError where the file cannot be written.
NASNET_LAZY void write_report(const Study& study, const std::string& path);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/report/study_report.ipp"
#endif
