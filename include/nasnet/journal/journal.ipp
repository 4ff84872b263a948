#pragma once

#include "nasnet/journal/journal.hpp"

#include <cstddef>            // size_t
#include <cstdint>            // int64_t
#include <filesystem>         // is_regular_file
#include <functional>         // function
#include <nlohmann/json.hpp>  // ordered_json
#include <string>             // string
#include <string_view>        // string_view
#include <system_error>       // error_code
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/file.hpp"
#include "nasnet/journal/journal_reader.hpp"
#include "nasnet/journal/record_json.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Collects what a reader passes on, each record with all that is known of its trial.
class RecordCollector {
 public:
  NASNET_LAZY void take(JournalRecord record) {
    const bool is_run = record.event == JournalEvent::started || record.event == JournalEvent::finished ||
                        record.event == JournalEvent::failed;
    if (is_run) complete(record);
    records_.push_back(std::move(record));
  }

  [[nodiscard]] std::vector<JournalRecord> records() && { return std::move(records_); }

 private:
  NASNET_LAZY void complete(JournalRecord& record) {
    const auto number = static_cast<std::size_t>(record.trial.number);
    if (number == latest_.size()) return latest_.push_back(records_.size());
    Trial trial = records_[latest_[number]].trial;
    take_over_run(trial, std::move(record.trial));
    record.trial = std::move(trial);
    latest_[number] = records_.size();
  }

  std::vector<JournalRecord> records_;
  std::vector<std::size_t> latest_;  // by number of the trial: its latest record
};

NASNET_BODY Journal journal_from_text(std::string_view text, const std::string& path) {
  Journal journal;
  RecordCollector collector;
  JournalReader reader(
      path, [&](JournalHeader header) { journal.header = std::move(header); },
      [&](JournalRecord record) { collector.take(std::move(record)); });
  reader.read(text);
  journal.records = std::move(collector).records();
  journal.torn_bytes = reader.torn_bytes();
  return journal;
}

NASNET_BODY std::string journal_text(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) ? read_text_file(path) : std::string();
}

/// Puts a history together of what a reader passes on.
class HistoryCollector {
 public:
  NASNET_LAZY void take(JournalRecord record) {
    switch (record.event) {
      case JournalEvent::started: start(std::move(record.trial)); break;
      case JournalEvent::finished:
      case JournalEvent::failed: end(std::move(record.trial)); break;
      case JournalEvent::duplicate:
      case JournalEvent::rejected: history_.skipped.push_back(std::move(record.trial)); break;
      case JournalEvent::exhausted: history_.exhausted = true; break;
      case JournalEvent::known: history_.known.push_back(std::move(record.trial)); break;
      case JournalEvent::enqueued: break;
    }
  }

  NASNET_LAZY [[nodiscard]] History history(JournalHeader header) && {
    history_.seed = header.seed;
    history_.settings = std::move(header.settings);
    for (Trial& trial : begun_) {
      if (has_ended_[static_cast<std::size_t>(trial.number)]) history_.trials.push_back(std::move(trial));
    }
    return std::move(history_);
  }

 private:
  NASNET_LAZY void start(Trial trial) {
    if (trial.number < static_cast<std::int64_t>(begun_.size())) return;  // once more
    begun_.push_back(std::move(trial));
    has_ended_.push_back(false);
  }

  NASNET_LAZY void end(Trial trial) {
    const auto number = static_cast<std::size_t>(trial.number);
    take_over_run(begun_[number], std::move(trial));
    has_ended_[number] = true;
  }

  History history_;
  std::vector<Trial> begun_;  // by number
  std::vector<bool> has_ended_;
};

NASNET_BODY History history_from_text(std::string_view text, const std::string& path,
                                      const std::function<void(const JournalHeader&)>& check) {
  JournalHeader header;
  HistoryCollector collector;
  JournalReader reader(
      path,
      [&](JournalHeader found) {
        if (check) check(found);
        header = std::move(found);
      },
      [&](JournalRecord record) { collector.take(std::move(record)); });
  reader.read(text);
  return std::move(collector).history(std::move(header));
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Journal read_journal(const std::string& path) {
  return detail::journal_from_text(read_text_file(path), path);
}

NASNET_BODY History read_history(const std::string& path, const std::function<void(const JournalHeader&)>& check) {
  return detail::history_from_text(read_text_file(path), path, check);
}

NASNET_BODY std::string results_text(const History& history) {
  std::string text;
  for (const Trial& trial : history.trials) {
    text.append(detail::one_line(detail::result_json(trial))).push_back('\n');
  }
  return text;
}

NASNET_BODY bool equal_results(const History& a, const History& b) { return results_text(a) == results_text(b); }

}  // namespace nasnet::inline NASNET_ABI
