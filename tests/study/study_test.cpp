#include "nasnet/study/study.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/report/study_report.hpp"
#include "nasnet/search/duplicates.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/local_search.hpp"
#include "nasnet/strategy/regularized_evolution.hpp"
#include "search/toy_search.hpp"
#include "study/table_cases.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

/// A table of the toy space: accuracies and seconds by number, for those that a script proposes.
BenchmarkTable toy_table(const std::vector<std::pair<std::int64_t, TableEntry>>& entries) {
  BenchmarkTable::Entries all;
  for (const auto& [index, entry] : entries) all.emplace(static_cast<std::uint64_t>(index), entry);
  const auto key = [](const Architecture& a) { return static_cast<std::uint64_t>(toy::Space::space().index(a)); };
  return {"toy", toy::Space{}, key, std::move(all)};
}

/// Proposes these, one after the other.
AnyStrategy proposing(std::vector<std::int64_t> indices) {
  return toy::Scripted{[indices = std::move(indices)](int asked, int) {
    const auto at = static_cast<std::size_t>(asked);
    return at < indices.size() ? Answer(toy::architecture(indices[at])) : Answer::exhausted();
  }};
}

/// Budgets 1, 2 and 4, one training each: accuracies 0.11, 0.12, 0.4 of 10, 0.21, 0.32, 0.5 of 1000 and so on.
BenchmarkTable budgeted_table() {
  const auto key = [](const Architecture& a) { return static_cast<std::uint64_t>(toy::Space::space().index(a)); };
  return {"toy",
          toy::Space{},
          key,
          {1, 2, 4},
          1,
          {{10, {{0.11, 0.1, 10}, {0.12, 0.2, 20}, {0.4, 0.71, 40}}},
           {1000, {{0.21, 0.1, 10}, {0.32, 0.2, 20}, {0.5, 0.72, 40}}},
           {2000, {{0.31, 0.1, 10}, {0.42, 0.2, 20}, {0.6, 0.73, 40}}}}};
}

/// Proposes these with these budgets, one after the other.
AnyStrategy proposing_with(std::vector<std::pair<std::int64_t, std::optional<std::int64_t>>> proposals) {
  return toy::Scripted{[proposals = std::move(proposals)](int asked, int) {
    const auto at = static_cast<std::size_t>(asked);
    if (at >= proposals.size()) return Answer::exhausted();
    return Answer(Proposal{.architecture = toy::architecture(proposals[at].first), .budget = proposals[at].second});
  }};
}

StudyOptions study_options(std::vector<std::int64_t> evaluations, int workers = 1) {
  StudyOptions options;
  options.evaluations = std::move(evaluations);
  options.workers = workers;
  options.pool = std::make_shared<ThreadPool>(1);
  return options;
}

const std::vector<StudyStrategy>& strategies() {
  static const std::vector<StudyStrategy> all{
      {"evolution",
       [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy {
         return RegularizedEvolution(space, seed, {.population = 10, .sample = 5});
       }},
      {"local", [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy { return LocalSearch(space, seed); }}};
  return all;
}

BenchmarkTable made_up_table() {
  const TemporaryFolder folder;
  return load_benchmark_table(folder.write("table.csv", toy::table_text()));
}

}  // namespace

TEST_CASE("study: mean, deviation and interval of a sample") {
  const SampleSummary summary = summary_of({2, 4, 4, 4, 5, 5, 7, 9});
  CHECK(summary.mean == Approx(5));
  CHECK(summary.deviation == Approx(std::sqrt(32.0 / 7)));
  // t(0.975, 7) = 2.364624
  CHECK(summary.high - summary.mean == Approx(2.364624 * std::sqrt(32.0 / 7 / 8)).epsilon(0.003));
  CHECK(summary.mean - summary.low == Approx(summary.high - summary.mean));
  CHECK(detail::t_quantile(4) == Approx(2.776445).epsilon(0.01));
  CHECK(detail::t_quantile(99) == Approx(1.984217).epsilon(1e-5));
  CHECK(summary_of({3}).deviation == 0);
  CHECK(summary_of({3}).low == 3);
  CHECK_THROWS_AS(summary_of({}), ArgumentError);
}

TEST_CASE("study: the probability to be above counts equal values half") {
  CHECK(probability_above({1, 2, 3}, {0, 2}) == Approx((1 + 1.5 + 2) / 6));
  CHECK(probability_above({0, 2}, {1, 2, 3}) == Approx(1 - (1 + 1.5 + 2) / 6));
  CHECK(probability_above({5}, {5}) == 0.5);
  CHECK(probability_above({6, 7}, {5, 1, 2}) == 1);
  CHECK_THROWS_AS(probability_above({}, {1}), ArgumentError);
}

TEST_CASE("study: a search writes down the best by validation, and the best of different form") {
  // 0 and 1 differ; the table says what they achieve.
  const BenchmarkTable table =
      toy_table({{10, {0.5, 0.9}}, {1000, {0.7, 0.6}}, {2000, {0.7, 0.8}}, {3000, {0.1, 0.2}}});
  const StudyRun run = simulate_search(table, proposing({10, 1000, 1000, 2000, 3000}), study_options({2, 5}));
  REQUIRE(run.size() == 5);
  CHECK(run[0] == StudyPoint{0.5, 0.9, 0.5, 0.5, 1});
  CHECK(run[1].validation == 0.7);
  CHECK(run[1].test == 0.6);
  CHECK(run[1].top_5 == Approx(0.6));
  CHECK(run[2].top_5 == Approx(0.6));  // the same again
  CHECK(run[3].test == 0.6);           // the first of equals
  CHECK(run[3].top_5 == Approx(1.9 / 3));
  CHECK(run[4].top_25 == Approx(2.0 / 4));
  CHECK(run[4].seconds == 5);
}

TEST_CASE("study: the best 5 and 25 are the best, however many there are") {
  std::vector<std::pair<std::int64_t, TableEntry>> entries;
  std::vector<std::int64_t> indices;
  std::unordered_set<std::uint64_t> forms;
  for (std::int64_t index = 0; indices.size() < 30; ++index) {
    if (!forms.insert(toy::Space::space().canonical_hash(toy::architecture(index))).second) continue;
    entries.push_back({index, {.validation_accuracy = 0.01 * static_cast<double>(indices.size())}});
    indices.push_back(index);
  }
  const StudyRun run = simulate_search(toy_table(entries), proposing(indices), study_options({30}));
  CHECK(run.back().validation == Approx(0.29));
  CHECK(run.back().top_5 == Approx(0.27));   // 0.25 to 0.29
  CHECK(run.back().top_25 == Approx(0.17));  // 0.05 to 0.29
}

TEST_CASE("study: workers are simulated in virtual time") {
  const BenchmarkTable table =
      toy_table({{10, {0.1, 0, 5}}, {1000, {0.2, 0, 1}}, {2000, {0.3, 0, 2}}, {3000, {0.4, 0, 10}}});
  // Two workers: 10 ends at 5, 1000 at 1, then 2000 begins at 1 and ends at 3, then 3000 ends at 13.
  const StudyRun run = simulate_search(table, proposing({10, 1000, 2000, 3000}), study_options({4}, 2));
  CHECK(run[0].validation == 0.2);
  CHECK(run[0].seconds == 1);
  CHECK(run[1].validation == 0.3);
  CHECK(run[1].seconds == 3);
  CHECK(run[2].validation == 0.3);  // of 10
  CHECK(run[2].seconds == 5);
  CHECK(run[3].validation == 0.4);
  CHECK(run[3].seconds == 13);
}

TEST_CASE("study: duplicates count, or are free and replayed") {
  const BenchmarkTable table = toy_table({{10, {0.5, 0.5}}, {1000, {0.7, 0.7}}});
  StudyOptions options = study_options({3});
  const StudyRun counted = simulate_search(table, proposing({10, 10, 10, 1000}), options);
  CHECK(counted[2].validation == 0.5);
  options.duplicates = Duplicates::skip;
  const StudyRun free = simulate_search(table, proposing({10, 10, 10, 1000}), options);
  CHECK(free[1].validation == 0.7);
  CHECK(free[2] == free[1]);  // exhausted: it stays where it was

  auto told = std::make_shared<std::vector<double>>();
  struct Listening : toy::Scripted {
    std::shared_ptr<std::vector<double>> told;
    void tell(const Trial& trial) { told->push_back(trial.evaluation.validation_accuracy); }
  };
  const auto script = [](int asked, int) { return Answer(toy::architecture(asked < 2 ? 10 : 1000)); };
  options.evaluations = {2};
  static_cast<void>(simulate_search(table, Listening{{script}, told}, options));
  CHECK(*told == std::vector<double>{0.5, 0.5, 0.7});
}

TEST_CASE("study: a strategy that waits goes on when it is told") {
  const BenchmarkTable table = made_up_table();
  const StudyRun run = simulate_search(table, strategies()[1].make(table.space(), 1), study_options({150}, 20));
  CHECK(run.back().validation > run.front().validation);
  CHECK(run.back().seconds < 150);
}

TEST_CASE("study: random search is always there, threads do not matter, and evolution beats it") {
  const BenchmarkTable table = made_up_table();
  StudyOptions options = study_options({20, 100});
  options.seeds = 30;
  const Study study = run_study(table, strategies(), options);
  REQUIRE(study.results.size() == 3);
  CHECK(study.results[0].strategy == "random");
  CHECK(study.best == table.best());
  options.pool = std::make_shared<ThreadPool>(3);
  CHECK(to_json(run_study(table, strategies(), options)) == to_json(study));

  const auto mean = [&](std::size_t which, std::int64_t count) {
    return summary_of(figures_at(study.results[which], count, &StudyPoint::test));
  };
  CHECK(mean(1, 100).low > mean(0, 100).high);
  CHECK(mean(2, 100).mean == Approx(table.best().test_accuracy));  // the table has a single optimum
  CHECK(mean(1, 100).mean > mean(1, 20).mean);
  CHECK(probability_above(figures_at(study.results[1], 100, &StudyPoint::test),
                          figures_at(study.results[0], 100, &StudyPoint::test)) > 0.9);

  options.first_seed = 31;
  CHECK(to_json(run_study(table, strategies(), options)) != to_json(study));
  std::vector<StudyStrategy> with_random = strategies();
  with_random.push_back(
      {"random", [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy { return RandomSearch(space, seed); }});
  CHECK(run_study(table, with_random, study_options({3})).results.back().strategy == "random");
}

TEST_CASE("study: its JSON has the figures in percent") {
  const BenchmarkTable table = made_up_table();
  StudyOptions options = study_options({10, 40});
  options.seeds = 4;
  const Study study = run_study(table, strategies(), options);
  const nlohmann::ordered_json json = to_json(study);
  CHECK(json["evaluations"].dump() == "[10,40]");
  CHECK(json["best"]["validation"] == Approx(90).margin(1e-9));
  REQUIRE(json["strategies"].size() == 3);
  const SampleSummary test = summary_of(figures_at(study.results[1], 40, &StudyPoint::test));
  CHECK(json["strategies"]["evolution"]["test_mean"][1].get<double>() == Approx(100 * test.mean));
  CHECK(json["strategies"]["evolution"]["test_sd"][1].get<double>() == Approx(100 * test.deviation));
  CHECK(json["strategies"]["evolution"]["test_low"][1].get<double>() == Approx(100 * test.low));
  CHECK(json["strategies"]["random"]["top_25_mean"].size() == 2);
  CHECK(json["strategies"]["random"]["seconds_mean"][1] == 40);
  const double above = json["probability_above"]["local"]["random"][1].get<double>();
  CHECK(above + json["probability_above"]["random"]["local"][1].get<double>() == Approx(1));
}

TEST_CASE("study: its page and its text name each strategy, and load nothing") {
  const BenchmarkTable table = made_up_table();
  std::vector<StudyStrategy> odd = strategies();
  odd[0].name = "a < b & \"c\"";
  StudyOptions options = study_options({10, 40});
  options.seeds = 4;
  const Study study = run_study(table, odd, options);
  const std::string page = study_html(study);
  CHECK(page == study_html(study));
  CHECK_THAT(page, ContainsSubstring("a &lt; b &amp; &quot;c&quot;"));
  CHECK_THAT(page, !ContainsSubstring("a < b"));
  CHECK_THAT(page, !ContainsSubstring("http"));
  CHECK_THAT(page, !ContainsSubstring("src="));
  CHECK_THAT(page, !ContainsSubstring("nan"));
  for (const char* part : {"class=\"curve series2\"", "class=\"band series0\"", "</html>"}) {
    CHECK_THAT(page, ContainsSubstring(part));
  }
  const std::string text = to_text(study);
  CHECK_THAT(text, ContainsSubstring("NAS-Bench-201, 4 searches of each strategy, 1 worker, duplicates count"));
  CHECK_THAT(text, ContainsSubstring("probability of a better test accuracy than random"));

  const TemporaryFolder folder;
  write_report(study, folder / "report.html");
  CHECK(folder.read("report.html") == page);
  CHECK_THROWS_AS(write_report(study, folder / "absent" / "report.html"), IoError);
}

TEST_CASE("study: an evaluation with a part of the budget counts for that part") {
  const BenchmarkTable table = budgeted_table();
  // Spent: 1, 2, 6, 10, 12, of 4 an evaluation.
  const StudyRun run = simulate_search(
      table, proposing_with({{10, 1}, {1000, 1}, {2000, 4}, {10, std::nullopt}, {1000, 2}}), study_options({3}));
  REQUIRE(run.size() == 3);
  CHECK(run[0].validation == Approx(0.21));  // of 1000: the third ends beyond the first four
  CHECK(run[0].test == Approx(0.72));        // what training in full would give
  CHECK(run[0].top_5 == Approx((0.11 + 0.21) / 2));
  CHECK(run[0].seconds == 20);
  CHECK(run[1].validation == Approx(0.6));  // of 2000
  CHECK(run[1].top_5 == Approx((0.11 + 0.21 + 0.6) / 3));
  CHECK(run[1].seconds == 60);
  CHECK(run[2].validation == Approx(0.6));
  CHECK(run[2].top_5 == Approx((0.4 + 0.32 + 0.6) / 3));  // each form with its best
  CHECK(run[2].seconds == 120);

  // Ends when the budget is spent, here in the middle of the second evaluation that is wanted.
  const StudyRun early = simulate_search(table, proposing_with({{10, 1}, {1000, 1}}), study_options({2}));
  REQUIRE(early.size() == 2);
  CHECK(early[0] == early[1]);
  CHECK(early[1].validation == Approx(0.21));
  CHECK_THROWS_MATCHES(simulate_search(table, proposing_with({{10, 3}}), study_options({1})), DataError,
                       MessageMatches(ContainsSubstring("no trainings with a budget of 3")));
  CHECK_THROWS_MATCHES(simulate_search(toy_table({{10, {0.5, 0.5}}}), proposing_with({{10, 1}}), study_options({1})),
                       DataError, MessageMatches(ContainsSubstring("none with a budget")));
}

TEST_CASE("study: draws among trainings depend on the seed and the trial") {
  const Architecture cell = toy::architecture(10);
  const BenchmarkTable table("toy", toy::Space{}, [](const Architecture&) { return std::uint64_t{0}; }, {}, 2,
                             {{0, {{0.4, 0.5, 1}, {0.6, 0.7, 1}}}});
  const auto first = [&](std::uint64_t seed) {
    return simulate_search(table, proposing({10}), study_options({1}), seed)[0];
  };
  std::int64_t high = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CHECK(first(seed) == first(seed));
    CHECK(first(seed).test == Approx(0.6));  // the mean, whatever is drawn
    high += first(seed).validation > 0.5 ? 1 : 0;
  }
  CHECK(high > 60);
  CHECK(high < 140);
  // Again and again, a search sees both.
  const StudyRun run = simulate_search(table, proposing(std::vector<std::int64_t>(30, 10)), study_options({30}), 1);
  CHECK(run.back().validation == 0.6);
  CHECK(run.back().top_5 == 0.6);  // one form
  CHECK(table.at(cell).validation_accuracy == Approx(0.5));
  CHECK(table.best().validation_accuracy == 0.6);
  CHECK(table.best().test_accuracy == Approx(0.6));
}

TEST_CASE("study: of a table with budgets says what an evaluation is") {
  Study study = run_study(budgeted_table(),
                          {{"random",
                            [](const AnySpace&, std::uint64_t) {
                              return proposing_with({{10, 4}, {1000, 2}});
                            }}},
                          study_options({1}));
  CHECK(study.full_budget == 4);
  CHECK(to_json(study)["full_budget"] == 4);
  CHECK_THAT(to_text(study), ContainsSubstring("an evaluation has a budget of 4, those with less count in proportion"));
  CHECK_THAT(study_html(study), ContainsSubstring("an evaluation has a budget of 4"));
}

TEST_CASE("study: what is out of range or missing is refused") {
  const BenchmarkTable table = toy_table({{10, {0.5, 0.5}}});
  const auto refuse = [&](const StudyOptions& options, const std::string& part) {
    CHECK_THROWS_MATCHES(simulate_search(table, proposing({10}), options), ArgumentError,
                         MessageMatches(ContainsSubstring(part)));
  };
  refuse(study_options({}), "no numbers of evaluations");
  refuse(study_options({0}), "0 evaluations");
  refuse(study_options({5, 5}), "5 evaluations after 5");
  refuse(study_options({5}, 0), "0 workers");
  StudyOptions options = study_options({5});
  options.seeds = 0;
  refuse(options, "0 seeds");
  CHECK_THROWS_MATCHES(simulate_search(table, proposing({11}), study_options({1})), DataError,
                       MessageMatches(ContainsSubstring("the table toy has no entry")));
  CHECK_THROWS_MATCHES(simulate_search(table, proposing({}), study_options({1})), DataError,
                       MessageMatches(ContainsSubstring("proposed nothing")));
  CHECK_THROWS_MATCHES(run_study(table, {}, study_options({1})), DataError,
                       MessageMatches(ContainsSubstring("has no entry")));
}
