#pragma once

#include "nasnet/journal/journal_reader.hpp"

#include <algorithm>          // min
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // move

#include "nasnet/core/error.hpp"
#include "nasnet/journal/journal_record.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline int worker_of(const JournalLine& line) {
  return static_cast<int>((std::min)(line.count("worker"), std::int64_t{(std::numeric_limits<int>::max)()}));
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
    fail<IoError>('\'', path_, "' is no journal of a search");
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
  const nlohmann::json& settings = line.field("settings");
  header.settings = settings;
  if (!settings.is_object()) line.fail_here("the field \"settings\" is no JSON object");
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

}  // namespace nasnet::inline NASNET_ABI::detail
