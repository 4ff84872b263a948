/// What the lines of a journal say; see journal/journal.hpp.
#pragma once

#include <array>        // array
#include <cstdint>      // int64_t, uint64_t
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/json_value.hpp"
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
  JsonValue settings{};
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

namespace detail {

/// The event that tells of a trial or proposal in this state.
[[nodiscard]] constexpr JournalEvent event_of(TrialState state) {
  switch (state) {
    case TrialState::failed: return JournalEvent::failed;
    case TrialState::rejected: return JournalEvent::rejected;
    case TrialState::duplicate: return JournalEvent::duplicate;
    case TrialState::done: break;
  }
  return JournalEvent::finished;
}

}  // namespace detail

}  // namespace nasnet::inline NASNET_ABI
