#pragma once

#include "nasnet/report/report.hpp"

#include <algorithm>          // any_of, count_if, max, min, replace, sort
#include <cmath>              // isfinite, log10
#include <cstddef>            // size_t
#include <cstdint>            // int64_t
#include <nlohmann/json.hpp>  // json
#include <optional>           // optional
#include <string>             // string, to_string
#include <string_view>        // string_view
#include <utility>            // move, pair
#include <vector>             // erase_if, vector

#include "nasnet/core/duration_text.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/fault.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/graph/svg.hpp"
#include "nasnet/report/detail/chart.hpp"
#include "nasnet/report/detail/report_page.hpp"
#include "nasnet/trial/result_ranking.hpp"
#include "nasnet/trial/trial.hpp"
#include "nasnet/version.hpp"

namespace nasnet::inline NASNET_ABI::detail {

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
  [[nodiscard]] bool is_winner_alone(const Trial& trial) const {
    return &trial == best_ && best_result_.evaluations == 1;
  }

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
  RankedResult best_result_;  // of the best; empty where no trial is done
  const Trial* best_;
  std::optional<std::int64_t> largest_budget_;
  struct {
    bool budget = false;
    bool repeat = false;
    bool latency = false;
  } columns_{};  // of the table of trials, which not all searches have
  std::string page_;
};

NASNET_BODY ReportPage::ReportPage(const History& history, const ReportOptions& options)
    : history_(history),
      options_(options),
      best_result_(history.best_result().value_or(RankedResult{})),
      best_(best_result_.first),
      largest_budget_(history.largest_budget()) {}

NASNET_BODY std::string ReportPage::text() && {
  begin();
  add_tiles();
  add_notices();
  add_charts();
  add_cells();
  add_settings();
  add_trials();
  add_skipped();
  end();
  return std::move(page_);
}

NASNET_BODY void ReportPage::begin() {
  const std::string title = xml_escaped(options_.title);
  add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
      title, "</title>\n<style>", report_style(), cell_svg_style(), "\n</style>\n</head>\n<body>\n<main>\n<h1>", title,
      "</h1>\n");
  add("<p class=\"soft\">", xml_escaped(options_.subtitle), options_.subtitle.empty() ? "" : " &middot; ", "seed ",
      history_.seed, "</p>\n");
}

NASNET_BODY void ReportPage::add_tiles() {
  add("<div class=\"tiles\">\n");
  if (best_ != nullptr) add_best_tiles();
  const std::int64_t failed = history_.count(TrialState::failed);
  const std::string name = history_.trials.size() == 1 ? "trial" : "trials";
  add_tile(with_commas(static_cast<std::int64_t>(history_.trials.size())),
           failed > 0 ? join(name, ", ", failed, " failed") : name);
  double seconds = 0;
  for (const Trial& trial : history_.trials) seconds += trial.seconds;
  if (seconds > 0) add_tile(duration_text(seconds), "of evaluation, workers added up");
  add("</div>\n");
}

NASNET_BODY void ReportPage::add_best_tiles() {
  if (options_.test_accuracy) add_tile(percent(*options_.test_accuracy), "test accuracy, best network retrained", true);
  std::string name = join("best validation accuracy, trial ", best_->number);
  if (best_result_.evaluations > 1) name += join(", mean of ", best_result_.evaluations, " repeats");
  add_tile(percent(best_result_.accuracy), name, !options_.test_accuracy);
  if (best_->budget) add_tile(with_commas(*best_->budget), "budget of the best, the largest that was reached");
  if (best_->parameters) add_tile(compact_text(static_cast<double>(*best_->parameters)), "parameters of the best");
  if (best_->multiply_adds)
    add_tile(compact_text(static_cast<double>(*best_->multiply_adds)), "multiply-adds of the best");
}

NASNET_BODY void ReportPage::add_notices() {
  std::vector<std::string> notices = history_.notices;
  if (history_.interrupted) notices.emplace_back("The search was asked to stop before all trials were done.");
  if (history_.exhausted) notices.emplace_back("The search ended early: nothing new was left to propose.");
  if (notices.empty()) return;
  add("<section>\n");
  for (const std::string& notice : notices) add("<p>", xml_escaped(notice), "</p>\n");
  add("</section>\n");
}

NASNET_BODY void ReportPage::add_charts() {
  if (best_ == nullptr) {
    add("<section><p class=\"soft\">", history_.trials.empty() ? "No trial has ended yet." : "No trial has a result.",
        "</p></section>\n");
    return;
  }
  add("<div class=\"pair\">\n<section><h2>Accuracy over trials</h2>\n<figure>", trials_chart(), trials_caption(),
      "</figure></section>\n");
  if (const std::string chart = parameters_chart(); !chart.empty()) {
    add("<section><h2>Accuracy against parameters</h2>\n<figure>", chart,
        "<figcaption>Parameters on a logarithmic scale. The line joins the networks that no smaller one beats."
        "</figcaption></figure></section>\n");
  }
  add("</div>\n");
}

NASNET_BODY std::string ReportPage::note(const Trial& trial) {
  std::string text = join("trial ", trial.number, ": ", percent(trial.evaluation.validation_accuracy));
  if (trial.budget) text += join(", budget ", with_commas(*trial.budget));
  if (trial.repeat > 0) text += join(", repeat ", trial.repeat);
  if (trial.parameters) text += join(", ", with_commas(*trial.parameters), " parameters");
  return text;
}

NASNET_BODY Axis ReportPage::accuracy_axis() const {
  double low = 100;
  double high = 0;
  for (const Trial& trial : history_.trials) {
    if (!is_plotted(trial)) continue;
    low = (std::min)(low, 100 * trial.evaluation.validation_accuracy);
    high = (std::max)(high, 100 * trial.evaluation.validation_accuracy);
  }
  return percent_axis("", low, high);
}

NASNET_BODY std::vector<std::pair<double, double>> ReportPage::running_best(const History& history) {
  const std::optional<std::int64_t> largest = history.largest_budget();
  std::vector<std::pair<double, double>> line;
  ResultRanking ranking;
  for (const Trial& trial : history.trials) {
    if (trial.competes(largest)) ranking.add(trial);
    const RankedResult* best = ranking.best();
    if (best != nullptr) line.emplace_back(static_cast<double>(trial.number), 100 * best->accuracy);
  }
  return line;
}

NASNET_BODY void ReportPage::add_point(Chart& chart, const Trial& trial, double x) const {
  const double radius = history_.trials.size() > 300 ? 2.2 : 3.4;
  const bool is_full = trial.competes(largest_budget_);
  chart.add_point(x, 100 * trial.evaluation.validation_accuracy, is_full ? "trial" : "trial part", radius, note(trial));
}

NASNET_BODY void ReportPage::add_winner(Chart& chart, double x) const {
  std::string text = note(*best_);
  if (best_result_.evaluations > 1) {
    text += join("; mean of ", best_result_.evaluations, " repeats ", percent(best_result_.accuracy));
  }
  chart.add_point(x, 100 * best_result_.accuracy, "winner", 5.5, text);
}

NASNET_BODY std::string ReportPage::trials_chart() const {
  Chart chart("Validation accuracy of each trial, and the best so far",
              count_axis("trial", history_.trials.back().number), accuracy_axis());
  if (options_.random_baseline != nullptr) {
    chart.add_steps(within(running_best(*options_.random_baseline)), "baseline");
  }
  for (const Trial& trial : history_.trials) {
    const auto x = static_cast<double>(trial.number);
    if (is_plotted(trial) && !is_winner_alone(trial)) add_point(chart, trial, x);
    if (trial.state == TrialState::failed) chart.add_cross(x, "failed", join("trial ", trial.number, " failed"));
  }
  chart.add_steps(running_best(history_), "running");
  add_winner(chart, static_cast<double>(best_->number));
  return chart.text();
}

NASNET_BODY bool ReportPage::has_smaller_budgets() const {
  return std::any_of(history_.trials.begin(), history_.trials.end(),
                     [this](const Trial& trial) { return is_plotted(trial) && !trial.competes(largest_budget_); });
}

NASNET_BODY std::vector<std::pair<double, double>> ReportPage::within(
    std::vector<std::pair<double, double>> line) const {
  const Axis axis = accuracy_axis();
  const auto last = static_cast<double>(history_.trials.back().number);
  std::erase_if(line, [&](const auto& p) { return p.first > last || p.second < axis.low || p.second > axis.high; });
  return line;
}

NASNET_BODY std::string ReportPage::trials_caption() const {
  const auto key = [](std::string_view mark) {
    return join("<svg class=\"key\" viewBox=\"0 0 18 10\" aria-hidden=\"true\">", mark, "</svg>");
  };
  std::string caption = "<figcaption>";
  caption += key("<circle class=\"trial\" cx=\"9\" cy=\"5\" r=\"3.4\"/>") + "trial";
  if (has_smaller_budgets()) {
    caption += key("<circle class=\"trial part\" cx=\"9\" cy=\"5\" r=\"3.4\"/>") +
               join("with a budget below ", with_commas(*largest_budget_), ", never the best");
  }
  caption += key("<path class=\"running\" d=\"M0 5H18\"/>") + "best so far";
  if (history_.count(TrialState::failed) > 0)
    caption += key("<path class=\"failed\" d=\"M6 2l6 6M12 2l-6 6\"/>") + "failed";
  if (options_.random_baseline != nullptr) {
    caption += key("<path class=\"baseline\" d=\"M0 5H18\"/>") + "best so far of random search";
  }
  return caption + "</figcaption>";
}

NASNET_BODY std::vector<const Trial*> ReportPage::trials_with_parameters() const {
  std::vector<const Trial*> trials;
  for (const Trial& trial : history_.trials) {
    if (is_plotted(trial) && trial.parameters.value_or(0) > 0) trials.push_back(&trial);
  }
  std::sort(trials.begin(), trials.end(), [](const Trial* a, const Trial* b) { return is_smaller(*a, *b); });
  return trials;
}

NASNET_BODY std::vector<std::pair<double, double>> ReportPage::front_of(const std::vector<const Trial*>& trials) const {
  ResultRanking ranking;
  for (const Trial* trial : trials) {
    if (trial->competes(largest_budget_)) ranking.add(*trial);
  }
  std::vector<RankedResult> ascending = ranking.all();
  std::sort(ascending.begin(), ascending.end(),
            [](const RankedResult& a, const RankedResult& b) { return is_smaller(*a.first, *b.first); });
  std::vector<std::pair<double, double>> front;
  for (const RankedResult& one : ascending) {
    const double accuracy = 100 * one.accuracy;
    if (front.empty() || accuracy > front.back().second) front.emplace_back(parameters_of(*one.first), accuracy);
  }
  return front;
}

NASNET_BODY std::string ReportPage::parameters_chart() const {
  const std::vector<const Trial*> trials = trials_with_parameters();
  if (trials.empty()) return {};
  Chart chart("Validation accuracy against number of parameters",
              logarithmic_axis("parameters", static_cast<double>(*trials.front()->parameters),
                               static_cast<double>(*trials.back()->parameters)),
              accuracy_axis());
  for (const Trial* trial : trials) {
    if (!is_winner_alone(*trial)) add_point(chart, *trial, parameters_of(*trial));
  }
  chart.add_steps(front_of(trials), "front");
  if (best_->parameters.value_or(0) > 0) add_winner(chart, parameters_of(*best_));
  return chart.text();
}

NASNET_BODY void ReportPage::add_cells() {
  if (best_ == nullptr) return;
  add("<section>\n<h2>The best cells</h2>\n");
  if (const Fault fault = validate(best_->architecture)) {
    add("<p class=\"bad\">", xml_escaped(describe(fault, best_->architecture)), "</p>\n</section>\n");
    return;
  }
  add("<div class=\"cells\">\n");
  for (const CellRole role : {CellRole::normal, CellRole::reduction}) {
    add("<figure><figcaption>", role == CellRole::normal ? "Normal cell" : "Reduction cell", "</figcaption>",
        cell_svg(cell_of(best_->architecture, role), role, best_->architecture.inputs), "</figure>\n");
  }
  add("</div>\n");
  add_remarks();
  add("<details><summary>As JSON</summary><pre>", xml_escaped(to_json_text(best_->architecture)),
      "</pre></details>\n</section>\n");
}

NASNET_BODY void ReportPage::add_remarks() {
  const auto candidates = std::count_if(history_.trials.begin(), history_.trials.end(), [this](const Trial& trial) {
    return trial.state == TrialState::done && trial.repeat == 0 && trial.competes(largest_budget_);
  });
  if (candidates > 1) {
    add("<p class=\"soft small\">Chosen as the best of ", candidates,
        " on the images that measured it, so that its validation "
        "accuracy flatters it a little",
        options_.test_accuracy ? "; the test accuracy does not" : "", ".</p>\n");
  }
  if (options_.random_baseline == nullptr) return;
  const std::optional<RankedResult> other = options_.random_baseline->best_result();
  if (!other) return;
  add("<p class=\"soft small\">Random search under the same settings: best ", percent(other->accuracy), " of ",
      options_.random_baseline->trials.size(), " trials.</p>\n");
}

NASNET_BODY void ReportPage::add_settings() {
  const bool folded = !options_.settings.empty();
  if (!folded && history_.settings.get().empty()) return;
  add("<section>\n<h2>Settings</h2>\n");
  add_rows("", options_.settings);
  if (!history_.settings.get().empty()) {
    if (folded) add("<details><summary>All that the results depend on</summary>\n");
    add_history_settings();
    if (folded) add("</details>\n");
  }
  add("</section>\n");
}

NASNET_BODY void ReportPage::add_history_settings() {
  Rows scalars;
  for (const auto& [key, value] : history_.settings.get().items()) {
    if (!value.is_object()) flatten(value, words(key), scalars);
  }
  add_rows("", scalars);
  for (const auto& [key, value] : history_.settings.get().items()) {
    if (!value.is_object()) continue;
    Rows rows;
    flatten(value, "", rows);
    add_rows(words(key), rows);
  }
}

NASNET_BODY void ReportPage::add_rows(std::string_view title, const Rows& rows) {
  if (rows.empty()) return;
  if (!title.empty()) add("<h3>", xml_escaped(title), "</h3>\n");
  add("<dl>\n");
  for (const auto& [name, value] : rows) {
    const bool is_long = value.size() > 40;
    add(is_long ? "<div class=\"row\">" : "<div>", "<dt>", xml_escaped(name), "</dt><dd>", xml_escaped(value),
        "</dd></div>\n");
  }
  add("</dl>\n");
}

NASNET_BODY std::string ReportPage::words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

NASNET_BODY void ReportPage::flatten(const nlohmann::json& value, const std::string& name, Rows& rows) {
  if (!value.is_object()) {
    rows.emplace_back(name, leaf(value));
    return;
  }
  for (const auto& [key, child] : value.items()) {
    flatten(child, name.empty() ? words(key) : join(name, ": ", words(key)), rows);
  }
}

NASNET_BODY std::string ReportPage::leaf(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_null()) return "none";
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const nlohmann::json& item : value) text += join(text.empty() ? "" : ", ", leaf(item));
  return text;
}

NASNET_BODY void ReportPage::add_trials() {
  if (history_.trials.empty()) return;
  columns_ = {.budget = has([](const Trial& trial) { return trial.budget.has_value(); }),
              .repeat = has([](const Trial& trial) { return trial.repeat > 0; }),
              .latency = has([](const Trial& trial) { return trial.evaluation.metrics.contains("latency"); })};
  add("<section class=\"long\">\n<h2>Trials</h2>\n<p class=\"soft\">", outcome_sentence(),
      "</p>\n<div class=\"wide\">\n<table class=\"sortable\">\n<thead><tr><th>Trial</th>",
      columns_.budget ? "<th>Budget</th>" : "", columns_.repeat ? "<th>Repeat</th>" : "",
      "<th>Accuracy</th><th>Loss</th><th>Parameters</th><th>Multiply-adds</th>",
      columns_.latency ? "<th>Latency, ms</th>" : "",
      "<th>Seconds</th><th class=\"text\">Architecture</th></tr></thead>\n<tbody>\n");
  for (const Trial& trial : history_.trials) add_trial(trial);
  add("</tbody>\n</table>\n</div>\n</section>\n");
}

NASNET_BODY std::string ReportPage::outcome_sentence() const {
  const std::int64_t failed = history_.count(TrialState::failed);
  const std::int64_t duplicates = history_.count(TrialState::duplicate);
  const std::int64_t rejected = history_.count(TrialState::rejected);
  std::string text = join(history_.count(TrialState::done), " done, ", failed, " failed.");
  if (duplicates + rejected > 0) text += " Not evaluated: ";
  if (duplicates > 0)
    text += join(duplicates, duplicates == 1 ? " duplicate" : " duplicates", rejected > 0 ? ", " : ".");
  if (rejected > 0) text += join(rejected, " rejected.");
  return text;
}

NASNET_BODY void ReportPage::add_trial(const Trial& trial) {
  add("<tr", &trial == best_ ? " class=\"best\"" : "", "><td>", trial.number, "</td>");
  if (columns_.budget) add_count(trial.budget);
  if (columns_.repeat) add_count(trial.repeat);
  if (trial.state == TrialState::done) {
    add_number(fixed_text(trial.evaluation.validation_accuracy, 6), percent(trial.evaluation.validation_accuracy));
    add_number(fixed_text(trial.evaluation.validation_loss, 6), fixed_text(trial.evaluation.validation_loss, 4));
  } else {
    add("<td data-v=\"\" class=\"bad\">failed</td><td data-v=\"\"></td>");
  }
  add_count(trial.parameters);
  add_count(trial.multiply_adds);
  if (columns_.latency) add_latency(trial);
  add_number(fixed_text(trial.seconds, 3), fixed_text(trial.seconds, 1));
  add("<td class=\"text free\" data-v=\"\">", failure_line(trial), "<details><summary>cells</summary><code>",
      xml_escaped(to_text(trial.architecture)), "</code></details></td></tr>\n");
}

NASNET_BODY std::string ReportPage::failure_line(const Trial& trial) {
  if (trial.state != TrialState::failed) return {};
  const std::string kind = words(std::string(trial.failure ? to_string(*trial.failure) : std::string_view("failed")));
  return join("<span class=\"bad\">", kind, trial.message.empty() ? "" : ": ", xml_escaped(trial.message), "</span>");
}

NASNET_BODY void ReportPage::add_count(const std::optional<std::int64_t>& count) {
  if (!count) return add_number("", "");
  add_number(std::to_string(*count), with_commas(*count));
}

NASNET_BODY void ReportPage::add_latency(const Trial& trial) {
  const auto found = trial.evaluation.metrics.find("latency");
  if (found == trial.evaluation.metrics.end()) return add_number("", "");
  add_number(fixed_text(1000 * found->second, 6), fixed_text(1000 * found->second, 2));
}

NASNET_BODY void ReportPage::add_skipped() {
  if (history_.skipped.empty()) return;
  add("<section class=\"long\">\n<details><summary>", history_.skipped.size(),
      " proposals that were not evaluated</summary>\n<div class=\"wide\"><table>\n<thead><tr><th>Proposal</th>"
      "<th class=\"text\">Why</th><th class=\"text\">Architecture</th></tr></thead>\n<tbody>\n");
  for (const Trial& trial : history_.skipped) {
    add("<tr><td>", trial.proposal, "</td><td class=\"text\">", xml_escaped(reason(trial)),
        "</td><td class=\"text free\"><code>", xml_escaped(to_text(trial.architecture)), "</code></td></tr>\n");
  }
  add("</tbody>\n</table></div>\n</details>\n</section>\n");
}

NASNET_BODY std::string ReportPage::reason(const Trial& trial) {
  if (trial.state != TrialState::duplicate) return join("rejected: ", trial.message);
  return trial.duplicate_of < 0 ? std::string("duplicate") : join("duplicate of trial ", trial.duplicate_of);
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string report_html(const History& history, const ReportOptions& options) {
  return detail::ReportPage(history, options).text();
}

NASNET_BODY void write_report(const History& history, const std::string& path, const ReportOptions& options) {
  write_file_atomically(path, report_html(history, options));
}

}  // namespace nasnet::inline NASNET_ABI
