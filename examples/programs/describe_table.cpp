// What a table of cells says, how much of it is noise, and which cells are the best: for a table of generate_table.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <nasnet/core/error.hpp>
#include <nasnet/genotype/text.hpp>
#include <nasnet/study/cell_table.hpp>
#include <nasnet/study/rank_correlation.hpp>

#include "flags.hpp"
#include "program.hpp"

namespace {

struct Flags {
  std::filesystem::path table;
  std::int64_t best = 5;
};

[[nodiscard]] program::FlagTable flag_table(Flags& flags) {
  return {
      program::flag("--table", flags.table, "file that generate_table has made").required(),
      program::flag("--best", flags.best, "so many of the best cells")
          .check(program::whole_number<std::int64_t>(0, 1000)),
  };
}

using Rows = std::vector<nasnet::CellTableRow>;
using Figure = double nasnet::CellTraining::*;

[[nodiscard]] double mean_of(const nasnet::CellTableRow& row, std::size_t place, Figure figure) {
  double sum = 0;
  for (const nasnet::CellTraining& training : row.trainings[place]) sum += training.*figure;
  return sum / static_cast<double>(row.trainings[place].size());
}

/// A figure of one training of each cell.
[[nodiscard]] std::vector<double> column(const Rows& rows, std::size_t place, std::size_t training, Figure figure) {
  std::vector<double> values;
  for (const nasnet::CellTableRow& row : rows) values.push_back(row.trainings[place][training].*figure);
  return values;
}

[[nodiscard]] std::vector<double> means(const Rows& rows, std::size_t place, Figure figure) {
  std::vector<double> values;
  for (const nasnet::CellTableRow& row : rows) values.push_back(mean_of(row, place, figure));
  return values;
}

void print_correlation(const std::string& what, const std::vector<double>& a, const std::vector<double>& b) {
  std::cout << std::left << std::setw(56) << what << std::right << std::fixed << std::setprecision(3) << std::setw(8)
            << nasnet::spearman(a, b) << std::setw(9) << nasnet::kendall(a, b) << '\n';
}

void print_range(const Rows& rows) {
  std::vector<double> test = means(rows, nasnet::cell_table_epochs.size() - 1, &nasnet::CellTraining::test_accuracy);
  std::sort(test.begin(), test.end());
  std::cout << rows.size() << " cells; test accuracy after " << nasnet::cell_table_epochs.back() << " epochs, mean of "
            << nasnet::cell_table_trainings << " trainings: " << std::fixed << std::setprecision(2)
            << 100 * test.front() << " to " << 100 * test.back() << " %, median " << 100 * test[test.size() / 2]
            << " %\n\n";
}

void print_noise(const Rows& rows) {
  std::cout << std::left << std::setw(56) << "rank correlation"
            << "Spearman  Kendall\n";
  for (std::size_t place = 0; place < nasnet::cell_table_epochs.size(); ++place) {
    const std::string epochs = nasnet::join(nasnet::cell_table_epochs[place], " epochs");
    for (const auto& [name, figure] : {std::pair{"validation", &nasnet::CellTraining::validation_accuracy},
                                       std::pair{"test", &nasnet::CellTraining::test_accuracy}}) {
      print_correlation(nasnet::join(name, " of trainings 1 and 2, ", epochs), column(rows, place, 0, figure),
                        column(rows, place, 1, figure));
    }
  }
  const std::size_t last = nasnet::cell_table_epochs.size() - 1;
  for (std::size_t place = 0; place <= last; ++place) {
    print_correlation(
        nasnet::join("validation of training 1, ", nasnet::cell_table_epochs[place], " epochs, with the mean test"),
        column(rows, place, 0, &nasnet::CellTraining::validation_accuracy),
        means(rows, last, &nasnet::CellTraining::test_accuracy));
  }
}

void print_best(Rows rows, std::int64_t count) {
  const std::size_t last = nasnet::cell_table_epochs.size() - 1;
  const auto test = [](const nasnet::CellTableRow& row) {
    return mean_of(row, last, &nasnet::CellTraining::test_accuracy);
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const nasnet::CellTableRow& a, const nasnet::CellTableRow& b) { return test(a) > test(b); });
  rows.resize(std::min(rows.size(), static_cast<std::size_t>(count)));
  std::cout << "\nbest by mean test accuracy: test %, parameters, multiply-adds, cell\n";
  for (const nasnet::CellTableRow& row : rows) {
    std::cout << std::setprecision(2) << 100 * test(row) << ' ' << std::setw(6) << row.parameters << ' ' << std::setw(7)
              << row.multiply_adds << "  " << to_text(row.architecture) << '\n';
  }
}

int describe(const Flags& flags) {
  const Rows rows = nasnet::read_cell_table(flags.table);
  print_range(rows);
  print_noise(rows);
  print_best(rows, flags.best);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Describes a table of cells and its noise.", "describe_table");
  Flags flags;
  flag_table(flags).declare(app);
  return program::run(app, argc, argv, [&] { return describe(flags); });
}
