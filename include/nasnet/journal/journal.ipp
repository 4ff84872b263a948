#pragma once

#include "nasnet/journal/journal.hpp"

#include <algorithm>          // min
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <filesystem>         // is_regular_file, path
#include <functional>         // function
#include <nlohmann/json.hpp>  // json, ordered_json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view
#include <system_error>       // error_code
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json header_json(const JournalHeader& header) {
  nlohmann::ordered_json json;
  json["format"] = journal_format;
  json["nasnet"] = header.version;
  json["seed"] = header.seed;
  json["space"] = header.space;
  json["instruction_set"] = header.instruction_set;
  json["settings"] = header.settings;
  return json;
}

NASNET_LAZY inline void put_proposal(nlohmann::ordered_json& json, const Trial& trial) {
  json["hash"] = hex_text(trial.hash);
  if (trial.budget) json["budget"] = *trial.budget;
  if (trial.repeat != 0) json["repeat"] = trial.repeat;
  if (trial.enqueued) json["enqueued"] = true;
  if (trial.bytes) json["bytes"] = *trial.bytes;
  if (trial.parameters) json["parameters"] = *trial.parameters;
  if (trial.multiply_adds) json["multiply_adds"] = *trial.multiply_adds;
  json["architecture"] = to_text(trial.architecture);
}

NASNET_LAZY inline void put_evaluation(nlohmann::ordered_json& json, const Evaluation& evaluation) {
  json["validation_accuracy"] = evaluation.validation_accuracy;
  json["validation_loss"] = evaluation.validation_loss;
  if (!evaluation.metrics.empty()) json["metrics"] = evaluation.metrics;
}

NASNET_LAZY inline void put_failure(nlohmann::ordered_json& json, const Trial& trial) {
  json["kind"] = std::string(to_string(trial.failure.value_or(FailureKind::exception)));
  json["message"] = trial.message;
}

NASNET_LAZY inline void put_run(nlohmann::ordered_json& json, const Trial& trial) {
  json["seconds"] = trial.seconds;
  json["attempt"] = trial.attempt;
  json["worker"] = trial.worker;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json started_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "started"},
                              {"trial", trial.number},
                              {"proposal", trial.proposal},
                              {"attempt", trial.attempt},
                              {"worker", trial.worker}};
  put_proposal(json, trial);
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json ended_json(const Trial& trial) {
  const bool done = trial.state == TrialState::done;
  nlohmann::ordered_json json{{"event", done ? "finished" : "failed"}, {"trial", trial.number}};
  json["hash"] = hex_text(trial.hash);
  if (done) put_evaluation(json, trial.evaluation);
  if (!done) put_failure(json, trial);
  put_run(json, trial);
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json duplicate_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "duplicate"}, {"proposal", trial.proposal}, {"of", trial.duplicate_of}};
  put_proposal(json, trial);
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json rejected_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "rejected"}, {"proposal", trial.proposal}, {"reason", trial.message}};
  put_proposal(json, trial);
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json enqueued_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "enqueued"}};
  put_proposal(json, trial);
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json known_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "known"}};
  put_evaluation(json, trial.evaluation);
  put_proposal(json, trial);
  return json;
}

NASNET_BODY nlohmann::ordered_json record_json(JournalEvent event, const Trial& trial) {
  switch (event) {
    case JournalEvent::started: return started_json(trial);
    case JournalEvent::finished:
    case JournalEvent::failed: return ended_json(trial);
    case JournalEvent::duplicate: return duplicate_json(trial);
    case JournalEvent::rejected: return rejected_json(trial);
    case JournalEvent::enqueued: return enqueued_json(trial);
    case JournalEvent::known: return known_json(trial);
    case JournalEvent::exhausted: break;
  }
  return {{"event", "exhausted"}};
}

NASNET_BODY void take_over_run(Trial& trial, Trial line) {
  trial.attempt = line.attempt;
  trial.worker = line.worker;
  trial.seconds = line.seconds;
  trial.state = line.state;
  trial.evaluation = std::move(line.evaluation);
  trial.failure = line.failure;
  trial.message = std::move(line.message);
}

NASNET_BODY void JournalReader::read(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) {
      keep_torn_line(text.substr(begin));
      return;
    }
    read_line(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

NASNET_BODY void JournalReader::read_line(std::string_view text) {
  const JournalLine line(path_, ++line_, text);
  if (line_ > 1) {
    read_record(line);
  } else {
    read_header(line);
  }
}

NASNET_BODY void JournalReader::keep_torn_line(std::string_view text) {
  constexpr std::string_view first_line = "{\"format\":";
  const std::size_t known = (std::min)(text.size(), first_line.size());
  if (line_ == 0 && text.substr(0, known) != first_line.substr(0, known)) {
    fail<IoError>('\'', path_.string(), "' is no journal of a search");
  }
  torn_bytes_ = text.size();
}

NASNET_BODY void JournalReader::read_header(const JournalLine& line) {
  if (!line.has("format")) line.fail_here("this is no journal of a search");
  const std::uint64_t format = line.unsigned_number("format");
  if (format != journal_format) {
    line.fail_here("the journal has format ", format, ", this version of nasnet reads format ", journal_format);
  }
  JournalHeader header;
  header.version = line.text("nasnet");
  header.instruction_set = line.text("instruction_set");
  header.seed = line.unsigned_number("seed");
  header.space = line.text("space");
  header.settings = line.field("settings");
  if (!header.settings.is_object()) line.fail_here("the field \"settings\" is no JSON object");
  take_header_(std::move(header));
}

NASNET_BODY void JournalReader::read_record(const JournalLine& line) {
  JournalRecord record{event_of(line), {}, line.number()};
  switch (record.event) {
    case JournalEvent::started: read_started(line, record.trial); break;
    case JournalEvent::finished: read_finished(line, record.trial); break;
    case JournalEvent::failed: read_failed(line, record.trial); break;
    case JournalEvent::duplicate: read_duplicate(line, record.trial); break;
    case JournalEvent::rejected: read_rejected(line, record.trial); break;
    case JournalEvent::enqueued: read_architecture(line, record.trial); break;
    case JournalEvent::known:
      read_evaluation(line, record.trial);
      read_architecture(line, record.trial);
      break;
    case JournalEvent::exhausted: break;
  }
  take_record_(std::move(record));
}

NASNET_BODY JournalEvent JournalReader::event_of(const JournalLine& line) {
  const std::string& name = line.text("event");
  for (const JournalEvent event : all_journal_events) {
    if (to_string(event) == name) return event;
  }
  line.fail_here("the event \"", name, "\" is unknown");
}

NASNET_BODY void JournalReader::read_started(const JournalLine& line, Trial& trial) {
  trial.number = line.count("trial");
  trial.attempt = line.count("attempt");
  trial.worker = worker_of(line);
  const auto known = static_cast<std::int64_t>(trials_.size());
  if (trial.number > known) line.fail_here("trial ", trial.number, " started before trial ", known);
  if (trial.number == known) {
    read_proposal(line, trial);
    trials_.push_back({.hash = trial.hash, .attempt = trial.attempt});
    return;
  }
  Begun& begun = running(line, trial.number);
  if (trial.attempt != begun.attempt + 1) {
    line.fail_here("attempt ", trial.attempt, " follows attempt ", begun.attempt);
  }
  begun.attempt = trial.attempt;
}

NASNET_BODY void JournalReader::read_proposal(const JournalLine& line, Trial& trial) {
  trial.proposal = line.count("proposal");
  if (trial.proposal != proposals_) line.fail_here("proposal ", trial.proposal, " follows ", proposals_, " proposals");
  ++proposals_;
  read_architecture(line, trial);
}

NASNET_BODY void JournalReader::read_architecture(const JournalLine& line, Trial& trial) {
  trial.hash = line.hash();
  if (line.has("budget")) trial.budget = line.count("budget");
  if (line.has("repeat")) trial.repeat = line.count("repeat");
  trial.enqueued = line.has("enqueued");
  if (line.has("bytes")) trial.bytes = line.count("bytes");
  if (line.has("parameters")) trial.parameters = line.count("parameters");
  if (line.has("multiply_adds")) trial.multiply_adds = line.count("multiply_adds");
  trial.architecture = line.architecture();
}

NASNET_BODY void JournalReader::read_ended(const JournalLine& line, Trial& trial) {
  trial.number = line.count("trial");
  Begun& begun = running(line, trial.number);
  trial.hash = line.hash();
  if (trial.hash != begun.hash) line.fail_here("the hash is not that of trial ", trial.number, " when it started");
  trial.seconds = line.number_field("seconds");
  trial.attempt = line.count("attempt");
  trial.worker = worker_of(line);
  begun.has_ended = true;
}

NASNET_BODY void JournalReader::read_finished(const JournalLine& line, Trial& trial) {
  read_ended(line, trial);
  trial.state = TrialState::done;
  read_evaluation(line, trial);
}

NASNET_BODY void JournalReader::read_evaluation(const JournalLine& line, Trial& trial) {
  trial.evaluation.validation_accuracy = line.number_field("validation_accuracy");
  trial.evaluation.validation_loss = line.number_field("validation_loss");
  if (!line.has("metrics")) return;
  const nlohmann::json& metrics = line.field("metrics");
  if (!metrics.is_object()) line.fail_here("the field \"metrics\" is no JSON object");
  for (const auto& [name, value] : metrics.items()) trial.evaluation.metrics[name] = line.number_in(value, name);
}

NASNET_BODY void JournalReader::read_failed(const JournalLine& line, Trial& trial) {
  read_ended(line, trial);
  trial.state = TrialState::failed;
  trial.failure = failure_kind_named(line.text("kind"));
  if (!trial.failure) line.fail_here("the kind of failure \"", line.text("kind"), "\" is unknown");
  trial.message = line.text("message");
}

NASNET_BODY void JournalReader::read_duplicate(const JournalLine& line, Trial& trial) {
  trial.state = TrialState::duplicate;
  trial.duplicate_of = line.count("of");
  if (trial.duplicate_of >= static_cast<std::int64_t>(trials_.size())) {
    line.fail_here("trial ", trial.duplicate_of, " has not started");
  }
  read_proposal(line, trial);
}

NASNET_BODY void JournalReader::read_rejected(const JournalLine& line, Trial& trial) {
  trial.state = TrialState::rejected;
  trial.message = line.text("reason");
  read_proposal(line, trial);
}

NASNET_BODY JournalReader::Begun& JournalReader::running(const JournalLine& line, std::int64_t number) {
  if (number >= static_cast<std::int64_t>(trials_.size())) line.fail_here("trial ", number, " has not started");
  Begun& begun = trials_[static_cast<std::size_t>(number)];
  if (begun.has_ended) line.fail_here("trial ", number, " has ended before");
  return begun;
}

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

NASNET_BODY Journal journal_from_text(std::string_view text, const std::filesystem::path& path) {
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

NASNET_BODY std::string journal_text(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) ? read_text_file(path) : std::string();
}

NASNET_BODY std::optional<std::string> first_difference(const OwnedSettings& first, const OwnedSettings& second,
                                                        const std::string& name) {
  if (first.settings == second.settings) return std::nullopt;
  if (first.settings.is_object() && second.settings.is_object()) {
    nlohmann::json either = first.settings;
    either.update(second.settings);
    for (const auto& [key, value] : either.items()) {
      const auto part = [&key = key](const nlohmann::json& object) {
        return object.contains(key) ? object.at(key) : nlohmann::json();
      };
      auto below = first_difference({first.owner, part(first.settings)}, {second.owner, part(second.settings)},
                                    name.empty() ? key : join(name, '.', key));
      if (below) return below;
    }
  }
  const auto shown = [](const OwnedSettings& owned) {
    return join(owned.owner, " has ", owned.settings.is_null() ? std::string("nothing") : one_line(owned.settings));
  };
  return join(name, ": ", shown(first), ", ", shown(second));
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void JournalWriter::begin(const JournalHeader& header) {
  file_.append(detail::one_line(detail::header_json(header)));
}

NASNET_BODY void JournalWriter::write(JournalEvent event, const Trial& trial) {
  write_line(detail::one_line(detail::record_json(event, trial)));
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

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

NASNET_BODY History history_from_text(std::string_view text, const std::filesystem::path& path,
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

NASNET_BODY std::string results_text(const History& history) {
  std::string text;
  for (const Trial& trial : history.trials) {
    nlohmann::ordered_json json{
        {"trial", trial.number}, {"proposal", trial.proposal}, {"state", std::string(to_string(trial.state))}};
    detail::put_proposal(json, trial);
    if (trial.state == TrialState::done) detail::put_evaluation(json, trial.evaluation);
    if (trial.state == TrialState::failed) detail::put_failure(json, trial);
    text.append(detail::one_line(json)).push_back('\n');
  }
  return text;
}

}  // namespace nasnet::inline NASNET_ABI
