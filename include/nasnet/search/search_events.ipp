#pragma once

#include "nasnet/search/search_events.hpp"

#include <algorithm>          // max
#include <functional>         // function
#include <mutex>              // lock_guard, mutex
#include <nlohmann/json.hpp>  // ordered_json
#include <string>             // string
#include <utility>            // move

#include "nasnet/core/progress.hpp"
#include "nasnet/journal/journal.hpp"
#include "nasnet/search/search_options.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void SearchEvents::attach(SearchOptions& options) {
  options.on_trial = [this, before = std::move(options.on_trial)](const Trial& trial) {
    if (before) before(trial);
    write(detail::record_json(event_of(trial), trial));
  };
  options.on_status = [this, before = std::move(options.on_status)](const SearchStatus& status) {
    if (before) before(status);
    write(json_of(status));
  };
}

NASNET_BODY void SearchEvents::report(const Progress& progress) {
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

NASNET_BODY void SearchEvents::write(const nlohmann::ordered_json& event) {
  const std::lock_guard lock(mutex_);
  out_ << detail::one_line(event) << '\n' << std::flush;
}

NASNET_BODY JournalEvent SearchEvents::event_of(const Trial& trial) {
  switch (trial.state) {
    case TrialState::failed: return JournalEvent::failed;
    case TrialState::rejected: return JournalEvent::rejected;
    case TrialState::duplicate: return JournalEvent::duplicate;
    case TrialState::done: break;
  }
  return JournalEvent::finished;
}

NASNET_BODY nlohmann::ordered_json SearchEvents::json_of(const SearchStatus& status) {
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

}  // namespace nasnet::inline NASNET_ABI
