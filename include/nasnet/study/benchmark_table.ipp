#pragma once

#include "nasnet/study/benchmark_table.hpp"

#include <algorithm>          // adjacent_find, find
#include <array>              // array
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string, to_string
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/nasbench201_space.hpp"
#include "nasnet/space/search_space.hpp"
#include "nasnet/study/cell_table.hpp"
#include "nasnet/study/detail/csv_file.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY BenchmarkTable::BenchmarkTable(std::string name, AnySpace space, Key key, std::vector<std::int64_t> budgets,
                                           std::size_t trainings, Trainings entries)
    : name_(std::move(name)),
      space_(std::move(space)),
      key_(std::move(key)),
      budgets_(std::move(budgets)),
      trainings_(trainings),
      entries_(std::move(entries)) {
  if (entries_.empty()) fail<DataError>("the table ", name_, " has no entries");
  const auto descends = [](std::int64_t first, std::int64_t second) { return first >= second; };
  if (!budgets_.empty() &&
      (budgets_.front() < 1 || std::adjacent_find(budgets_.begin(), budgets_.end(), descends) != budgets_.end())) {
    fail<DataError>("the table ", name_, " has budgets that do not ascend from 1");
  }
  const std::size_t wanted = trainings_ * (budgets_.empty() ? 1 : budgets_.size());
  for (const auto& [key_of_entry, found] : entries_) {
    if (found.size() == wanted && wanted > 0) continue;
    fail<DataError>("the table ", name_, " has ", found.size(), " trainings of an architecture where ", wanted,
                    " are wanted");
  }
}

NASNET_BODY TableEntry BenchmarkTable::at(const Architecture& architecture, std::optional<std::int64_t> budget,
                                          std::size_t training) const {
  if (training >= trainings_) {
    fail<DataError>("the table ", name_, " has no training ", training, ", it has ", trainings_, " of each kind");
  }
  const std::vector<TableEntry>& found = trainings_at(architecture);
  TableEntry entry = found[place_of(budget) * trainings_ + training];
  entry.test_accuracy = mean_of(found).test_accuracy;
  return entry;
}

NASNET_BODY TableEntry BenchmarkTable::best() const {
  std::optional<TableEntry> best;
  for (const auto& [key, found] : entries_) {
    for (std::size_t k = found.size() - trainings_; k < found.size(); ++k) {
      TableEntry entry = found[k];
      entry.test_accuracy = mean_of(found).test_accuracy;
      if (!best || is_better(entry, *best)) best = entry;
    }
  }
  return *best;
}

NASNET_BODY Evaluation BenchmarkTable::operator()(const Architecture& architecture, const TrialContext& trial) const {
  RandomStream random = trial.random.split("table");
  const auto training = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(trainings_)));
  const TableEntry entry = at(architecture, trial.budget, training);
  return {.validation_accuracy = entry.validation_accuracy, .metrics = {{"test_accuracy", entry.test_accuracy}}};
}

NASNET_BODY JsonValue BenchmarkTable::settings() const {
  return nlohmann::json::object({{"name", "benchmark_table"}, {"table", name_}, {"entries", entries_.size()}});
}

NASNET_BODY BenchmarkTable::Trainings BenchmarkTable::trainings_of(const Entries& entries) {
  Trainings trainings;
  for (const auto& [key, entry] : entries) trainings[key] = {entry};
  return trainings;
}

NASNET_BODY bool BenchmarkTable::is_better(const TableEntry& entry, const TableEntry& other) {
  if (entry.validation_accuracy != other.validation_accuracy) {
    return entry.validation_accuracy > other.validation_accuracy;
  }
  return entry.test_accuracy > other.test_accuracy;
}

NASNET_BODY const std::vector<TableEntry>& BenchmarkTable::trainings_at(const Architecture& architecture) const {
  const auto found = entries_.find(key_(architecture));
  if (found == entries_.end()) fail<DataError>("the table ", name_, " has no entry for this architecture");
  return found->second;
}

NASNET_BODY TableEntry BenchmarkTable::mean_of(const std::vector<TableEntry>& found) const {
  if (trainings_ == 1) return found.back();
  TableEntry mean{.seconds = 0};
  const auto count = static_cast<double>(trainings_);
  for (std::size_t k = found.size() - trainings_; k < found.size(); ++k) {
    mean.validation_accuracy += found[k].validation_accuracy / count;
    mean.test_accuracy += found[k].test_accuracy / count;
    mean.seconds += found[k].seconds / count;
  }
  return mean;
}

NASNET_BODY std::size_t BenchmarkTable::place_of(std::optional<std::int64_t> budget) const {
  if (!budget) return budgets_.empty() ? 0 : budgets_.size() - 1;
  const auto found = std::find(budgets_.begin(), budgets_.end(), *budget);
  if (found != budgets_.end()) return static_cast<std::size_t>(found - budgets_.begin());
  std::string known;
  for (const std::int64_t one : budgets_) known += (known.empty() ? "" : ", ") + std::to_string(one);
  fail<DataError>("the table ", name_, " has no trainings with a budget of ", *budget, ", it has ",
                  known.empty() ? "none with a budget" : "those of " + known);
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline BenchmarkTable read_nasbench201_table(CsvFile& file) {
  BenchmarkTable::Entries entries;
  while (file.next()) {
    std::int64_t index = 0;
    for (std::size_t edge = 0; edge < 6; ++edge) index = index * 5 + file.choice(edge, 4);
    const TableEntry entry{.validation_accuracy = file.percentage(6), .test_accuracy = file.percentage(7)};
    if (!entries.emplace(static_cast<std::uint64_t>(index), entry).second)
      file.fail_here("this cell stands in the table twice");
  }
  if (entries.size() != Nasbench201Space::cells) {
    file.fail_here("the table ends after ", entries.size(), " cells, NAS-Bench-201 has ", Nasbench201Space::cells);
  }
  const auto key = [](const Architecture& cell) { return static_cast<std::uint64_t>(Nasbench201Space::index(cell)); };
  return {"NAS-Bench-201", Nasbench201Space(), key, entries};
}

NASNET_LAZY [[nodiscard]] inline BenchmarkTable read_table_of_cells(CsvFile& file) {
  const SearchSpace space = cell_table_space();
  BenchmarkTable::Trainings entries;
  for (const CellTableRow& row : cell_table_rows(file)) {
    std::vector<TableEntry>& found = entries[space.canonical_hash(row.architecture)];
    for (std::size_t e = 0; e < cell_table_epochs.size(); ++e) {
      for (const CellTraining& training : row.trainings[e]) {
        found.push_back({.validation_accuracy = training.validation_accuracy,
                         .test_accuracy = training.test_accuracy,
                         .seconds = static_cast<double>(cell_table_epochs[e]) * row.epoch_seconds});
      }
    }
  }
  const auto key = [space](const Architecture& cell) { return space.canonical_hash(cell); };
  return {"cells of two blocks", space, key, {cell_table_epochs.begin(), cell_table_epochs.end()}, cell_table_trainings,
          std::move(entries)};
}

/// A kind of table. Another one is a line here and a function like the one above.
struct TableFormat {
  std::string header;
  BenchmarkTable (*read)(CsvFile& file);
};

NASNET_LAZY [[nodiscard]] inline std::array<TableFormat, 2> table_formats() {
  return {TableFormat{"edge01,edge02,edge12,edge03,edge13,edge23,validation,test", read_nasbench201_table},
          TableFormat{cell_table_header(), read_table_of_cells}};
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY BenchmarkTable load_benchmark_table(const std::string& path) {
  constexpr std::uint64_t largest = std::uint64_t{1} << 30U;
  detail::CsvFile file(path, read_text_file(path, largest));
  const auto formats = detail::table_formats();
  for (const detail::TableFormat& format : formats) {
    if (file.header() == format.header) return format.read(file);
  }
  std::string known;
  for (const detail::TableFormat& format : formats) {
    known.append(known.empty() ? "" : "; ").append(format.header);
  }
  fail<DataError>('\'', path, "', line 1: the columns are those of no known table; known are ", known);
}

NASNET_BODY BenchmarkTable::BenchmarkTable(std::string name, AnySpace space, Key key, const Entries& entries)
    : BenchmarkTable(std::move(name), std::move(space), std::move(key), {}, 1, trainings_of(entries)) {}

NASNET_BODY TableEntry BenchmarkTable::at(const Architecture& architecture) const {
  return mean_of(trainings_at(architecture));
}

}  // namespace nasnet::inline NASNET_ABI
