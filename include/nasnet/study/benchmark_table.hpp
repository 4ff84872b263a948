/// Tables of all architectures of a small space and what they achieve: searches on them take microseconds.
///
/// A table is a file of comma-separated values that is known by its first line:
///
///     edge01,edge02,edge12,edge03,edge13,edge23,validation,test
///         NAS-Bench-201: the op of each edge as its number in Nasbench201Space::op_names, accuracies in percent. All
///         15,625 cells, in any order.
///     left1,right1,left_op1,right_op1,left2,...
///         All cells of two blocks over three ops, each trained several times for several numbers of epochs: see
///         study/cell_table.hpp.
#pragma once

#include <cstddef>        // size_t
#include <cstdint>        // int64_t, uint64_t
#include <functional>     // function
#include <optional>       // nullopt, optional
#include <string>         // string, to_string
#include <unordered_map>  // unordered_map
#include <utility>        // move
#include <vector>         // vector

#include "nasnet/core/json_value.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// What a table knows of an architecture.
struct TableEntry {
  double validation_accuracy = 0;  ///< 0 to 1
  double test_accuracy = 0;        ///< 0 to 1
  double seconds = 1;              ///< of its training; 1 where the table does not say

  bool operator==(const TableEntry&) const = default;
};

/// A space and what is known of each of its architectures: one or more trainings, with one or more budgets.
///
/// An evaluation draws one of the trainings with its budget and sees the validation accuracy of that. The test accuracy
/// is always the mean over the trainings with the most budget: what the architecture is worth. As an evaluator the
/// table gives it as the metric "test_accuracy", and draws by the trial's random stream.
class BenchmarkTable {
 public:
  /// Which entry an architecture has: of equal keys those that the table holds for equal.
  using Key = std::function<std::uint64_t(const Architecture&)>;
  using Entries = std::unordered_map<std::uint64_t, TableEntry>;

  /// The trainings of each architecture: all with the first budget, then all with the second, and so on.
  using Trainings = std::unordered_map<std::uint64_t, std::vector<TableEntry>>;

  /// A table with one training of each architecture and no budgets.
  /// @throws DataError for a table without entries.
  NASNET_LAZY BenchmarkTable(std::string name, AnySpace space, Key key, const Entries& entries);

  /// @param budgets ascending, for ChildTrainer epochs; or none
  /// @param trainings of each architecture with each budget
  /// @throws DataError for a table without entries, other numbers of trainings, budgets that do not ascend from 1.
  NASNET_LAZY BenchmarkTable(std::string name, AnySpace space, Key key, std::vector<std::int64_t> budgets,
                             std::size_t trainings, Trainings entries);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const AnySpace& space() const { return space_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// Of the trainings, ascending; empty where the table knows of one budget only.
  [[nodiscard]] const std::vector<std::int64_t>& budgets() const { return budgets_; }

  /// The budget of a training where a proposal has none; 1 where the table has no budgets.
  [[nodiscard]] std::int64_t full_budget() const { return budgets_.empty() ? 1 : budgets_.back(); }

  /// Trainings of each architecture with each budget.
  [[nodiscard]] std::size_t trainings() const { return trainings_; }

  /// The means over the trainings with the most budget.
  /// @throws DataError where the table has no such architecture.
  NASNET_LAZY [[nodiscard]] TableEntry at(const Architecture& architecture) const;

  /// What an evaluation sees: validation accuracy and seconds of one training, test accuracy as at().
  /// @param budget absent: the most @param training which of them, from 0
  /// @throws DataError where the table has no such architecture, budget or training.
  NASNET_LAZY [[nodiscard]] TableEntry at(const Architecture& architecture, std::optional<std::int64_t> budget,
                                          std::size_t training) const;

  /// The highest test accuracy among the evaluations of the highest validation accuracy: what a search can reach.
  NASNET_LAZY [[nodiscard]] TableEntry best() const;

  /// @throws DataError as at().
  NASNET_LAZY [[nodiscard]] Evaluation operator()(const Architecture& architecture, const TrialContext& trial) const;

  NASNET_LAZY [[nodiscard]] JsonValue settings() const;

 private:
  NASNET_LAZY [[nodiscard]] static Trainings trainings_of(const Entries& entries);

  NASNET_LAZY [[nodiscard]] static bool is_better(const TableEntry& entry, const TableEntry& other);

  NASNET_LAZY [[nodiscard]] const std::vector<TableEntry>& trainings_at(const Architecture& architecture) const;

  /// Of the trainings with the most budget, which are the last ones.
  NASNET_LAZY [[nodiscard]] TableEntry mean_of(const std::vector<TableEntry>& found) const;

  NASNET_LAZY [[nodiscard]] std::size_t place_of(std::optional<std::int64_t> budget) const;

  std::string name_;
  AnySpace space_;
  Key key_;
  std::vector<std::int64_t> budgets_;
  std::size_t trainings_;
  Trainings entries_;
};

/// Reads a table of any kind that is known.
/// @throws IoError where the file cannot be read, DataError naming file and line for another kind of file and damage.
NASNET_LAZY [[nodiscard]] BenchmarkTable load_benchmark_table(const std::string& path);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/study/benchmark_table.ipp"
#endif
