#pragma once

#include "nasnet/study/cell_table.hpp"

#include <array>          // array
#include <charconv>       // chars_format, to_chars
#include <cstddef>        // size_t
#include <cstdint>        // int64_t, uint64_t
#include <span>           // span
#include <string>         // string, to_string
#include <unordered_set>  // unordered_set
#include <utility>        // move
#include <vector>         // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/space/cell_space.hpp"
#include "nasnet/space/search_space.hpp"
#include "nasnet/study/detail/csv_file.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY SearchSpace cell_table_space() {
  return CellSpace<CellTableOps, 2>::space({.combiners = {Combiner::add}, .same_cell = true});
}

NASNET_BODY std::vector<Architecture> cell_table_cells() {
  const SearchSpace space = cell_table_space();
  std::vector<Architecture> cells;
  std::unordered_set<std::uint64_t> forms;
  space.for_each([&](const Architecture& architecture) {
    if (forms.insert(space.canonical_hash(architecture)).second) cells.push_back(architecture);
  });
  return cells;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

inline constexpr std::array<int, 8> cell_table_decisions{0, 1, 2, 3, 5, 6, 7, 8};

inline constexpr std::size_t cell_table_first_training = cell_table_decisions.size() + 4;

NASNET_BODY std::string cell_table_header() {
  std::string header =
      "left1,right1,left_op1,right_op1,left2,right2,left_op2,right_op2,parameters,multiply_adds,epoch_ms,latency_us";
  for (const std::int64_t epochs : cell_table_epochs) {
    for (std::size_t k = 1; k <= cell_table_trainings; ++k) {
      header += join(",validation_", epochs, '_', k, ",test_", epochs, '_', k);
    }
  }
  return header;
}

NASNET_LAZY [[nodiscard]] inline std::string decimal_text(double value, int digits) {
  std::array<char, 64> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, digits).ptr;
  return {buffer.data(), end};
}

NASNET_LAZY [[nodiscard]] inline std::string cell_table_line(const SearchSpace& space, const CellTableRow& row) {
  const std::vector<int> sequence = space.encode(row.architecture);
  std::string line;
  for (const int decision : cell_table_decisions) {
    line += std::to_string(sequence[static_cast<std::size_t>(decision)]) + ',';
  }
  line += join(row.parameters, ',', row.multiply_adds, ',', decimal_text(1e3 * row.epoch_seconds, 1), ',',
               decimal_text(1e6 * row.latency_seconds, 1));
  for (const auto& trainings : row.trainings) {
    for (const CellTraining& training : trainings) {
      line += ',' + decimal_text(100 * training.validation_accuracy, 2);
      line += ',' + decimal_text(100 * training.test_accuracy, 2);
    }
  }
  return line;
}

/// The cell of the line that the file is at.
NASNET_LAZY [[nodiscard]] inline Architecture cell_table_cell(const SearchSpace& space, const CsvFile& file) {
  std::vector<int> sequence(static_cast<std::size_t>(space.decisions()), 0);
  for (std::size_t column = 0; column < cell_table_decisions.size(); ++column) {
    const int position = cell_table_decisions[column];
    sequence[static_cast<std::size_t>(position)] = static_cast<int>(file.choice(column, space.choices(position) - 1));
  }
  return space.decode(sequence);
}

/// A measured time, more than nothing.
NASNET_LAZY [[nodiscard]] inline double cell_table_seconds(const CsvFile& file, std::size_t column, double unit) {
  const double value = file.number(column);
  if (!(value > 0)) file.fail_here(file.text(column), " is no time, more than 0 is wanted");
  return value * unit;
}

NASNET_LAZY [[nodiscard]] inline CellTableRow cell_table_row(const SearchSpace& space, const CsvFile& file) {
  constexpr std::int64_t most = std::int64_t{1} << 53U;
  constexpr std::size_t first = cell_table_decisions.size();
  CellTableRow row{.architecture = cell_table_cell(space, file),
                   .parameters = file.choice(first, most),
                   .multiply_adds = file.choice(first + 1, most),
                   .epoch_seconds = cell_table_seconds(file, first + 2, 1e-3),
                   .latency_seconds = cell_table_seconds(file, first + 3, 1e-6)};
  std::size_t column = cell_table_first_training;
  for (auto& trainings : row.trainings) {
    for (CellTraining& training : trainings) {
      training.validation_accuracy = file.percentage(column++);
      training.test_accuracy = file.percentage(column++);
    }
  }
  return row;
}

NASNET_BODY std::vector<CellTableRow> cell_table_rows(CsvFile& file) {
  const SearchSpace space = cell_table_space();
  std::vector<CellTableRow> rows;
  std::unordered_set<std::uint64_t> forms;
  while (file.next()) {
    rows.push_back(cell_table_row(space, file));
    if (!forms.insert(space.canonical_hash(rows.back().architecture)).second) {
      file.fail_here("this cell, or one that computes the same, stands in the table twice");
    }
  }
  const std::size_t wanted = cell_table_cells().size();
  if (rows.size() != wanted) {
    file.fail_here("the table ends after ", rows.size(), " cells, the space has ", wanted, " that differ");
  }
  return rows;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string cell_table_text(std::span<const CellTableRow> rows) {
  const SearchSpace space = cell_table_space();
  std::string text = detail::cell_table_header() + '\n';
  for (const CellTableRow& row : rows) text += detail::cell_table_line(space, row) + '\n';
  return text;
}

NASNET_BODY std::vector<CellTableRow> read_cell_table(const std::string& path) {
  constexpr std::uint64_t largest = std::uint64_t{1} << 24U;
  detail::CsvFile file(path, read_text_file(path, largest));
  if (file.header() != detail::cell_table_header()) {
    file.fail_here("the columns are not those of a table of cells, which are ", detail::cell_table_header());
  }
  return detail::cell_table_rows(file);
}

}  // namespace nasnet::inline NASNET_ABI
