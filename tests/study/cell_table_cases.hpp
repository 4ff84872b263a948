// A table of cells with made-up accuracies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nasnet/study/cell_table.hpp"

namespace toy {

/// Percent, in steps of a hundredth: later cells, more epochs and second trainings are better.
inline double made_up_percent(std::size_t cell, std::size_t epochs, std::size_t training) {
  return static_cast<double>(3000 + 4 * cell + 500 * epochs + 3 * training) / 100;
}

inline std::vector<nasnet::CellTableRow> cell_rows() {
  std::vector<nasnet::CellTableRow> rows;
  for (const nasnet::Architecture& cell : nasnet::cell_table_cells()) {
    const std::size_t number = rows.size();
    nasnet::CellTableRow row{.architecture = cell,
                             .parameters = static_cast<std::int64_t>(1000 + number),
                             .multiply_adds = static_cast<std::int64_t>(200'000 + number),
                             .epoch_seconds = 0.5,
                             .latency_seconds = 1e-4};
    for (std::size_t e = 0; e < row.trainings.size(); ++e) {
      for (std::size_t k = 0; k < row.trainings[e].size(); ++k) {
        const double percent = made_up_percent(number, e, k);
        row.trainings[e][k] = {.validation_accuracy = percent / 100, .test_accuracy = (percent + 1) / 100};
      }
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace toy
