#pragma once

#include "nasnet/report/trials_csv.hpp"

#include <array>              // array
#include <nlohmann/json.hpp>  // json, ordered_json
#include <set>                // set
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // move

#include "nasnet/core/file.hpp"
#include "nasnet/trial/trial.hpp"
#include "nasnet/trial/trial_fields.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// One line for each trial and skipped proposal.
class TrialTable {
 public:
  NASNET_LAZY explicit TrialTable(const History& history);

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  NASNET_LAZY void add_line(const Trial& trial);

  NASNET_LAZY void add(std::string_view value);

  NASNET_LAZY void end_line();

  const Trial* best_;  // nullptr where no trial is done
  std::set<std::string> metrics_;
  std::string text_;
  bool in_line_ = false;
};

/// A value in quotes where RFC 4180 wants them.
NASNET_LAZY [[nodiscard]] inline std::string csv_value(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted(1, '"');
  for (const char letter : text) quoted.append(letter == '"' ? 2 : 1, letter);
  return quoted.append(1, '"');
}

/// When a column has a value.
enum class ColumnUse { always, where_done, where_it_counts, where_failed, where_duplicate };

struct TrialColumn {
  std::string_view name;
  TrialField field;
  ColumnUse use;
};

inline constexpr std::array trial_columns{
    TrialColumn{"trial", TrialField::number, ColumnUse::where_it_counts},
    TrialColumn{"proposal", TrialField::proposal, ColumnUse::always},
    TrialColumn{"state", TrialField::state, ColumnUse::always},
    TrialColumn{"enqueued", TrialField::enqueued, ColumnUse::always},
    TrialColumn{"validation_accuracy", TrialField::accuracy, ColumnUse::where_done},
    TrialColumn{"validation_loss", TrialField::loss, ColumnUse::where_done},
    TrialColumn{"parameters", TrialField::parameters, ColumnUse::always},
    TrialColumn{"multiply_adds", TrialField::multiply_adds, ColumnUse::always},
    TrialColumn{"bytes", TrialField::bytes, ColumnUse::always},
    TrialColumn{"budget", TrialField::budget, ColumnUse::always},
    TrialColumn{"repeat", TrialField::repeat, ColumnUse::always},
    TrialColumn{"seconds", TrialField::seconds, ColumnUse::where_it_counts},
    TrialColumn{"worker", TrialField::worker, ColumnUse::where_it_counts},
    TrialColumn{"attempt", TrialField::attempt, ColumnUse::where_it_counts},
    TrialColumn{"failure", TrialField::failure, ColumnUse::where_failed},
    TrialColumn{"message", TrialField::message, ColumnUse::always},
    TrialColumn{"duplicate_of", TrialField::duplicate_of, ColumnUse::where_duplicate},
    TrialColumn{"hash", TrialField::hash, ColumnUse::always},
    TrialColumn{"architecture", TrialField::architecture, ColumnUse::always},
};

/// "best" stands behind the column that says whether a proposal was enqueued.
inline constexpr TrialField column_before_best = TrialField::enqueued;

[[nodiscard]] inline bool is_used(const TrialColumn& column, const Trial& trial) {
  switch (column.use) {
    case ColumnUse::always: return true;
    case ColumnUse::where_done: return trial.state == TrialState::done;
    case ColumnUse::where_it_counts: return trial.counts();
    case ColumnUse::where_failed: return trial.failure.has_value();
    case ColumnUse::where_duplicate: return trial.state == TrialState::duplicate;
  }
  return false;
}

/// A value as text: the shortest that is read as the same number. What a file leaves out has its meaning here.
NASNET_LAZY [[nodiscard]] inline std::string column_text(TrialField field, const Trial& trial) {
  const nlohmann::ordered_json value = value_of(field, trial);
  if (field == TrialField::enqueued) return value.is_null() ? "false" : "true";
  if (field == TrialField::repeat && value.is_null()) return "0";
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : value.dump();
}

NASNET_BODY TrialTable::TrialTable(const History& history) : best_(history.find_best()) {
  for (const auto* group : {&history.trials, &history.skipped}) {
    for (const Trial& trial : *group) {
      for (const auto& [name, value] : trial.evaluation.metrics) metrics_.insert(name);
    }
  }
  for (const TrialColumn& column : trial_columns) {
    add(column.name);
    if (column.field == column_before_best) add("best");
  }
  for (const std::string& name : metrics_) add(name);
  end_line();
  for (const auto* group : {&history.trials, &history.skipped}) {
    for (const Trial& trial : *group) add_line(trial);
  }
}

NASNET_BODY void TrialTable::add_line(const Trial& trial) {
  for (const TrialColumn& column : trial_columns) {
    add(is_used(column, trial) ? column_text(column.field, trial) : std::string());
    if (column.field == column_before_best) add(&trial == best_ ? "true" : "false");
  }
  for (const std::string& name : metrics_) {
    const auto found = trial.evaluation.metrics.find(name);
    const bool has_value = trial.state == TrialState::done && found != trial.evaluation.metrics.end();
    add(has_value ? nlohmann::json(found->second).dump() : std::string());
  }
  end_line();
}

NASNET_BODY void TrialTable::add(std::string_view value) {
  if (in_line_) text_.push_back(',');
  in_line_ = true;
  text_.append(csv_value(value));
}

NASNET_BODY void TrialTable::end_line() {
  text_.append("\r\n");
  in_line_ = false;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string trials_csv(const History& history) { return detail::TrialTable(history).take(); }

NASNET_BODY void write_trials_csv(const History& history, const std::string& path) {
  write_file_atomically(path, trials_csv(history));
}

}  // namespace nasnet::inline NASNET_ABI
