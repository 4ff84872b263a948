/// A search for machines to follow: a line of JSON for each event.
#pragma once

#include <algorithm>          // max
#include <functional>         // function
#include <mutex>              // lock_guard, mutex
#include <nlohmann/json.hpp>  // ordered_json
#include <ostream>            // ostream
#include <string>             // string
#include <utility>            // move

#include "nasnet/core/progress.hpp"
#include "nasnet/journal/journal.hpp"
#include "nasnet/search/search_options.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// Writes each trial and skipped proposal as the journal does ("finished", "failed", "duplicate", "rejected"), and
/// where the search stands after each ("progress": done, failed, running, total, best_accuracy, best_trial, seconds,
/// seconds_left), one line each, at once.
///
///     SearchEvents events(std::cout);
///     events.attach(options);
class SearchEvents {
 public:
  /// @param out outlives this object
  explicit SearchEvents(std::ostream& out) : out_(out) {}

  /// Listens to a search that this object must outlive. What listens already goes on.
  void attach(SearchOptions& options) {
    options.on_trial = [this, before = std::move(options.on_trial)](const Trial& trial) {
      if (before) before(trial);
      write(detail::record_json(event_of(trial), trial));
    };
    options.on_status = [this, before = std::move(options.on_status)](const SearchStatus& status) {
      if (before) before(status);
      write(json_of(status));
    };
  }

  /// Where a longer task of the program stands, such as a training: no more than one event a second, and the last.
  void report(const Progress& progress) {
    const bool begins = progress.seconds < reported_seconds_;
    const bool is_due = progress.done == progress.total || progress.seconds >= reported_seconds_ + 1;
    if (!begins && !is_due) return;
    reported_seconds_ = progress.seconds;
    write({{"event", "progress"},
           {"task", progress.task},
           {"done", progress.done},
           {"total", progress.total},
           {"seconds", progress.seconds},
           {"seconds_left", (std::max)(0.0, seconds_left(progress))}});
  }

  /// An event of the program's own.
  void write(const nlohmann::ordered_json& event) {
    const std::lock_guard lock(mutex_);
    out_ << detail::one_line(event) << '\n' << std::flush;
  }

 private:
  [[nodiscard]] static JournalEvent event_of(const Trial& trial) {
    switch (trial.state) {
      case TrialState::failed: return JournalEvent::failed;
      case TrialState::rejected: return JournalEvent::rejected;
      case TrialState::duplicate: return JournalEvent::duplicate;
      case TrialState::done: break;
    }
    return JournalEvent::finished;
  }

  [[nodiscard]] static nlohmann::ordered_json json_of(const SearchStatus& status) {
    nlohmann::ordered_json json{{"event", "progress"},      {"task", "search"},          {"done", status.done},
                                {"failed", status.failed},  {"running", status.running}, {"total", status.total},
                                {"seconds", status.seconds}};
    if (status.best_accuracy) {
      json["best_accuracy"] = *status.best_accuracy;
      json["best_trial"] = status.best_trial;
    }
    if (status.seconds_left) json["seconds_left"] = *status.seconds_left;
    return json;
  }

  std::ostream& out_;
  std::mutex mutex_;
  double reported_seconds_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI
