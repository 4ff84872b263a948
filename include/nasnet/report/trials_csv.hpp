/// Trials as a table for spreadsheets and statistics.
#pragma once

#include <cstdint>            // int64_t
#include <filesystem>         // path
#include <nlohmann/json.hpp>  // json
#include <optional>           // optional
#include <set>                // set
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // move

#include "nasnet/core/file.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// A value in quotes where RFC 4180 wants them.
[[nodiscard]] inline std::string csv_value(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted(1, '"');
  for (const char letter : text) quoted.append(letter == '"' ? 2 : 1, letter);
  return quoted.append(1, '"');
}

/// One line for each trial and skipped proposal.
class TrialTable {
 public:
  explicit TrialTable(const History& history) : best_(history.find_best()) {
    for (const auto* group : {&history.trials, &history.skipped}) {
      for (const Trial& trial : *group) {
        for (const auto& [name, value] : trial.evaluation.metrics) metrics_.insert(name);
      }
    }
    for (const char* name : {"trial",
                             "proposal",
                             "state",
                             "enqueued",
                             "best",
                             "validation_accuracy",
                             "validation_loss",
                             "parameters",
                             "multiply_adds",
                             "bytes",
                             "budget",
                             "repeat",
                             "seconds",
                             "worker",
                             "attempt",
                             "failure",
                             "message",
                             "duplicate_of",
                             "hash",
                             "architecture"}) {
      add(name);
    }
    for (const std::string& name : metrics_) add(name);
    end_line();
    for (const auto* group : {&history.trials, &history.skipped}) {
      for (const Trial& trial : *group) add_line(trial);
    }
  }

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  void add_line(const Trial& trial) {
    const bool done = trial.state == TrialState::done;
    const bool counts = trial.counts();
    add(counts ? std::to_string(trial.number) : std::string());
    add(std::to_string(trial.proposal));
    add(to_string(trial.state));
    add(trial.enqueued ? "true" : "false");
    add(&trial == best_ ? "true" : "false");
    add(done ? number(trial.evaluation.validation_accuracy) : std::string());
    add(done ? number(trial.evaluation.validation_loss) : std::string());
    add_count(trial.parameters);
    add_count(trial.multiply_adds);
    add_count(trial.bytes);
    add_count(trial.budget);
    add(std::to_string(trial.repeat));
    add(counts ? number(trial.seconds) : std::string());
    add(counts ? std::to_string(trial.worker) : std::string());
    add(counts ? std::to_string(trial.attempt) : std::string());
    add(trial.failure ? to_string(*trial.failure) : std::string_view());
    add(trial.message);
    add(trial.state == TrialState::duplicate ? std::to_string(trial.duplicate_of) : std::string());
    add(hex_text(trial.hash));
    add(to_text(trial.architecture));
    for (const std::string& name : metrics_) {
      const auto found = trial.evaluation.metrics.find(name);
      add(done && found != trial.evaluation.metrics.end() ? number(found->second) : std::string());
    }
    end_line();
  }

  /// The shortest text that is read as the same number.
  [[nodiscard]] static std::string number(double value) { return nlohmann::json(value).dump(); }

  void add_count(const std::optional<std::int64_t>& count) { add(count ? std::to_string(*count) : std::string()); }

  void add(std::string_view value) {
    if (in_line_) text_.push_back(',');
    in_line_ = true;
    text_.append(csv_value(value));
  }

  void end_line() {
    text_.append("\r\n");
    in_line_ = false;
  }

  const Trial* best_;  // nullptr where no trial is done
  std::set<std::string> metrics_;
  std::string text_;
  bool in_line_ = false;
};

}  // namespace detail

/// All trials and skipped proposals of a search as comma-separated values (RFC 4180), a line of names first: trials by
/// number, then what was rejected or a duplicate. Each metric has a column at the end. "best" is true for one trial at
/// most: see History::find_best.
[[nodiscard]] inline std::string trials_csv(const History& history) { return detail::TrialTable(history).take(); }

/// Writes them to a file.
/// @throws IoError where it cannot be written.
inline void write_trials_csv(const History& history, const std::filesystem::path& path) {
  write_file_atomically(path, trials_csv(history));
}

}  // namespace nasnet::inline NASNET_ABI
