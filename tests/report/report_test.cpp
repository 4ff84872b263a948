#include "nasnet/report/report.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "graph/random_cells.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/report/detail/chart.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

Trial trial(std::int64_t number, double accuracy) {
  Trial result;
  result.number = number;
  result.proposal = number;
  result.architecture = published_architecture("nasnet-a");
  result.evaluation = {.validation_accuracy = accuracy, .validation_loss = 1 - accuracy};
  result.parameters = 50'000 + 1'000 * number;
  result.multiply_adds = 7'000'000;
  result.seconds = 2.5;
  return result;
}

Trial failed(std::int64_t number, std::string message) {
  Trial result = trial(number, 0);
  result.state = TrialState::failed;
  result.failure = FailureKind::not_a_number;
  result.message = std::move(message);
  return result;
}

History history(const std::vector<double>& accuracies) {
  History result;
  result.seed = 7;
  for (const double accuracy : accuracies) {
    result.trials.push_back(trial(static_cast<std::int64_t>(result.trials.size()), accuracy));
  }
  return result;
}

/// Names of elements opened and not closed, in order; empty for sound HTML.
std::vector<std::string> unclosed(const std::string& html) {
  const std::vector<std::string> void_elements{"meta", "!DOCTYPE", "rect/", "path/", "circle/"};
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const bool closes = html[at + 1] == '/';
    const std::size_t begin = at + (closes ? 2 : 1);
    const std::size_t end = html.find('>', at);
    const std::string name = html.substr(begin, html.find_first_of(" >/", begin) - begin);
    if (closes) {
      if (open.empty() || open.back() != name) return {"</" + name};
      open.pop_back();
    } else if (html[end - 1] != '/' && name != "meta" && name != "!DOCTYPE") {
      open.push_back(name);
    }
    if (name == "script" && !closes) at = html.find("</script>", at) - 1;
  }
  return open;
}

}  // namespace

TEST_CASE("report: the best comes first, then everything else") {
  const std::string html = report_html(history({0.5, 0.8125, 0.75}), {.title = "My search", .subtitle = "my data"});
  CHECK(unclosed(html).empty());
  CHECK_THAT(html, ContainsSubstring("<h1>My search</h1>") && ContainsSubstring("my data &middot; seed 7"));
  CHECK_THAT(html, ContainsSubstring("<b>81.25 %</b><span>best validation accuracy, trial 1</span>"));
  CHECK_THAT(html, ContainsSubstring("<b>51 k</b><span>parameters of the best</span>"));
  CHECK_THAT(html, ContainsSubstring("<tr class=\"best\"><td>1</td>"));
  CHECK_THAT(html, ContainsSubstring("trial 2: 75.00 %, 52,000 parameters"));
  CHECK_THAT(html, ContainsSubstring("Chosen as the best of 3"));
  CHECK(count(html, "class=\"trial\" cx") == 2 * 2 + 1);  // two charts without the best, and the key
  CHECK(count(html, "class=\"winner\"") == 2);
  CHECK(count(html, "class=\"cell\"") == 2);
  CHECK(html == report_html(history({0.5, 0.8125, 0.75}), {.title = "My search", .subtitle = "my data"}));
}

TEST_CASE("report: budgets and repeats are shown, and results with a small budget are not the best") {
  History found = history({0.9, 0.6, 0.7, 0.65, 0.5});
  for (Trial& one : found.trials) one.budget = one.number == 0 ? 1 : 1'200;
  found.trials[3].architecture = published_architecture("darts-v1");
  found.trials[4].architecture = published_architecture("darts-v1");
  found.trials[3].hash = found.trials[4].hash = 5;
  found.trials[4].repeat = 1;
  const std::string html = report_html(found);
  CHECK(unclosed(html).empty());
  CHECK_THAT(html, ContainsSubstring("<b>70.00 %</b><span>best validation accuracy, trial 2</span>"));
  CHECK_THAT(html, ContainsSubstring("<b>1,200</b><span>budget of the best, the largest that was reached</span>"));
  CHECK_THAT(html, ContainsSubstring("<th>Trial</th><th>Budget</th><th>Repeat</th><th>Accuracy</th>"));
  CHECK_THAT(html, ContainsSubstring("<tr class=\"best\"><td>2</td><td data-v=\"1200\">1,200</td><td data-v=\"0\">0<"));
  CHECK_THAT(html, ContainsSubstring("<tr><td>0</td><td data-v=\"1\">1</td>"));
  CHECK_THAT(html, ContainsSubstring("with a budget below 1,200, never the best"));
  CHECK_THAT(html, ContainsSubstring("trial 4: 50.00 %, budget 1,200, repeat 1"));
  CHECK_THAT(html, ContainsSubstring("Chosen as the best of 3"));
  CHECK(count(html, "class=\"trial part\"") == 2 + 1);
  CHECK(count(html, "class=\"winner\"") == 2);
}

TEST_CASE("report: the accuracy of repeats is their mean") {
  History found = history({0.5, 0.8, 0.7});
  found.trials[2].repeat = 1;
  found.trials[0].hash = 3;
  const std::string html = report_html(found);
  CHECK_THAT(html,
             ContainsSubstring("<b>75.00 %</b><span>best validation accuracy, trial 1, mean of 2 repeats</span>"));
  CHECK_THAT(html, ContainsSubstring("; mean of 2 repeats 75.00 %</title>"));
  CHECK(count(html, "class=\"trial\" cx") == 2 * 3 + 1);
  CHECK_THAT(report_html(history({0.5})),
             !ContainsSubstring("<th>Budget</th>") && !ContainsSubstring("<th>Repeat</th>"));
}

TEST_CASE("report: latencies are shown where they were measured") {
  History found = history({0.5, 0.6});
  found.trials[0].evaluation.metrics["latency"] = 0.00125;
  const std::string html = report_html(found);
  CHECK_THAT(html, ContainsSubstring("<th>Latency, ms</th>") && ContainsSubstring("<td data-v=\"1.250000\">1.25</td>"));
  CHECK_THAT(report_html(history({0.5})), !ContainsSubstring("Latency"));
}

TEST_CASE("report: nothing is loaded from outside") {
  const std::string html = report_html(history({0.5, 0.6}));
  std::string rest = html;
  for (std::size_t at = rest.find("http://www.w3.org/2000/svg"); at != std::string::npos;
       at = rest.find("http://www.w3.org/2000/svg")) {
    rest.erase(at, 26);
  }
  for (const char* outside : {"http:", "https:", "src=", "<link", "@import", "url("}) CHECK(count(rest, outside) == 0);
}

TEST_CASE("report: the test accuracy leads where there is one") {
  const std::string html = report_html(history({0.5, 0.6}), {.test_accuracy = 0.9113});
  CHECK_THAT(html, ContainsSubstring("<div class=\"tile first\"><b>91.13 %</b>"));
  CHECK(count(html, "tile first") == 1);
  CHECK_THAT(html, ContainsSubstring("the test accuracy does not"));
}

TEST_CASE("report: no trial, and none that is done") {
  const std::string none = report_html(History{});
  CHECK(unclosed(none).empty());
  CHECK_THAT(none, ContainsSubstring("No trial has ended yet."));
  CHECK(count(none, "<table") == 0);

  History all_failed;
  all_failed.trials = {failed(0, "first"), failed(1, "second")};
  const std::string html = report_html(all_failed);
  CHECK(unclosed(html).empty());
  CHECK_THAT(html, ContainsSubstring("No trial has a result.") && ContainsSubstring("not a number: second"));
  CHECK_THAT(html, ContainsSubstring("0 done, 2 failed."));
}

TEST_CASE("report: one trial, and a thousand") {
  const std::string one = report_html(history({0.5}));
  CHECK(unclosed(one).empty());
  CHECK(count(one, "nan") == 0);
  CHECK(count(one, "Chosen as") == 0);
  std::vector<double> accuracies;
  for (int n = 0; n < 1000; ++n) accuracies.push_back(0.5 + 0.0004 * (n * 37 % 1000));
  const std::string html = report_html(history(accuracies));
  CHECK(unclosed(html).empty());
  CHECK(count(html, "<tr><td>") + count(html, "<tr class=\"best\"") == 1000);
}

TEST_CASE("report: equal accuracies, a fraction of 0 and of 1") {
  for (const double accuracy : {0.0, 0.1, 1.0}) {
    const std::string html = report_html(history({accuracy, accuracy}));
    CHECK(unclosed(html).empty());
    CHECK(count(html, "nan") + count(html, "inf") == 0);
  }
}

TEST_CASE("report: failed, rejected and duplicates are counted and explained") {
  History search = history({0.5, 0.6});
  search.trials.push_back(failed(2, "the loss is nan"));
  Trial duplicate = trial(-1, 0);
  duplicate.state = TrialState::duplicate;
  duplicate.duplicate_of = 1;
  Trial rejected = trial(-1, 0);
  rejected.state = TrialState::rejected;
  rejected.message = "9 parameters, at most 5";
  search.skipped = {duplicate, rejected};
  const std::string html = report_html(search);
  CHECK_THAT(html, ContainsSubstring("2 done, 1 failed. Not evaluated: 1 duplicate, 1 rejected."));
  CHECK_THAT(html, ContainsSubstring("duplicate of trial 1") && ContainsSubstring("rejected: 9 parameters, at most 5"));
  CHECK_THAT(html, ContainsSubstring("<b>3</b><span>trials, 1 failed</span>"));
  CHECK(count(html, "class=\"failed\"") == 2);  // in the chart and its key
}

TEST_CASE("report: text from outside is escaped") {
  const std::string hostile = "</script><b x=\"'&";
  History search = history({0.5});
  search.trials.push_back(failed(1, hostile));
  search.trials.push_back(trial(2, 0.9));
  search.trials[2].architecture.normal.blocks[0].left.op = hostile;
  search.settings = nlohmann::json{{hostile, {{hostile, hostile}}}};
  search.notices = {hostile};
  search.interrupted = true;
  const std::string html =
      report_html(search, {.title = hostile, .subtitle = hostile, .settings = {{hostile, hostile}}});
  CHECK(unclosed(html).empty());
  CHECK(count(html, "<b x") == 0);
  CHECK(count(html, "</script>") == 1);
  CHECK_THAT(html, ContainsSubstring("asked to stop"));
  CHECK(count(html, "class=\"cell\"") == 0);  // the best is no valid architecture
}

TEST_CASE("report: settings are rows, whatever their depth") {
  History search = history({0.5});
  search.settings =
      nlohmann::json{{"evaluator", {{"train_images", 10000}, {"flip", true}, {"data", {{"limit", nullptr}}}}},
                     {"all_ops", {"a", "b"}}};
  const std::string html = report_html(search);
  CHECK(unclosed(html).empty());
  CHECK_THAT(html, ContainsSubstring("<h3>evaluator</h3>"));
  CHECK_THAT(
      html, ContainsSubstring("<dt>train images</dt><dd>10000</dd>") && ContainsSubstring("<dt>flip</dt><dd>yes</dd>"));
  CHECK_THAT(html, ContainsSubstring("<dt>data: limit</dt><dd>none</dd>"));
  CHECK_THAT(html, ContainsSubstring("<dt>all ops</dt><dd>a, b</dd>"));
  CHECK(count(html, "All that the results depend on") == 0);
}

TEST_CASE("report: settings chosen by the program come first, all others are folded up") {
  History search = history({0.5});
  search.settings = nlohmann::json{{"evaluator", {{"epochs", 3}}}};
  const std::string html = report_html(search, {.settings = {{"machine", "mine"}}});
  CHECK(unclosed(html).empty());
  const std::size_t chosen = html.find("<dt>machine</dt><dd>mine</dd>");
  const std::size_t folded = html.find("<details><summary>All that the results depend on");
  REQUIRE(chosen != std::string::npos);
  CHECK((chosen < folded && folded < html.find("<dt>epochs</dt><dd>3</dd>")));
}

TEST_CASE("report: a random baseline is compared with where there is one") {
  const History random = history({0.5, 0.7});
  const std::string html = report_html(history({0.6, 0.8}), {.random_baseline = &random});
  CHECK_THAT(html, ContainsSubstring("Random search under the same settings: best 70.00 % of 2 trials."));
  CHECK_THAT(html, ContainsSubstring("class=\"baseline\""));
  CHECK(count(report_html(history({0.6, 0.8})), "Random search") == 0);
}

TEST_CASE("report: without counted costs there is no chart of them") {
  History search = history({0.5, 0.6});
  for (Trial& each : search.trials) each.parameters = each.multiply_adds = std::nullopt;
  const std::string html = report_html(search);
  CHECK(unclosed(html).empty());
  CHECK(count(html, "class=\"chart\"") == 1);
}

TEST_CASE("report: is written whole, and errors name the file") {
  const TemporaryFolder folder;
  write_report(history({0.5}), folder / "report.html");
  CHECK(folder.read("report.html") == report_html(history({0.5})));
  CHECK(folder.entries() == 1);
  CHECK_THROWS_AS(write_report(history({0.5}), folder / "no" / "report.html"), IoError);
}

TEST_CASE("report: numbers for people") {
  CHECK(detail::with_commas(1234567) == "1,234,567");
  CHECK(detail::with_commas(-123456) == "-123,456");
  CHECK(detail::with_commas(999) == "999");
  CHECK(detail::compact_text(71'938) == "71.9 k");
  CHECK(detail::compact_text(999'950) == "1 M");
  CHECK(detail::compact_text(10'050'000) == "10.1 M");
  CHECK(detail::compact_text(23.8e9) == "23.8 G");
  CHECK(detail::compact_text(12) == "12");
  CHECK(detail::fixed_text(std::numeric_limits<double>::quiet_NaN(), 2) == "not a number");
}

TEST_CASE("report: ticks are round numbers within the axis") {
  for (const auto& [low, high] :
       std::vector<std::pair<double, double>>{{0, 100}, {81.2, 83.9}, {10, 10}, {99.8, 100}}) {
    const detail::Axis axis = detail::percent_axis("", low, high);
    CHECK(axis.ticks.size() >= 2);
    CHECK(axis.ticks.size() <= 8);
    for (const auto& [value, label] : axis.ticks) CHECK((value >= axis.low - 1e-9 && value <= axis.high + 1e-9));
  }
  CHECK(detail::count_axis("", 0).ticks.size() == 2);
  for (const auto& [low, high] :
       std::vector<std::pair<double, double>>{{1, 1}, {70e3, 70e3}, {10e3, 12e3}, {10, 1e9}}) {
    const detail::Axis axis = detail::logarithmic_axis("", low, high);
    CHECK(axis.ticks.size() >= 1);
    CHECK(axis.ticks.size() <= 14);
  }
}
