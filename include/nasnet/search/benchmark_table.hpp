/// Tables of all architectures of a small space and what they achieve: searches on them take microseconds.
///
/// A table is a file of comma-separated values that is known by its first line:
///
///     edge01,edge02,edge12,edge03,edge13,edge23,validation,test
///         NAS-Bench-201: the op of each edge as its number in Nasbench201Space::ops, accuracies in percent. All 15,625
///         cells, in any order.
#pragma once

#include <array>              // array
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <filesystem>         // path
#include <functional>         // function
#include <nlohmann/json.hpp>  // json
#include <string>             // string
#include <string_view>        // string_view
#include <unordered_map>      // unordered_map
#include <utility>            // move

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/search/detail/csv_file.hpp"
#include "nasnet/search/evaluator.hpp"
#include "nasnet/search/trial.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/nasbench201_space.hpp"

namespace nasnet::inline v0 {

/// What a table knows of an architecture.
struct TableEntry {
  double validation_accuracy = 0;  ///< 0 to 1
  double test_accuracy = 0;        ///< 0 to 1
  double seconds = 1;              ///< of its training; 1 where the table does not say

  bool operator==(const TableEntry&) const = default;
};

/// A space and an entry for each of its architectures. As an evaluator it looks them up; the metric "test_accuracy" is
/// that of the table.
class BenchmarkTable {
 public:
  /// Which entry an architecture has: of equal keys those that the table holds for equal.
  using Key = std::function<std::uint64_t(const Architecture&)>;
  using Entries = std::unordered_map<std::uint64_t, TableEntry>;

  /// @throws DataError for a table without entries.
  BenchmarkTable(std::string name, AnySpace space, Key key, Entries entries)
      : name_(std::move(name)), space_(std::move(space)), key_(std::move(key)), entries_(std::move(entries)) {
    if (entries_.empty()) fail<DataError>("the table ", name_, " has no entries");
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const AnySpace& space() const { return space_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// @throws DataError where the table has no such architecture.
  [[nodiscard]] const TableEntry& at(const Architecture& architecture) const {
    const auto found = entries_.find(key_(architecture));
    if (found == entries_.end()) fail<DataError>("the table ", name_, " has no entry for this architecture");
    return found->second;
  }

  /// The highest test accuracy among the entries of the highest validation accuracy: what a search can reach.
  [[nodiscard]] TableEntry best() const {
    TableEntry best = entries_.begin()->second;
    for (const auto& [key, entry] : entries_) {
      const bool is_equal = entry.validation_accuracy == best.validation_accuracy;
      if (is_equal ? entry.test_accuracy > best.test_accuracy : entry.validation_accuracy > best.validation_accuracy) {
        best = entry;
      }
    }
    return best;
  }

  [[nodiscard]] Evaluation operator()(const Architecture& architecture, const TrialContext& /*trial*/) const {
    const TableEntry& entry = at(architecture);
    return {.validation_accuracy = entry.validation_accuracy, .metrics = {{"test_accuracy", entry.test_accuracy}}};
  }

  [[nodiscard]] nlohmann::json settings() const {
    return nlohmann::json::object({{"name", "benchmark_table"}, {"table", name_}, {"entries", entries_.size()}});
  }

 private:
  std::string name_;
  AnySpace space_;
  Key key_;
  Entries entries_;
};

namespace detail {

[[nodiscard]] inline BenchmarkTable read_nasbench201_table(CsvFile& file) {
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
  return {"NAS-Bench-201", Nasbench201Space(), key, std::move(entries)};
}

/// A kind of table. Another one is a line here and a function like the one above.
struct TableFormat {
  std::string_view header;
  BenchmarkTable (*read)(CsvFile& file);
};

inline constexpr std::array table_formats{
    TableFormat{"edge01,edge02,edge12,edge03,edge13,edge23,validation,test", read_nasbench201_table},
};

}  // namespace detail

/// Reads a table of any kind that is known.
/// @throws IoError where the file cannot be read, DataError naming file and line for another kind of file and damage.
[[nodiscard]] inline BenchmarkTable load_benchmark_table(const std::filesystem::path& path) {
  constexpr std::uint64_t largest = std::uint64_t{1} << 30U;
  detail::CsvFile file(path, read_text_file(path, largest));
  for (const detail::TableFormat& format : detail::table_formats) {
    if (file.header() == format.header) return format.read(file);
  }
  std::string known;
  for (const detail::TableFormat& format : detail::table_formats) {
    known.append(known.empty() ? "" : "; ").append(format.header);
  }
  fail<DataError>('\'', path.string(), "', line 1: the columns are those of no known table; known are ", known);
}

}  // namespace nasnet::inline v0
