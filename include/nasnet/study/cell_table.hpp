/// A table of all cells of two blocks over three ops, each trained several times, as a file of comma-separated values.
///
/// The cells are those of cell_table_space(), one of each canonical form. The file has a line for each, after a line of
/// column names:
///
///     left1,right1,left_op1,right_op1   of the first block: the states that it reads, 0 (the previous cell's output)
///                                       or 1 (that of the cell before), and its ops as numbers in CellTableOps
///     left2,right2,left_op2,right_op2   of the second block, which may read state 2, the first block
///     parameters,multiply_adds          of the network, for one image
///     epoch_ms,latency_us               one epoch of training on one core, and the prediction of one image, measured
///     validation_<e>_<k>,test_<e>_<k>   accuracies in percent of training k of e epochs
///
/// The blocks add. A training of more epochs is another training, with the whole course of the learning rate.
#pragma once

#include <array>    // array
#include <cstddef>  // size_t
#include <cstdint>  // int64_t, uint64_t
#include <span>     // span
#include <string>   // string, to_string
#include <vector>   // vector

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/space/search_space.hpp"

namespace nasnet::inline NASNET_ABI {

/// The ops of the table's cells.
using CellTableOps = OpSet<Identity, MaxPool<3>, SepConv<3>>;

/// The table's cells: two blocks that add, the same cell in both roles.
NASNET_LAZY [[nodiscard]] SearchSpace cell_table_space();

/// The first cell of each canonical form, in order of their numbers in the space.
NASNET_LAZY [[nodiscard]] std::vector<Architecture> cell_table_cells();

/// Epochs of the trainings in a table, ascending.
inline constexpr std::array<std::int64_t, 3> cell_table_epochs{1, 2, 4};

/// Trainings of each cell and number of epochs, which differ in their random numbers.
inline constexpr std::size_t cell_table_trainings = 2;

/// What one training gave, as fractions.
struct CellTraining {
  double validation_accuracy = 0;
  double test_accuracy = 0;

  bool operator==(const CellTraining&) const = default;
};

/// All trainings of a cell: those of cell_table_epochs[e] epochs at place e.
using CellTrainings = std::array<std::array<CellTraining, cell_table_trainings>, cell_table_epochs.size()>;

/// A line of the table.
struct CellTableRow {
  Architecture architecture{};
  std::int64_t parameters = 0;
  std::int64_t multiply_adds = 0;
  double epoch_seconds = 0;    ///< of training, measured
  double latency_seconds = 0;  ///< of the prediction of one image, measured
  CellTrainings trainings{};
};

namespace detail {

class CsvFile;

// all but the combiners

NASNET_LAZY [[nodiscard]] std::string cell_table_header();

NASNET_LAZY [[nodiscard]] std::vector<CellTableRow> cell_table_rows(CsvFile& file);

}  // namespace detail

/// The text of a table with these lines.
/// @throws GenotypeError for a cell of another space.
NASNET_LAZY [[nodiscard]] std::string cell_table_text(std::span<const CellTableRow> rows);

/// All lines of a table.
/// @throws IoError where the file cannot be read, DataError naming file and line for another kind of file and damage.
NASNET_LAZY [[nodiscard]] std::vector<CellTableRow> read_cell_table(const std::string& path);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/study/cell_table.ipp"
#endif
