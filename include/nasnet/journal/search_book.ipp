#pragma once

#include "nasnet/journal/search_book.hpp"

#include <cstdint>  // int64_t
#include <utility>  // move

#include "nasnet/journal/journal_record.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Adds to a trial that has started what its end, or a further start, says of it.
NASNET_LAZY inline void take_over_outcome(Trial& trial, Trial outcome) {
  trial.attempt = outcome.attempt;
  trial.worker = outcome.worker;
  trial.seconds = outcome.seconds;
  trial.state = outcome.state;
  trial.evaluation = std::move(outcome.evaluation);
  trial.failure = outcome.failure;
  trial.message = std::move(outcome.message);
}

NASNET_BODY const Trial& SearchBook::take(JournalEvent event, Trial trial) {
  switch (event) {
    case JournalEvent::started: return start(std::move(trial));
    case JournalEvent::finished:
    case JournalEvent::failed: return end(std::move(trial));
    case JournalEvent::duplicate:
    case JournalEvent::rejected: ++proposals_; return skipped_.emplace_back(std::move(trial));
    case JournalEvent::known: return known_.emplace_back(std::move(trial));
    case JournalEvent::exhausted: is_exhausted_ = true; break;
    case JournalEvent::enqueued: break;
  }
  return passing_ = std::move(trial);
}

NASNET_BODY const Trial& SearchBook::start(Trial trial) {
  const std::int64_t number = trial.number;
  if (number < started_) {
    Trial& running = running_.at(number);
    take_over_outcome(running, std::move(trial));
    return running;
  }
  ++proposals_;
  ++started_;
  return running_.emplace(number, std::move(trial)).first->second;
}

NASNET_BODY const Trial& SearchBook::end(Trial trial) {
  auto running = running_.extract(trial.number);
  take_over_outcome(running.mapped(), std::move(trial));
  return ended_.insert(std::move(running)).position->second;
}

NASNET_BODY void SearchBook::hand_over(History& history) {
  history.trials.reserve(ended_.size());
  for (auto& [number, trial] : ended_) history.trials.push_back(std::move(trial));
  history.skipped = std::move(skipped_);
  history.known = std::move(known_);
  history.exhausted = is_exhausted_;
}

}  // namespace nasnet::inline NASNET_ABI::detail
