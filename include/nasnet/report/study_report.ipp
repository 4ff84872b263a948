#pragma once

#include "nasnet/report/study_report.hpp"

#include <algorithm>          // max, min
#include <cstddef>            // size_t
#include <cstdint>            // int64_t
#include <nlohmann/json.hpp>  // json, ordered_json
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // move, pair
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/graph/svg.hpp"
#include "nasnet/report/detail/chart.hpp"
#include "nasnet/report/detail/report_page.hpp"
#include "nasnet/search/duplicates.hpp"
#include "nasnet/study/study.hpp"
#include "nasnet/version.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The probability that one strategy is above another in test accuracy.
NASNET_LAZY [[nodiscard]] double probability_above(const StudyResult& first, const StudyResult& second,
                                                   std::int64_t evaluation);

/// "88.27" and the like, right-aligned.
NASNET_LAZY [[nodiscard]] std::string column(std::string text, std::size_t width);

/// Writes the page of a study.
class StudyPage {
 public:
  NASNET_LAZY explicit StudyPage(const Study& study) : study_(study) {}

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

/// Of the searches of a strategy after so many evaluations, in percent; seconds as they are.
NASNET_LAZY [[nodiscard]] inline SampleSummary percent_summary(const StudyResult& result, std::int64_t evaluation,
                                                               double StudyPoint::*figure) {
  std::vector<double> values = figures_at(result, evaluation, figure);
  if (figure != &StudyPoint::seconds) {
    for (double& value : values) value *= 100;
  }
  return summary_of(values);
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json study_result_json(
    const StudyResult& result, const std::vector<std::int64_t>& evaluations) {
  nlohmann::ordered_json json;
  for (const std::int64_t count : evaluations) {
    const SampleSummary test = percent_summary(result, count, &StudyPoint::test);
    json["test_mean"].push_back(test.mean);
    json["test_sd"].push_back(test.deviation);
    json["test_low"].push_back(test.low);
    json["test_high"].push_back(test.high);
    json["validation_mean"].push_back(percent_summary(result, count, &StudyPoint::validation).mean);
    json["top_5_mean"].push_back(percent_summary(result, count, &StudyPoint::top_5).mean);
    json["top_25_mean"].push_back(percent_summary(result, count, &StudyPoint::top_25).mean);
    json["seconds_mean"].push_back(percent_summary(result, count, &StudyPoint::seconds).mean);
  }
  return json;
}

NASNET_BODY double probability_above(const StudyResult& first, const StudyResult& second, std::int64_t evaluation) {
  return nasnet::probability_above(figures_at(first, evaluation, &StudyPoint::test),
                                   figures_at(second, evaluation, &StudyPoint::test));
}

/// What an evaluation is, where the table has budgets.
NASNET_LAZY [[nodiscard]] inline std::string study_unit(const Study& study) {
  if (study.full_budget == 1) return {};
  return join("an evaluation has a budget of ", study.full_budget, ", those with less count in proportion");
}

NASNET_LAZY [[nodiscard]] inline std::string_view study_duplicates(const StudyOptions& options) {
  return options.duplicates == Duplicates::evaluate ? "count" : "free";
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY nlohmann::ordered_json to_json(const Study& study) {
  const std::vector<std::int64_t>& evaluations = study.options.evaluations;
  nlohmann::ordered_json json{{"table", study.table},
                              {"unit", "percent"},
                              {"seeds", study.options.seeds},
                              {"first_seed", study.options.first_seed},
                              {"workers", study.options.workers},
                              {"duplicates", std::string(detail::study_duplicates(study.options))},
                              {"full_budget", study.full_budget}};
  json["best"] = {{"validation", 100 * study.best.validation_accuracy}, {"test", 100 * study.best.test_accuracy}};
  json["evaluations"] = evaluations;
  for (const StudyResult& result : study.results) {
    json["strategies"][result.strategy] = detail::study_result_json(result, evaluations);
  }
  for (const StudyResult& first : study.results) {
    for (const StudyResult& second : study.results) {
      if (first.strategy == second.strategy) continue;
      nlohmann::ordered_json& values = json["probability_above"][first.strategy][second.strategy];
      for (const std::int64_t count : evaluations) {
        values.push_back(detail::probability_above(first, second, count));
      }
    }
  }
  return json;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY std::string column(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

/// The columns of a table: the name of a strategy, then a text for each number of evaluations.
template <class Cell>
[[nodiscard]] std::string study_rows(const Study& study, const Cell& cell) {
  constexpr std::size_t width = 18;
  std::size_t names = 0;
  for (const StudyResult& result : study.results) names = (std::max)(names, result.strategy.size());
  std::string text(names, ' ');
  for (const std::int64_t count : study.options.evaluations) text += column(std::to_string(count), width);
  text += '\n';
  for (const StudyResult& result : study.results) {
    text += result.strategy + std::string(names - result.strategy.size(), ' ');
    for (const std::int64_t count : study.options.evaluations) text += column(cell(result, count), width);
    text += '\n';
  }
  return text;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string to_text(const Study& study) {
  using detail::fixed_text;
  using detail::percent_summary;
  std::string text = join(study.table, ", ", study.options.seeds, " searches of each strategy, ", study.options.workers,
                          study.options.workers == 1 ? " worker" : " workers", ", duplicates ",
                          detail::study_duplicates(study.options),
                          "; the best that can be found: ", fixed_text(100 * study.best.validation_accuracy, 2),
                          " % validation, ", fixed_text(100 * study.best.test_accuracy, 2), " % test\n");
  if (const std::string unit = detail::study_unit(study); !unit.empty()) text += unit + '\n';
  text += "\ntest accuracy of the best by validation after so many evaluations, mean and its 95 % interval\n";
  text += detail::study_rows(study, [](const StudyResult& result, std::int64_t count) {
    const SampleSummary test = percent_summary(result, count, &StudyPoint::test);
    return join(fixed_text(test.mean, 2), " +- ", fixed_text(test.high - test.mean, 2));
  });
  text += "\nvalidation accuracy of the best, of the best 5 and of the best 25, means\n";
  text += detail::study_rows(study, [](const StudyResult& result, std::int64_t count) {
    return join(fixed_text(percent_summary(result, count, &StudyPoint::validation).mean, 2), ' ',
                fixed_text(percent_summary(result, count, &StudyPoint::top_5).mean, 2), ' ',
                fixed_text(percent_summary(result, count, &StudyPoint::top_25).mean, 2));
  });
  for (const StudyResult& other : study.results) {
    if (study.results.size() < 2) break;
    text += join("\nprobability of a better test accuracy than ", other.strategy, '\n');
    text += detail::study_rows(study, [&other](const StudyResult& result, std::int64_t count) {
      return result.strategy == other.strategy ? std::string("-")
                                               : fixed_text(detail::probability_above(result, other, count), 2);
    });
  }
  return text;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY std::string StudyPage::text() && {
  begin();
  add_curves();
  add_accuracies();
  add_top();
  add_probabilities();
  add("<footer>nasnet ", NASNET_VERSION_STRING, "</footer>\n</main>\n</body>\n</html>\n");
  return std::move(page_);
}

NASNET_BODY void StudyPage::begin() {
  const std::string title = xml_escaped(join("Strategies on ", study_.table));
  add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
      title, "</title>\n<style>", report_style(), study_style(), "\n</style>\n</head>\n<body>\n<main>\n<h1>", title,
      "</h1>\n<p class=\"soft\">", study_.options.seeds, " searches of each strategy &middot; ", study_.options.workers,
      study_.options.workers == 1 ? " worker" : " workers", " &middot; duplicates ", study_duplicates(study_.options),
      " &middot; the best that can be found: ", fixed_text(100 * study_.best.validation_accuracy, 2), " % validation, ",
      fixed_text(100 * study_.best.test_accuracy, 2), " % test");
  if (const std::string unit = study_unit(study_); !unit.empty()) add(" &middot; ", unit);
  add("</p>\n");
}

NASNET_BODY void StudyPage::add_curves() {
  add("<div class=\"pair\">\n");
  add_curve("Test accuracy of the best by validation", &StudyPoint::test);
  add_curve("Validation accuracy of the best", &StudyPoint::validation);
  add_curve("Validation accuracy of the best 5", &StudyPoint::top_5);
  add_curve("Validation accuracy of the best 25", &StudyPoint::top_25);
  add("</div>\n");
}

NASNET_BODY void StudyPage::add_curve(std::string_view title, double StudyPoint::*figure) {
  add("<section><h2>", title, "</h2>\n<figure>", curve(title, figure), "<figcaption>");
  for (std::size_t k = 0; k < study_.results.size(); ++k) {
    add("<svg class=\"key\" viewBox=\"0 0 18 10\" aria-hidden=\"true\"><path class=\"curve ", series(k),
        "\" d=\"M0 5H18\"/></svg>", xml_escaped(study_.results[k].strategy));
  }
  add("<br>Mean over the searches; the shaded band is its 95 % interval.</figcaption></figure></section>\n");
}

NASNET_BODY std::string StudyPage::series(std::size_t k) { return join("series", k % 6); }

NASNET_BODY std::vector<std::int64_t> StudyPage::drawn() const {
  const std::int64_t last = study_.options.evaluations.back();
  const std::int64_t step = (std::max)(last / 200, std::int64_t{1});
  std::vector<std::int64_t> counts;
  for (std::int64_t count = (std::min)(std::int64_t{5}, last); count < last; count += step) counts.push_back(count);
  counts.push_back(last);
  return counts;
}

NASNET_BODY std::string StudyPage::curve(std::string_view title, double StudyPoint::*figure) const {
  const std::vector<std::int64_t> counts = drawn();
  std::vector<std::vector<SampleSummary>> lines;
  double low = 100;
  double high = 0;
  // The first few evaluations would take most of the chart's height.
  const std::int64_t shown_from = counts.back() / 16;
  for (const StudyResult& result : study_.results) {
    std::vector<SampleSummary>& line = lines.emplace_back();
    for (const std::int64_t count : counts) {
      line.push_back(percent_summary(result, count, figure));
      if (count >= shown_from) low = (std::min)(low, line.back().low);
      high = (std::max)(high, line.back().high);
    }
  }
  Chart chart(std::string(title), count_axis("evaluations", counts.back()), percent_axis("", low, high));
  for (std::size_t k = 0; k < lines.size(); ++k) draw(chart, counts, lines[k], series(k));
  return chart.text();
}

NASNET_BODY void StudyPage::draw(Chart& chart, const std::vector<std::int64_t>& counts,
                                 const std::vector<SampleSummary>& line, const std::string& css_class) {
  std::vector<std::pair<double, double>> means, lows, highs;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    const auto x = static_cast<double>(counts[k]);
    means.emplace_back(x, line[k].mean);
    lows.emplace_back(x, line[k].low);
    highs.emplace_back(x, line[k].high);
  }
  chart.add_band(lows, highs, "band " + css_class);
  chart.add_line(means, "curve " + css_class);
}

NASNET_BODY void StudyPage::add_accuracies() {
  add_table("Test accuracy of the best by validation",
            "After so many evaluations: mean, its 95 % interval, and the deviation from search to search.",
            [](const StudyResult& result, std::int64_t count) {
              const SampleSummary test = percent_summary(result, count, &StudyPoint::test);
              return join(fixed_text(test.mean, 2), " % &plusmn; ", fixed_text(test.high - test.mean, 2), " (",
                          fixed_text(test.deviation, 2), ")");
            });
}

NASNET_BODY void StudyPage::add_top() {
  add_table("Validation accuracy of the best, of the best 5 and of the best 25",
            "Means; architectures of equal canonical form are one.", [](const StudyResult& result, std::int64_t count) {
              return join(fixed_text(percent_summary(result, count, &StudyPoint::validation).mean, 2), " / ",
                          fixed_text(percent_summary(result, count, &StudyPoint::top_5).mean, 2), " / ",
                          fixed_text(percent_summary(result, count, &StudyPoint::top_25).mean, 2), " %");
            });
}

NASNET_BODY void StudyPage::add_probabilities() {
  for (const StudyResult& other : study_.results) {
    if (study_.results.size() < 2) return;
    add_table(join("Probability of a better test accuracy than ", xml_escaped(other.strategy)),
              "One search of each, drawn at random; equal accuracies count half.",
              [&other](const StudyResult& result, std::int64_t count) {
                if (result.strategy == other.strategy) return std::string("&ndash;");
                return fixed_text(probability_above(result, other, count), 2);
              });
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string study_html(const Study& study) { return detail::StudyPage(study).text(); }

NASNET_BODY void write_report(const Study& study, const std::string& path) {
  write_file_atomically(path, study_html(study));
}

}  // namespace nasnet::inline NASNET_ABI
