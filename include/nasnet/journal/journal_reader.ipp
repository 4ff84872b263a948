#pragma once

#include "nasnet/journal/journal_reader.hpp"

#include <algorithm>          // min
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json
#include <span>               // span
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // move

#include "nasnet/core/error.hpp"
#include "nasnet/journal/journal_record.hpp"
#include "nasnet/journal/record_fields.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"
#include "nasnet/trial/trial_fields.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// What the line of an event says of the state of its trial or proposal.
[[nodiscard]] constexpr TrialState state_after(JournalEvent event) {
  switch (event) {
    case JournalEvent::failed: return TrialState::failed;
    case JournalEvent::duplicate: return TrialState::duplicate;
    case JournalEvent::rejected: return TrialState::rejected;
    default: return TrialState::done;
  }
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
  JournalRecord record{event_of(line), {}, line.line()};
  for (const std::span<const TrialField> fields : fields_of(record.event)) read_fields(line, record.trial, fields);
  record.trial.state = state_after(record.event);
  check(line, record.event, record.trial);
  take_record_(std::move(record));
}

NASNET_BODY JournalEvent JournalReader::event_of(const JournalLine& line) {
  const std::string& name = line.text("event");
  for (const JournalEvent event : all_journal_events) {
    if (to_string(event) == name) return event;
  }
  line.fail_here("the event \"", name, "\" is unknown");
}

NASNET_BODY void JournalReader::check(const JournalLine& line, JournalEvent event, const Trial& trial) {
  switch (event) {
    case JournalEvent::started: return check_start(line, trial);
    case JournalEvent::finished:
    case JournalEvent::failed: return check_end(line, trial);
    case JournalEvent::duplicate:
      if (trial.duplicate_of >= static_cast<std::int64_t>(trials_.size())) {
        line.fail_here("trial ", trial.duplicate_of, " has not started");
      }
      return check_proposal(line, trial);
    case JournalEvent::rejected: return check_proposal(line, trial);
    case JournalEvent::enqueued:
    case JournalEvent::known:
    case JournalEvent::exhausted: return;
  }
}

NASNET_BODY void JournalReader::check_start(const JournalLine& line, const Trial& trial) {
  const auto known = static_cast<std::int64_t>(trials_.size());
  if (trial.number > known) line.fail_here("trial ", trial.number, " started before trial ", known);
  if (trial.number == known) {
    check_proposal(line, trial);
    trials_.push_back({.hash = trial.hash, .attempt = trial.attempt});
    return;
  }
  Begun& begun = running(line, trial.number);
  if (trial.attempt != begun.attempt + 1) {
    line.fail_here("attempt ", trial.attempt, " follows attempt ", begun.attempt);
  }
  begun.attempt = trial.attempt;
}

NASNET_BODY void JournalReader::check_end(const JournalLine& line, const Trial& trial) {
  Begun& begun = running(line, trial.number);
  if (trial.hash != begun.hash) line.fail_here("the hash is not that of trial ", trial.number, " when it started");
  begun.has_ended = true;
}

NASNET_BODY void JournalReader::check_proposal(const JournalLine& line, const Trial& trial) {
  if (trial.proposal != proposals_) line.fail_here("proposal ", trial.proposal, " follows ", proposals_, " proposals");
  ++proposals_;
}

NASNET_BODY JournalReader::Begun& JournalReader::running(const JournalLine& line, std::int64_t number) {
  if (number >= static_cast<std::int64_t>(trials_.size())) line.fail_here("trial ", number, " has not started");
  Begun& begun = trials_[static_cast<std::size_t>(number)];
  if (begun.has_ended) line.fail_here("trial ", number, " has ended before");
  return begun;
}

NASNET_BODY JournalReader::JournalReader(const std::string& path, HeaderSink take_header, RecordSink take_record)
    : path_(path), take_header_(std::move(take_header)), take_record_(std::move(take_record)) {}

}  // namespace nasnet::inline NASNET_ABI::detail
