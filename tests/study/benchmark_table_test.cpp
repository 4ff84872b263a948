#include "nasnet/study/benchmark_table.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/journal/journal.hpp"
#include "nasnet/search/search.hpp"
#include "nasnet/space/nasbench201_space.hpp"
#include "nasnet/strategy/random_search.hpp"
#include "study/table_cases.hpp"

using namespace nasnet;

namespace {

/// Loading this text fails with a sentence that has these parts.
void refuse(const TemporaryFolder& folder, const std::string& text, const std::string& part) {
  toy::check_refused([](const auto& path) { return load_benchmark_table(path); }, folder.write("bad.csv", text), part);
}

std::string replaced(std::string text, const std::string& part, const std::string& other) {
  return text.replace(text.find(part), part.size(), other);
}

}  // namespace

TEST_CASE("benchmark table: NAS-Bench-201 is known by its first line") {
  const TemporaryFolder folder;
  const BenchmarkTable table = load_benchmark_table(folder.write("table.csv", toy::table_text()));
  CHECK(table.name() == "NAS-Bench-201");
  CHECK(table.size() == 15'625);
  for (const std::int64_t index : {0, 1, 77, 15'624}) {
    const TableEntry& entry = table.at(Nasbench201Space::at(index));
    CHECK(entry.validation_accuracy == Approx(static_cast<double>(toy::made_up_accuracy(index)) / 10'000));
    CHECK(entry.test_accuracy == Approx(entry.validation_accuracy + 0.05));
    CHECK(entry.seconds == 1);
  }
  CHECK(table.best() == table.at(Nasbench201Space::at(15'624)));
  CHECK_THROWS_AS(table.at(Architecture{}), GenotypeError);
}

TEST_CASE("benchmark table: rows in any order, with line ends of any kind") {
  const TemporaryFolder folder;
  std::string text = toy::table_text();
  const std::string moved = toy::table_row(5);
  text = replaced(text, moved, "");
  text += "\n" + moved;
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) text.insert(at, "\r");
  const BenchmarkTable table = load_benchmark_table(folder.write("table.csv", text));
  CHECK(table.size() == 15'625);
  CHECK(table.at(Nasbench201Space::at(5)).validation_accuracy == Approx(0.325));
}

TEST_CASE("benchmark table: what is damaged is named with its line") {
  const TemporaryFolder folder;
  const std::string text = toy::table_text();
  refuse(folder, "", "the columns are those of no known table; known are edge01");
  refuse(folder, "a,b\n1,2\n", "no known table");
  refuse(folder, toy::nasbench201_header, "the table ends after 0 cells, NAS-Bench-201 has 15625");
  refuse(folder, text + toy::table_row(5), "stands in the table twice");
  refuse(folder, replaced(text, toy::table_row(5), ""), "the table ends after 15624 cells");
  refuse(folder, replaced(text, "0,0,0,0,1,0,", "0,0,0,0,5,0,"), "column edge13: '5' is no whole number from 0 to 4");
  refuse(folder, replaced(text, "0,0,0,0,1,0,", "0,0,0,x,1,0,"), "line 7: column edge03: 'x'");
  refuse(folder, replaced(text, "0,0,0,0,1,0,", "0,0,0,0,1,"), "7 values, the first line names 8");
  refuse(folder, replaced(text, ",32.50,", ",nan,"), "column validation: 'nan' is no number");
  refuse(folder, replaced(text, ",32.50,", ",132.50,"), "no percentage from 0 to 100");
  refuse(folder, replaced(text, ",32.50,", ",,"), "column validation: ''");
  CHECK_THROWS_AS(load_benchmark_table(folder / "absent.csv"), IoError);
}

TEST_CASE("benchmark table: what does not fit together is refused") {
  using Trainings = BenchmarkTable::Trainings;
  const auto make = [](std::vector<std::int64_t> budgets, std::size_t trainings, Trainings entries) {
    const Nasbench201Space space;
    return BenchmarkTable(
        "toy", space, [](const Architecture&) { return std::uint64_t{0}; }, std::move(budgets), trainings,
        std::move(entries));
  };
  const std::vector<TableEntry> four(4);
  CHECK(make({1, 2}, 2, Trainings{{0, four}}).full_budget() == 2);
  CHECK(make({}, 4, Trainings{{0, four}}).full_budget() == 1);
  CHECK_THROWS_AS(make({}, 2, Trainings{}), DataError);
  CHECK_THROWS_AS(make({1, 2, 3}, 2, Trainings{{0, four}}), DataError);
  CHECK_THROWS_AS(make({}, 0, Trainings{{0, {}}}), DataError);
  CHECK_THROWS_AS(make({2, 2}, 2, Trainings{{0, four}}), DataError);
  CHECK_THROWS_AS(make({0, 1}, 2, Trainings{{0, four}}), DataError);
}

TEST_CASE("benchmark table: is an evaluator") {
  const TemporaryFolder folder;
  const BenchmarkTable table = load_benchmark_table(folder.write("table.csv", toy::table_text()));
  SearchOptions options;
  options.trials = 50;
  options.journal = folder / "run.jsonl";
  const History history = search(table.space(), RandomSearch(table.space(), 1), table, options);
  REQUIRE(history.trials.size() == 50);
  for (const Trial& trial : history.trials) {
    CHECK(trial.evaluation.validation_accuracy == table.at(trial.architecture).validation_accuracy);
    CHECK(trial.evaluation.metrics.at("test_accuracy") == table.at(trial.architecture).test_accuracy);
  }
  CHECK(history.settings["evaluator"]["table"] == "NAS-Bench-201");
  options.resume = true;
  CHECK(equal_results(search(table.space(), RandomSearch(table.space(), 1), table, options), history));
}
