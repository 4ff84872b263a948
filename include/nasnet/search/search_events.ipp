#pragma once

#include "nasnet/search/search_events.hpp"

#include <algorithm>          // max
#include <functional>         // function
#include <mutex>              // lock_guard, mutex
#include <nlohmann/json.hpp>  // ordered_json
#include <ostream>            // flush, ostream
#include <string>             // string
#include <utility>            // move

#include "nasnet/core/progress.hpp"
#include "nasnet/journal/journal_record.hpp"
#include "nasnet/journal/record_json.hpp"
#include "nasnet/search/search_options.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json json_of(const SearchStatus& status) {
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

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

/// Where the lines go, one at a time.
struct SearchEvents::Output {
  std::ostream& stream;
  std::mutex mutex{};
  double reported_seconds = 0;
};

NASNET_BODY SearchEvents::SearchEvents(std::ostream& out) : output_(new Output{out}) {}

NASNET_BODY void SearchEvents::attach(SearchOptions& options) {
  options.on_trial = [this, before = std::move(options.on_trial)](const Trial& trial) {
    if (before) before(trial);
    write(detail::record_json(detail::event_of(trial.state), trial));
  };
  options.on_status = [this, before = std::move(options.on_status)](const SearchStatus& status) {
    if (before) before(status);
    write(detail::json_of(status));
  };
}

NASNET_BODY void SearchEvents::report(const Progress& progress) {
  const bool begins = progress.seconds < output_->reported_seconds;
  const bool is_due = progress.done == progress.total || progress.seconds >= output_->reported_seconds + 1;
  if (!begins && !is_due) return;
  output_->reported_seconds = progress.seconds;
  write({{"event", "progress"},
         {"task", progress.task},
         {"done", progress.done},
         {"total", progress.total},
         {"seconds", progress.seconds},
         {"seconds_left", (std::max)(0.0, seconds_left(progress))}});
}

NASNET_BODY void SearchEvents::write(const nlohmann::ordered_json& event) {
  const std::lock_guard lock(output_->mutex);
  output_->stream << detail::one_line(event) << '\n' << std::flush;
}

}  // namespace nasnet::inline NASNET_ABI
