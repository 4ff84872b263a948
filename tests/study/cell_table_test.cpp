#include "nasnet/study/cell_table.hpp"

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/genotype/canonical.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/study/benchmark_table.hpp"
#include "study/cell_table_cases.hpp"
#include "study/table_cases.hpp"
#include "tests_folder.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

void refuse(const TemporaryFolder& folder, const std::string& text, const std::string& part) {
  const auto path = folder.write("bad.csv", text);
  toy::check_refused([](const auto& bad) { return read_cell_table(bad); }, path, part);
  CHECK_THROWS_AS(load_benchmark_table(path), DataError);
}

/// With this value in this column of this line, both from 0.
std::string with_value(const std::string& text, int line, int column, const std::string& value) {
  std::size_t begin = 0;
  for (; line > 0; --line) begin = text.find('\n', begin) + 1;
  for (; column > 0; --column) begin = text.find(',', begin) + 1;
  return text.substr(0, begin) + value + text.substr(text.find_first_of(",\n", begin));
}

std::string without_line(const std::string& text, int line) {
  std::size_t begin = 0;
  for (; line > 0; --line) begin = text.find('\n', begin) + 1;
  return text.substr(0, begin) + text.substr(text.find('\n', begin) + 1);
}

}  // namespace

TEST_CASE("cell table: the space has 2916 sequences and 735 canonical cells") {
  const SearchSpace space = cell_table_space();
  CHECK(space.sequences() == BigUnsigned(2916));
  const std::vector<Architecture> cells = cell_table_cells();
  CHECK(cells.size() == 735);
  std::set<std::uint64_t> forms;
  for (const Architecture& cell : cells) {
    forms.insert(space.canonical_hash(cell));
    CHECK(cell.normal == cell.reduction);
  }
  CHECK(forms.size() == cells.size());
}

TEST_CASE("cell table: is read as it was written") {
  const TemporaryFolder folder;
  const std::vector<CellTableRow> rows = toy::cell_rows();
  const std::string text = cell_table_text(rows);
  const std::vector<CellTableRow> found = read_cell_table(folder.write("table.csv", text));
  REQUIRE(found.size() == rows.size());
  for (std::size_t k = 0; k < rows.size(); ++k) {
    CHECK(found[k].architecture == rows[k].architecture);
    CHECK(found[k].parameters == rows[k].parameters);
    CHECK(found[k].multiply_adds == rows[k].multiply_adds);
    CHECK(found[k].epoch_seconds == Approx(rows[k].epoch_seconds));
    CHECK(found[k].latency_seconds == Approx(rows[k].latency_seconds));
    for (std::size_t e = 0; e < rows[k].trainings.size(); ++e) {
      for (std::size_t t = 0; t < rows[k].trainings[e].size(); ++t) {
        CHECK(found[k].trainings[e][t].validation_accuracy == Approx(rows[k].trainings[e][t].validation_accuracy));
        CHECK(found[k].trainings[e][t].test_accuracy == Approx(rows[k].trainings[e][t].test_accuracy));
      }
    }
  }
  CHECK(cell_table_text(found) == text);
}

TEST_CASE("cell table: as a benchmark table it has budgets and several trainings") {
  const TemporaryFolder folder;
  const std::vector<CellTableRow> rows = toy::cell_rows();
  const BenchmarkTable table = load_benchmark_table(folder.write("table.csv", cell_table_text(rows)));
  CHECK(table.size() == 735);
  CHECK(table.budgets() == std::vector<std::int64_t>{1, 2, 4});
  CHECK(table.full_budget() == 4);
  CHECK(table.trainings() == 2);

  const Architecture& cell = rows[100].architecture;
  const double first = toy::made_up_percent(100, 2, 0) / 100;
  const double second = toy::made_up_percent(100, 2, 1) / 100;
  CHECK(table.at(cell).validation_accuracy == Approx((first + second) / 2));
  CHECK(table.at(cell).test_accuracy == Approx((first + second) / 2 + 0.01));
  CHECK(table.at(cell).seconds == Approx(2));
  CHECK(table.at(cell, std::nullopt, 0).validation_accuracy == Approx(first));
  CHECK(table.at(cell, 4, 1).validation_accuracy == Approx(second));
  const TableEntry early = table.at(cell, 1, 1);
  CHECK(early.validation_accuracy == Approx(toy::made_up_percent(100, 0, 1) / 100));
  CHECK(early.test_accuracy == Approx(table.at(cell).test_accuracy));  // what training in full would give
  CHECK(early.seconds == Approx(0.5));
  CHECK(table.best().validation_accuracy == Approx(toy::made_up_percent(734, 2, 1) / 100));
  CHECK(table.best().test_accuracy == Approx(table.at(rows[734].architecture).test_accuracy));

  CHECK_THROWS_MATCHES(table.at(cell, 3, 0), DataError,
                       MessageMatches(ContainsSubstring("no trainings with a budget of 3, it has those of 1, 2, 4")));
  CHECK_THROWS_MATCHES(table.at(cell, 4, 2), DataError, MessageMatches(ContainsSubstring("no training 2")));
}

TEST_CASE("cell table: cells of equal canonical form share their line") {
  const TemporaryFolder folder;
  const BenchmarkTable table = load_benchmark_table(folder.write("table.csv", cell_table_text(toy::cell_rows())));
  cell_table_space().for_each([&](const Architecture& cell) { CHECK(table.at(cell).seconds > 0); });
}

TEST_CASE("cell table: what is damaged is named with its line") {
  const TemporaryFolder folder;
  const std::string text = cell_table_text(toy::cell_rows());
  const std::string header = text.substr(0, text.find('\n') + 1);
  refuse(folder, "", "the columns are not those of a table of cells");
  refuse(folder, "left1,right1\n0,1\n", "the columns are not those");
  refuse(folder, header, "the table ends after 0 cells, the space has 735 that differ");
  refuse(folder, without_line(text, 8), "the table ends after 734 cells");
  const std::string again = text.substr(header.size(), text.find('\n', header.size()) + 1 - header.size());
  refuse(folder, text + again, "stands in the table twice");
  refuse(folder, with_value(text, 3, 0, "2"), "line 4: column left1: '2' is no whole number from 0 to 1");
  refuse(folder, with_value(text, 3, 2, "3"), "column left_op1: '3' is no whole number from 0 to 2");
  refuse(folder, with_value(text, 3, 4, "-1"), "column left2");
  refuse(folder, with_value(text, 3, 8, "1e3"), "column parameters");
  refuse(folder, with_value(text, 3, 9, "99999999999999999999"), "column multiply_adds");
  refuse(folder, with_value(text, 3, 10, "0"), "line 4: 0 is no time");
  refuse(folder, with_value(text, 3, 11, "-5"), "-5 is no time");
  refuse(folder, with_value(text, 3, 11, "inf"), "column latency_us: 'inf' is no number");
  refuse(folder, with_value(text, 3, 12, "101"), "column validation_1_1: '101' is no percentage");
  refuse(folder, with_value(text, 735, 23, "nan"), "line 736: column test_4_2: 'nan' is no number");
  refuse(folder, with_value(text, 735, 23, ""), "column test_4_2: ''");
  refuse(folder, with_value(text, 3, 23, "1,2"), "25 values, the first line names 24");
  CHECK_THROWS_AS(read_cell_table(folder / "absent.csv"), IoError);
  CHECK_THROWS_AS(cell_table_text(std::vector<CellTableRow>(1)), GenotypeError);
}

TEST_CASE("cell table: the committed one has each cell once, with the costs that its graph counts") {
  const auto path = tests_folder().parent_path() / "tables" / "fashion_mnist_14x14.csv";
  const std::vector<CellTableRow> rows =
      read_cell_table(path);  // refuses missing cells and those that stand there twice
  REQUIRE(rows.size() == 735);
  CHECK(std::filesystem::file_size(path) < 300'000);
  NetworkConfig config;
  config.input_channels = 1;
  config.classes = 10;
  config.cells_per_stack = 1;
  config.filters = 4;
  for (const CellTableRow& row : rows) {
    const NetworkGraph graph = build_network(row.architecture, CellTableOps::table(), config);
    CHECK(row.parameters == parameter_count(graph));
    CHECK(row.multiply_adds == multiply_adds(graph, {14, 14}));
    for (const auto& trainings : row.trainings) {
      for (const CellTraining& training : trainings) CHECK(training.test_accuracy > 0.1);  // above chance
    }
  }
}
