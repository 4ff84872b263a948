/// The journal of a search: a file of JSON lines, one for each event, from which a search goes on after any end.
///
/// The first line says what the search is: format, version of the library, seed, hash of the space, instruction set and
/// settings. Each further line is an event, in the order in which the strategy was asked and told (in an ordered search
/// in the order in which results came; see SearchLedger for when they are told):
///
///     started    an accepted proposal, or once more one whose run ended in the middle: trial, proposal, attempt,
///                worker, hash, parameters, multiply_adds, architecture
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

#include <cstdint>      // int64_t, uint64_t
#include <functional>   // function
#include <optional>     // optional
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/journal/journal_record.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// All that a journal holds.
struct Journal {
  std::optional<JournalHeader> header;  ///< absent in an empty file, or where not even the first line was written whole
  std::vector<JournalRecord> records;
  std::uint64_t torn_bytes = 0;  ///< after the last whole line: what was being written when the search ended
};

/// Reads a journal. A last line that was not written whole is left out.
/// @throws IoError naming file and line for a line that is damaged or cannot follow those before it, for another
/// format, and for a file that cannot be read or is no journal.
NASNET_LAZY [[nodiscard]] Journal read_journal(const std::string& path);

/// What a journal says, as the history of its search; an empty one where nothing was begun. Trials that were running
/// when it ended are left out.
/// @param check called with the header before more is read, to refuse a journal of another search
/// @throws IoError as read_journal, and what `check` throws.
NASNET_LAZY [[nodiscard]] History read_history(const std::string& path,
                                               const std::function<void(const JournalHeader&)>& check = {});

/// The results of a search as text, a line for each trial that is done or failed, by number, without times, attempts
/// and workers.
NASNET_LAZY [[nodiscard]] std::string results_text(const History& history);

/// Whether two searches came to the same results.
NASNET_LAZY [[nodiscard]] bool equal_results(const History& a, const History& b);

namespace detail {

/// As read_journal, from a text.
/// @param path of the file, for the texts of errors
NASNET_LAZY [[nodiscard]] Journal journal_from_text(std::string_view text, const std::string& path);

/// The text of an existing journal; empty for what is no regular file, such as a device.
NASNET_LAZY [[nodiscard]] std::string journal_text(const std::string& path);

/// As read_history, from a text.
/// @param path of the file, for the texts of errors
NASNET_LAZY [[nodiscard]] History history_from_text(std::string_view text, const std::string& path,
                                                    const std::function<void(const JournalHeader&)>& check = {});

}  // namespace detail

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/journal/journal.ipp"
#endif
