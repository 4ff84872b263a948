/// The journal of a search: a file of JSON lines, one for each event, from which a search goes on after any end.
///
/// The first line says what the search is: format, version of the library, seed, hash of the space, instruction set and
/// settings. Each further line is an event, in the order in which the strategy was asked and told (in an ordered search
/// in the order in which results came; see SearchLedger for when they are told):
///
///     started    an accepted proposal, or once more one whose run ended in the middle: trial, proposal, attempt,
///     worker,
///                hash, parameters, multiply_adds, architecture
///     finished   trial, hash, validation_accuracy, validation_loss, metrics, seconds, attempt, worker
///     failed     trial, hash, kind, message, seconds, attempt, worker
///     duplicate  proposal, of (the trial of the same canonical form), hash, architecture
///     rejected   proposal, reason, hash, parameters, multiply_adds, architecture
///     exhausted  nothing new is left to propose
///     enqueued   an architecture of the user's own, to be evaluated before the strategy is asked again: hash,
///                architecture
///     known      a result of another search, which the strategy was told: hash, validation_accuracy, validation_loss,
///                metrics, architecture
///
/// Where a proposal has a budget or a repeat above 0, its first line has fields "budget" and "repeat"; where its memory
/// was predicted, "bytes"; where it was enqueued, "enqueued". An architecture is its text form (genotype/text.hpp).
#pragma once

#include <algorithm>          // min
#include <array>              // array
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <filesystem>         // is_regular_file, path
#include <functional>         // function
#include <limits>             // numeric_limits
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

namespace nasnet::inline NASNET_ABI {

/// The format that this library writes and reads.
inline constexpr std::uint64_t journal_format = 2;

/// What a journal says of its search as a whole.
struct JournalHeader {
  std::string version;          ///< of the library that wrote it
  std::string instruction_set;  ///< that the kernels used; results are equal bit for bit on one of them only
  std::uint64_t seed = 0;
  std::string space;  ///< name and hash of the search space
  nlohmann::json settings = nlohmann::json::object();
};

/// The kinds of lines after the first.
enum class JournalEvent { started, finished, failed, duplicate, rejected, exhausted, enqueued, known };

inline constexpr std::array all_journal_events{JournalEvent::started,   JournalEvent::finished, JournalEvent::failed,
                                               JournalEvent::duplicate, JournalEvent::rejected, JournalEvent::exhausted,
                                               JournalEvent::enqueued,  JournalEvent::known};

[[nodiscard]] constexpr std::string_view to_string(JournalEvent event) {
  switch (event) {
    case JournalEvent::started: return "started";
    case JournalEvent::finished: return "finished";
    case JournalEvent::failed: return "failed";
    case JournalEvent::duplicate: return "duplicate";
    case JournalEvent::rejected: return "rejected";
    case JournalEvent::exhausted: return "exhausted";
    case JournalEvent::enqueued: return "enqueued";
    case JournalEvent::known: return "known";
  }
  return "unknown";
}

/// A line after the first.
struct JournalRecord {
  JournalEvent event = JournalEvent::started;
  Trial trial;            ///< as it is known after the event; without meaning for `exhausted`
  std::int64_t line = 0;  ///< counts the lines of the file from 1
};

/// All that a journal holds.
struct Journal {
  std::optional<JournalHeader> header;  ///< absent in an empty file, or where not even the first line was written whole
  std::vector<JournalRecord> records;
  std::uint64_t torn_bytes = 0;  ///< after the last whole line: what was being written when the search ended
};

namespace detail {

[[nodiscard]] inline nlohmann::ordered_json header_json(const JournalHeader& header) {
  nlohmann::ordered_json json;
  json["format"] = journal_format;
  json["nasnet"] = header.version;
  json["seed"] = header.seed;
  json["space"] = header.space;
  json["instruction_set"] = header.instruction_set;
  json["settings"] = header.settings;
  return json;
}

inline void put_proposal(nlohmann::ordered_json& json, const Trial& trial) {
  json["hash"] = hex_text(trial.hash);
  if (trial.budget) json["budget"] = *trial.budget;
  if (trial.repeat != 0) json["repeat"] = trial.repeat;
  if (trial.enqueued) json["enqueued"] = true;
  if (trial.bytes) json["bytes"] = *trial.bytes;
  if (trial.parameters) json["parameters"] = *trial.parameters;
  if (trial.multiply_adds) json["multiply_adds"] = *trial.multiply_adds;
  json["architecture"] = to_text(trial.architecture);
}

inline void put_evaluation(nlohmann::ordered_json& json, const Evaluation& evaluation) {
  json["validation_accuracy"] = evaluation.validation_accuracy;
  json["validation_loss"] = evaluation.validation_loss;
  if (!evaluation.metrics.empty()) json["metrics"] = evaluation.metrics;
}

inline void put_failure(nlohmann::ordered_json& json, const Trial& trial) {
  json["kind"] = std::string(to_string(trial.failure.value_or(FailureKind::exception)));
  json["message"] = trial.message;
}

inline void put_run(nlohmann::ordered_json& json, const Trial& trial) {
  json["seconds"] = trial.seconds;
  json["attempt"] = trial.attempt;
  json["worker"] = trial.worker;
}

[[nodiscard]] inline nlohmann::ordered_json started_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "started"},
                              {"trial", trial.number},
                              {"proposal", trial.proposal},
                              {"attempt", trial.attempt},
                              {"worker", trial.worker}};
  put_proposal(json, trial);
  return json;
}

[[nodiscard]] inline nlohmann::ordered_json ended_json(const Trial& trial) {
  const bool done = trial.state == TrialState::done;
  nlohmann::ordered_json json{{"event", done ? "finished" : "failed"}, {"trial", trial.number}};
  json["hash"] = hex_text(trial.hash);
  if (done) put_evaluation(json, trial.evaluation);
  if (!done) put_failure(json, trial);
  put_run(json, trial);
  return json;
}

[[nodiscard]] inline nlohmann::ordered_json duplicate_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "duplicate"}, {"proposal", trial.proposal}, {"of", trial.duplicate_of}};
  put_proposal(json, trial);
  return json;
}

[[nodiscard]] inline nlohmann::ordered_json rejected_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "rejected"}, {"proposal", trial.proposal}, {"reason", trial.message}};
  put_proposal(json, trial);
  return json;
}

[[nodiscard]] inline nlohmann::ordered_json enqueued_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "enqueued"}};
  put_proposal(json, trial);
  return json;
}

[[nodiscard]] inline nlohmann::ordered_json known_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "known"}};
  put_evaluation(json, trial.evaluation);
  put_proposal(json, trial);
  return json;
}

[[nodiscard]] inline nlohmann::ordered_json record_json(JournalEvent event, const Trial& trial) {
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

/// Adds to a trial that has started what the line of its end, or of a further start, says of it.
inline void take_over_run(Trial& trial, Trial line) {
  trial.attempt = line.attempt;
  trial.worker = line.worker;
  trial.seconds = line.seconds;
  trial.state = line.state;
  trial.evaluation = std::move(line.evaluation);
  trial.failure = line.failure;
  trial.message = std::move(line.message);
}

/// Reads line after line, checks that each event can follow those before it, and passes it on.
///
/// It keeps little of what it reads, so that who replays a long journal has each architecture once. A record says what
/// its line says: where a trial ends or starts once more, all else of the trial is in the record of its first start;
/// see take_over_run.
class JournalReader {
 public:
  using HeaderSink = std::function<void(JournalHeader)>;
  using RecordSink = std::function<void(JournalRecord)>;

  JournalReader(const std::filesystem::path& path, HeaderSink take_header, RecordSink take_record)
      : path_(path), take_header_(std::move(take_header)), take_record_(std::move(take_record)) {}

  void read(std::string_view text) {
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

  /// Bytes after the last whole line.
  [[nodiscard]] std::uint64_t torn_bytes() const { return torn_bytes_; }

 private:
  void read_line(std::string_view text) {
    const JournalLine line(path_, ++line_, text);
    if (line_ > 1) {
      read_record(line);
    } else {
      read_header(line);
    }
  }

  /// A torn line is dropped, but never a file that somebody named by mistake.
  void keep_torn_line(std::string_view text) {
    constexpr std::string_view first_line = "{\"format\":";
    const std::size_t known = (std::min)(text.size(), first_line.size());
    if (line_ == 0 && text.substr(0, known) != first_line.substr(0, known)) {
      fail<IoError>('\'', path_.string(), "' is no journal of a search");
    }
    torn_bytes_ = text.size();
  }

  void read_header(const JournalLine& line) {
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

  void read_record(const JournalLine& line) {
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

  [[nodiscard]] static JournalEvent event_of(const JournalLine& line) {
    const std::string& name = line.text("event");
    for (const JournalEvent event : all_journal_events) {
      if (to_string(event) == name) return event;
    }
    line.fail_here("the event \"", name, "\" is unknown");
  }

  void read_started(const JournalLine& line, Trial& trial) {
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

  void read_proposal(const JournalLine& line, Trial& trial) {
    trial.proposal = line.count("proposal");
    if (trial.proposal != proposals_)
      line.fail_here("proposal ", trial.proposal, " follows ", proposals_, " proposals");
    ++proposals_;
    read_architecture(line, trial);
  }

  static void read_architecture(const JournalLine& line, Trial& trial) {
    trial.hash = line.hash();
    if (line.has("budget")) trial.budget = line.count("budget");
    if (line.has("repeat")) trial.repeat = line.count("repeat");
    trial.enqueued = line.has("enqueued");
    if (line.has("bytes")) trial.bytes = line.count("bytes");
    if (line.has("parameters")) trial.parameters = line.count("parameters");
    if (line.has("multiply_adds")) trial.multiply_adds = line.count("multiply_adds");
    trial.architecture = line.architecture();
  }

  void read_ended(const JournalLine& line, Trial& trial) {
    trial.number = line.count("trial");
    Begun& begun = running(line, trial.number);
    trial.hash = line.hash();
    if (trial.hash != begun.hash) line.fail_here("the hash is not that of trial ", trial.number, " when it started");
    trial.seconds = line.number_field("seconds");
    trial.attempt = line.count("attempt");
    trial.worker = worker_of(line);
    begun.has_ended = true;
  }

  void read_finished(const JournalLine& line, Trial& trial) {
    read_ended(line, trial);
    trial.state = TrialState::done;
    read_evaluation(line, trial);
  }

  static void read_evaluation(const JournalLine& line, Trial& trial) {
    trial.evaluation.validation_accuracy = line.number_field("validation_accuracy");
    trial.evaluation.validation_loss = line.number_field("validation_loss");
    if (!line.has("metrics")) return;
    const nlohmann::json& metrics = line.field("metrics");
    if (!metrics.is_object()) line.fail_here("the field \"metrics\" is no JSON object");
    for (const auto& [name, value] : metrics.items()) trial.evaluation.metrics[name] = line.number_in(value, name);
  }

  void read_failed(const JournalLine& line, Trial& trial) {
    read_ended(line, trial);
    trial.state = TrialState::failed;
    trial.failure = failure_kind_named(line.text("kind"));
    if (!trial.failure) line.fail_here("the kind of failure \"", line.text("kind"), "\" is unknown");
    trial.message = line.text("message");
  }

  void read_duplicate(const JournalLine& line, Trial& trial) {
    trial.state = TrialState::duplicate;
    trial.duplicate_of = line.count("of");
    if (trial.duplicate_of >= static_cast<std::int64_t>(trials_.size())) {
      line.fail_here("trial ", trial.duplicate_of, " has not started");
    }
    read_proposal(line, trial);
  }

  void read_rejected(const JournalLine& line, Trial& trial) {
    trial.state = TrialState::rejected;
    trial.message = line.text("reason");
    read_proposal(line, trial);
  }

  [[nodiscard]] static int worker_of(const JournalLine& line) {
    return static_cast<int>((std::min)(line.count("worker"), std::int64_t{(std::numeric_limits<int>::max)()}));
  }

  /// What has to be known of a trial to judge the lines that follow.
  struct Begun {
    std::uint64_t hash = 0;
    std::int64_t attempt = 0;
    bool has_ended = false;
  };

  /// The trial of this number, which must run.
  [[nodiscard]] Begun& running(const JournalLine& line, std::int64_t number) {
    if (number >= static_cast<std::int64_t>(trials_.size())) line.fail_here("trial ", number, " has not started");
    Begun& begun = trials_[static_cast<std::size_t>(number)];
    if (begun.has_ended) line.fail_here("trial ", number, " has ended before");
    return begun;
  }

  const std::filesystem::path& path_;
  HeaderSink take_header_;
  RecordSink take_record_;
  std::int64_t line_ = 0;
  std::int64_t proposals_ = 0;
  std::uint64_t torn_bytes_ = 0;
  std::vector<Begun> trials_;  // by number
};

/// Collects what a reader passes on, each record with all that is known of its trial.
class RecordCollector {
 public:
  void take(JournalRecord record) {
    const bool is_run = record.event == JournalEvent::started || record.event == JournalEvent::finished ||
                        record.event == JournalEvent::failed;
    if (is_run) complete(record);
    records_.push_back(std::move(record));
  }

  [[nodiscard]] std::vector<JournalRecord> records() && { return std::move(records_); }

 private:
  void complete(JournalRecord& record) {
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

/// As read_journal, from a text.
/// @param path of the file, for the texts of errors
[[nodiscard]] inline Journal journal_from_text(std::string_view text, const std::filesystem::path& path) {
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

/// The text of an existing journal; empty for what is no regular file, such as a device.
[[nodiscard]] inline std::string journal_text(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) ? read_text_file(path) : std::string();
}

/// Settings, and whose they are.
struct OwnedSettings {
  std::string_view owner;
  const nlohmann::json& settings;
};

/// Where two settings differ first: "evaluator.epochs: the journal has 1, this run has 2".
[[nodiscard]] inline std::optional<std::string> first_difference(const OwnedSettings& first,
                                                                 const OwnedSettings& second, const std::string& name) {
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

}  // namespace detail

/// Reads a journal. A last line that was not written whole is left out.
/// @throws IoError naming file and line for a line that is damaged or cannot follow those before it, for another
/// format, and for a file that cannot be read or is no journal.
[[nodiscard]] inline Journal read_journal(const std::filesystem::path& path) {
  return detail::journal_from_text(read_text_file(path), path);
}

/// Writes a journal line by line. One search at a time writes a file; another one is refused.
class JournalWriter {
 public:
  /// Opens the file, or makes it.
  /// @throws IoError where it cannot be written.
  explicit JournalWriter(const std::filesystem::path& path, AppendOptions options = {}) : file_(path, options) {}

  [[nodiscard]] const std::filesystem::path& path() const { return file_.path(); }

  /// Cuts off a last line that was not written whole.
  void drop_torn_line() { file_.drop_torn_line(); }

  /// @throws IoError where the line could not be stored, as on a full disk; the file then ends with the line before.
  void begin(const JournalHeader& header) { file_.append(detail::one_line(detail::header_json(header))); }

  /// As above.
  void write(JournalEvent event, const Trial& trial = {}) {
    write_line(detail::one_line(detail::record_json(event, trial)));
  }

  /// A line that is put together already. As above.
  void write_line(const std::string& line) { file_.append(line); }

 private:
  AppendFile file_;
};

namespace detail {

/// Puts a history together of what a reader passes on.
class HistoryCollector {
 public:
  void take(JournalRecord record) {
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

  [[nodiscard]] History history(JournalHeader header) && {
    history_.seed = header.seed;
    history_.settings = std::move(header.settings);
    for (Trial& trial : begun_) {
      if (has_ended_[static_cast<std::size_t>(trial.number)]) history_.trials.push_back(std::move(trial));
    }
    return std::move(history_);
  }

 private:
  void start(Trial trial) {
    if (trial.number < static_cast<std::int64_t>(begun_.size())) return;  // once more
    begun_.push_back(std::move(trial));
    has_ended_.push_back(false);
  }

  void end(Trial trial) {
    const auto number = static_cast<std::size_t>(trial.number);
    take_over_run(begun_[number], std::move(trial));
    has_ended_[number] = true;
  }

  History history_;
  std::vector<Trial> begun_;  // by number
  std::vector<bool> has_ended_;
};

/// As read_history, from a text.
/// @param path of the file, for the texts of errors
[[nodiscard]] inline History history_from_text(std::string_view text, const std::filesystem::path& path,
                                               const std::function<void(const JournalHeader&)>& check = {}) {
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

}  // namespace detail

/// What a journal says, as the history of its search; an empty one where nothing was begun. Trials that were running
/// when it ended are left out.
/// @param check called with the header before more is read, to refuse a journal of another search
/// @throws IoError as read_journal, and what `check` throws.
[[nodiscard]] inline History read_history(const std::filesystem::path& path,
                                          const std::function<void(const JournalHeader&)>& check = {}) {
  return detail::history_from_text(read_text_file(path), path, check);
}

/// The results of a search as text, a line for each trial that is done or failed, by number, without times, attempts
/// and workers.
[[nodiscard]] inline std::string results_text(const History& history) {
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

/// Whether two searches came to the same results.
[[nodiscard]] inline bool equal_results(const History& a, const History& b) {
  return results_text(a) == results_text(b);
}

}  // namespace nasnet::inline NASNET_ABI
