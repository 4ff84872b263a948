#pragma once

#include "nasnet/report/trials_csv.hpp"

#include <cstdint>            // int64_t
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

namespace nasnet::inline NASNET_ABI::detail {

/// One line for each trial and skipped proposal.
class TrialTable {
 public:
  NASNET_LAZY explicit TrialTable(const History& history);

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  NASNET_LAZY void add_line(const Trial& trial);

  /// The shortest text that is read as the same number.
  NASNET_LAZY [[nodiscard]] static std::string number(double value);

  NASNET_LAZY void add_count(const std::optional<std::int64_t>& count);

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

NASNET_BODY TrialTable::TrialTable(const History& history) : best_(history.find_best()) {
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

NASNET_BODY void TrialTable::add_line(const Trial& trial) {
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

NASNET_BODY std::string TrialTable::number(double value) { return nlohmann::json(value).dump(); }

NASNET_BODY void TrialTable::add_count(const std::optional<std::int64_t>& count) {
  add(count ? std::to_string(*count) : std::string());
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
