/// A search as a page to read: one HTML file that needs nothing but itself.
#pragma once

#include <algorithm>              // any_of, count_if, max, min, replace, sort
#include <cmath>                  // isfinite, log10
#include <cstdint>                // int64_t
#include <filesystem>             // path
#include <nlohmann/json_fwd.hpp>  // json
#include <optional>               // optional
#include <string>                 // string, to_string
#include <string_view>            // string_view
#include <utility>                // move, pair
#include <vector>                 // erase_if, vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/report/detail/chart.hpp"
#include "nasnet/report/detail/report_page.hpp"
#include "nasnet/trial/trial.hpp"
#include "nasnet/version.hpp"

namespace nasnet::inline NASNET_ABI {

/// What a report says beside the history.
struct ReportOptions {
  std::string title = "Architecture search";
  std::string subtitle = {};                                       ///< one line below: data, machine
  std::vector<std::pair<std::string, std::string>> settings = {};  ///< set before those of the history
  std::optional<double> test_accuracy = {};                        ///< of the best network, trained again; 0 to 1
  const History* random_baseline = nullptr;  ///< a random search under equal settings, to compare with
};

namespace detail {

/// Writes the page section by section.
class ReportPage {
 public:
  NASNET_LAZY ReportPage(const History& history, const ReportOptions& options);

  NASNET_LAZY [[nodiscard]] std::string text() &&;

 private:
  template <class... Parts>
  void add(const Parts&... parts) {
    page_.append(join(parts...));
  }

  NASNET_LAZY [[nodiscard]] static std::string percent(double fraction) {
    return fixed_text(100 * fraction, 2).append(" %");
  }

  NASNET_LAZY [[nodiscard]] static bool is_plotted(const Trial& trial) {
    return trial.state == TrialState::done && std::isfinite(trial.evaluation.validation_accuracy);
  }

  // ---- head

  NASNET_LAZY void begin();

  NASNET_LAZY void end() {
    add("<footer>nasnet ", NASNET_VERSION_STRING, "</footer>\n</main>\n<script>", report_script(),
        "</script>\n</body>\n</html>\n");
  }

  NASNET_LAZY void add_tile(std::string_view value, std::string_view name, bool first = false) {
    add("<div class=\"tile", first ? " first" : "", "\"><b>", value, "</b><span>", name, "</span></div>\n");
  }

  NASNET_LAZY void add_tiles();

  NASNET_LAZY void add_best_tiles();

  NASNET_LAZY void add_notices();

  // ---- charts

  NASNET_LAZY void add_charts();

  NASNET_LAZY [[nodiscard]] static std::string note(const Trial& trial);

  NASNET_LAZY [[nodiscard]] Axis accuracy_axis() const;

  /// The accuracy of the best after each trial.
  NASNET_LAZY [[nodiscard]] static std::vector<std::pair<double, double>> running_best(const History& history);

  NASNET_LAZY void add_point(Chart& chart, const Trial& trial, double x) const;

  NASNET_LAZY void add_winner(Chart& chart, double x) const;

  NASNET_LAZY [[nodiscard]] std::string trials_chart() const;

  /// Then its point is that of the winner. With repeats, the winner lies at their mean.
  [[nodiscard]] bool is_winner_alone(const Trial& trial) const { return &trial == best_ && standing_.evaluations == 1; }

  NASNET_LAZY [[nodiscard]] bool has_smaller_budgets() const;

  /// What lies within the chart of the trials.
  NASNET_LAZY [[nodiscard]] std::vector<std::pair<double, double>> within(
      std::vector<std::pair<double, double>> line) const;

  NASNET_LAZY [[nodiscard]] std::string trials_caption() const;

  NASNET_LAZY [[nodiscard]] std::vector<const Trial*> trials_with_parameters() const;

  [[nodiscard]] static bool is_smaller(const Trial& a, const Trial& b) {
    return *a.parameters != *b.parameters ? *a.parameters < *b.parameters : a.number < b.number;
  }

  NASNET_LAZY [[nodiscard]] static double parameters_of(const Trial& trial) {
    return std::log10(static_cast<double>(*trial.parameters));
  }

  /// Of the trials, the accuracies that no smaller network reaches.
  NASNET_LAZY [[nodiscard]] std::vector<std::pair<double, double>> front_of(
      const std::vector<const Trial*>& trials) const;

  /// Empty where no costs were counted.
  NASNET_LAZY [[nodiscard]] std::string parameters_chart() const;

  // ---- the best architecture

  NASNET_LAZY void add_cells();

  NASNET_LAZY void add_remarks();

  // ---- settings

  using Rows = std::vector<std::pair<std::string, std::string>>;

  /// Those of the options, then those of the history: folded up where there are both.
  NASNET_LAZY void add_settings();

  /// A list for each part of the search.
  NASNET_LAZY void add_history_settings();

  NASNET_LAZY void add_rows(std::string_view title, const Rows& rows);

  NASNET_LAZY [[nodiscard]] static std::string words(std::string name);

  /// The leaves of a JSON value, each under the keys that lead to it.
  NASNET_LAZY static void flatten(const nlohmann::json& value, const std::string& name, Rows& rows);

  NASNET_LAZY [[nodiscard]] static std::string leaf(const nlohmann::json& value);

  // ---- trials

  NASNET_LAZY void add_trials();

  template <class Property>
  [[nodiscard]] bool has(const Property& property) const {
    return std::any_of(history_.trials.begin(), history_.trials.end(), property);
  }

  /// "48 done, 2 failed. Not trained: 3 duplicates, 1 rejected."
  NASNET_LAZY [[nodiscard]] std::string outcome_sentence() const;

  NASNET_LAZY void add_trial(const Trial& trial);

  NASNET_LAZY [[nodiscard]] static std::string failure_line(const Trial& trial);

  NASNET_LAZY void add_number(std::string_view value, std::string_view text) {
    add("<td data-v=\"", value, "\">", text, "</td>");
  }

  NASNET_LAZY void add_count(const std::optional<std::int64_t>& count);

  NASNET_LAZY void add_latency(const Trial& trial);

  NASNET_LAZY void add_skipped();

  NASNET_LAZY [[nodiscard]] static std::string reason(const Trial& trial);

  const History& history_;
  const ReportOptions& options_;
  Standing standing_;  // of the best; empty where no trial is done
  const Trial* best_;
  std::optional<std::int64_t> largest_budget_;
  struct {
    bool budget = false;
    bool repeat = false;
    bool latency = false;
  } columns_{};  // of the table of trials, which not all searches have
  std::string page_;
};

}  // namespace detail

/// The report as HTML: best accuracy, accuracy over trials and against parameters, the best cells, settings, all
/// trials.
///
/// It loads nothing from outside, follows the reader's light or dark scheme, prints, and works without scripts. Equal
/// inputs give equal text.
NASNET_LAZY [[nodiscard]] inline std::string report_html(const History& history, const ReportOptions& options = {}) {
  return detail::ReportPage(history, options).text();
}

/// Writes the report, all or nothing.
/// @throws IoError where the file cannot be written.
NASNET_LAZY inline void write_report(const History& history, const std::filesystem::path& path,
                                     const ReportOptions& options = {}) {
  write_file_atomically(path, report_html(history, options));
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/report/report.ipp"
#endif
