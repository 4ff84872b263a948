/// A study as JSON, as text and as a page to read.
#pragma once

#include <cstddef>                // size_t
#include <cstdint>                // int64_t
#include <filesystem>             // path
#include <nlohmann/json_fwd.hpp>  // json, ordered_json
#include <string>                 // string
#include <string_view>            // string_view
#include <vector>                 // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/graph/svg.hpp"
#include "nasnet/report/detail/chart.hpp"
#include "nasnet/study/study.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// The probability that one strategy is above another in test accuracy.
NASNET_LAZY [[nodiscard]] double probability_above(const StudyResult& first, const StudyResult& second,
                                                   std::int64_t evaluation);

}  // namespace detail

/// The figures of a study after each number of evaluations in its options. Accuracies are in percent.
///
///     {"table": "NAS-Bench-201", "unit": "percent", "seeds": 100, "workers": 1, "duplicates": "count", "full_budget":
///     1,
///      "best": {"validation": 84.89, "test": 89.16},
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

namespace detail {

/// "88.27" and the like, right-aligned.
NASNET_LAZY [[nodiscard]] std::string column(std::string text, std::size_t width);

}  // namespace detail

/// The figures of a study as tables of plain text.
NASNET_LAZY [[nodiscard]] std::string to_text(const Study& study);

namespace detail {

/// Writes the page of a study.
class StudyPage {
 public:
  explicit StudyPage(const Study& study) : study_(study) {}

  NASNET_LAZY [[nodiscard]] std::string text() &&;

 private:
  template <class... Parts>
  void add(const Parts&... parts) {
    page_.append(join(parts...));
  }

  NASNET_LAZY void begin();

  // ---- curves

  NASNET_LAZY void add_curves();

  NASNET_LAZY void add_curve(std::string_view title, double StudyPoint::*figure);

  NASNET_LAZY [[nodiscard]] static std::string series(std::size_t k);

  /// The numbers of evaluations that are drawn: all, or some hundreds of them.
  NASNET_LAZY [[nodiscard]] std::vector<std::int64_t> drawn() const;

  NASNET_LAZY [[nodiscard]] std::string curve(std::string_view title, double StudyPoint::*figure) const;

  NASNET_LAZY static void draw(Chart& chart, const std::vector<std::int64_t>& counts,
                               const std::vector<SampleSummary>& line, const std::string& css_class);

  // ---- tables

  template <class Cell>
  void add_table(std::string_view title, std::string_view remark, const Cell& cell) {
    add("<section class=\"long\">\n<h2>", title, "</h2>\n<p class=\"soft\">", remark,
        "</p>\n<div class=\"wide\"><table>\n<thead><tr><th class=\"text\">Strategy</th>");
    for (const std::int64_t count : study_.options.evaluations) add("<th>", count, "</th>");
    add("</tr></thead>\n<tbody>\n");
    for (const StudyResult& result : study_.results) {
      add("<tr><td class=\"text\">", xml_escaped(result.strategy), "</td>");
      for (const std::int64_t count : study_.options.evaluations) add("<td>", cell(result, count), "</td>");
      add("</tr>\n");
    }
    add("</tbody>\n</table></div>\n</section>\n");
  }

  NASNET_LAZY void add_accuracies();

  NASNET_LAZY void add_top();

  NASNET_LAZY void add_probabilities();

  const Study& study_;
  std::string page_;
};

}  // namespace detail

/// The study as HTML: anytime curves with intervals, the figures as tables. It loads nothing from outside and needs no
/// scripts. Equal studies give equal text.
NASNET_LAZY [[nodiscard]] inline std::string study_html(const Study& study) { return detail::StudyPage(study).text(); }

/// Writes the page, all or nothing.
/// @throws IoError where the file cannot be written.
NASNET_LAZY inline void write_report(const Study& study, const std::filesystem::path& path) {
  write_file_atomically(path, study_html(study));
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/report/study_report.ipp"
#endif
