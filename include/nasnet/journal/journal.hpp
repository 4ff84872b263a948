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
#include <cstdint>            // int64_t, uint64_t
#include <filesystem>         // is_regular_file, path
#include <functional>         // function
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json, ordered_json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/file.hpp"
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

NASNET_LAZY [[nodiscard]] nlohmann::ordered_json record_json(JournalEvent event, const Trial& trial);

/// Adds to a trial that has started what the line of its end, or of a further start, says of it.
NASNET_LAZY void take_over_run(Trial& trial, Trial line);

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

  NASNET_LAZY void read(std::string_view text);

  /// Bytes after the last whole line.
  [[nodiscard]] std::uint64_t torn_bytes() const { return torn_bytes_; }

 private:
  NASNET_LAZY void read_line(std::string_view text);

  /// A torn line is dropped, but never a file that somebody named by mistake.
  NASNET_LAZY void keep_torn_line(std::string_view text);

  NASNET_LAZY void read_header(const JournalLine& line);

  NASNET_LAZY void read_record(const JournalLine& line);

  NASNET_LAZY [[nodiscard]] static JournalEvent event_of(const JournalLine& line);

  NASNET_LAZY void read_started(const JournalLine& line, Trial& trial);

  NASNET_LAZY void read_proposal(const JournalLine& line, Trial& trial);

  NASNET_LAZY static void read_architecture(const JournalLine& line, Trial& trial);

  NASNET_LAZY void read_ended(const JournalLine& line, Trial& trial);

  NASNET_LAZY void read_finished(const JournalLine& line, Trial& trial);

  NASNET_LAZY static void read_evaluation(const JournalLine& line, Trial& trial);

  NASNET_LAZY void read_failed(const JournalLine& line, Trial& trial);

  NASNET_LAZY void read_duplicate(const JournalLine& line, Trial& trial);

  NASNET_LAZY void read_rejected(const JournalLine& line, Trial& trial);

  NASNET_LAZY [[nodiscard]] static int worker_of(const JournalLine& line) {
    return static_cast<int>((std::min)(line.count("worker"), std::int64_t{(std::numeric_limits<int>::max)()}));
  }

  /// What has to be known of a trial to judge the lines that follow.
  struct Begun {
    std::uint64_t hash = 0;
    std::int64_t attempt = 0;
    bool has_ended = false;
  };

  /// The trial of this number, which must run.
  NASNET_LAZY [[nodiscard]] Begun& running(const JournalLine& line, std::int64_t number);

  const std::filesystem::path& path_;
  HeaderSink take_header_;
  RecordSink take_record_;
  std::int64_t line_ = 0;
  std::int64_t proposals_ = 0;
  std::uint64_t torn_bytes_ = 0;
  std::vector<Begun> trials_;  // by number
};

/// As read_journal, from a text.
/// @param path of the file, for the texts of errors
NASNET_LAZY [[nodiscard]] Journal journal_from_text(std::string_view text, const std::filesystem::path& path);

/// The text of an existing journal; empty for what is no regular file, such as a device.
NASNET_LAZY [[nodiscard]] std::string journal_text(const std::filesystem::path& path);

/// Settings, and whose they are.
struct OwnedSettings {
  std::string_view owner;
  const nlohmann::json& settings;
};

/// Where two settings differ first: "evaluator.epochs: the journal has 1, this run has 2".
NASNET_LAZY [[nodiscard]] std::optional<std::string> first_difference(const OwnedSettings& first,
                                                                      const OwnedSettings& second,
                                                                      const std::string& name);

}  // namespace detail

/// Reads a journal. A last line that was not written whole is left out.
/// @throws IoError naming file and line for a line that is damaged or cannot follow those before it, for another
/// format, and for a file that cannot be read or is no journal.
NASNET_LAZY [[nodiscard]] inline Journal read_journal(const std::filesystem::path& path) {
  return detail::journal_from_text(read_text_file(path), path);
}

/// Writes a journal line by line. One search at a time writes a file; another one is refused.
class JournalWriter {
 public:
  /// Opens the file, or makes it.
  /// @throws IoError where it cannot be written.
  explicit JournalWriter(const std::filesystem::path& path, AppendOptions options = {}) : file_(path, options) {}

  NASNET_LAZY [[nodiscard]] const std::filesystem::path& path() const { return file_.path(); }

  /// Cuts off a last line that was not written whole.
  NASNET_LAZY void drop_torn_line() { file_.drop_torn_line(); }

  /// @throws IoError where the line could not be stored, as on a full disk; the file then ends with the line before.
  NASNET_LAZY void begin(const JournalHeader& header);

  /// As above.
  NASNET_LAZY void write(JournalEvent event, const Trial& trial = {});

  /// A line that is put together already. As above.
  NASNET_LAZY void write_line(const std::string& line) { file_.append(line); }

 private:
  AppendFile file_;
};

namespace detail {

/// As read_history, from a text.
/// @param path of the file, for the texts of errors
NASNET_LAZY [[nodiscard]] History history_from_text(std::string_view text, const std::filesystem::path& path,
                                                    const std::function<void(const JournalHeader&)>& check = {});

}  // namespace detail

/// What a journal says, as the history of its search; an empty one where nothing was begun. Trials that were running
/// when it ended are left out.
/// @param check called with the header before more is read, to refuse a journal of another search
/// @throws IoError as read_journal, and what `check` throws.
NASNET_LAZY [[nodiscard]] inline History read_history(const std::filesystem::path& path,
                                                      const std::function<void(const JournalHeader&)>& check = {}) {
  return detail::history_from_text(read_text_file(path), path, check);
}

/// The results of a search as text, a line for each trial that is done or failed, by number, without times, attempts
/// and workers.
NASNET_LAZY [[nodiscard]] std::string results_text(const History& history);

/// Whether two searches came to the same results.
NASNET_LAZY [[nodiscard]] inline bool equal_results(const History& a, const History& b) {
  return results_text(a) == results_text(b);
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/journal/journal.ipp"
#endif
