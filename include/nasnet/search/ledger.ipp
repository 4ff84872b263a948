#pragma once

#include "nasnet/search/ledger.hpp"

#include <cstdint>      // int64_t, uint64_t
#include <functional>   // function
#include <optional>     // nullopt, optional
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/journal/journal_reader.hpp"
#include "nasnet/journal/journal_record.hpp"
#include "nasnet/journal/journal_writer.hpp"
#include "nasnet/journal/record_json.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void SearchLedger::replay(JournalRecord record, const std::string& path) {
  switch (record.event) {
    case JournalEvent::started: replay_start(std::move(record), path); break;
    case JournalEvent::finished:
    case JournalEvent::failed: replay_end(std::move(record.trial)); break;
    case JournalEvent::duplicate:
    case JournalEvent::rejected:
      replay_ask(record, path);
      pass_over(std::move(record.trial));
      break;
    case JournalEvent::exhausted: exhausted_ = true; break;
    case JournalEvent::enqueued:
    case JournalEvent::known:
      ++given_before_[detail::one_line(detail::record_json(record.event, record.trial))];
      take_in(record.event, record.trial);
      break;
  }
}

NASNET_BODY void SearchLedger::end_replay() {
  for (const auto& [number, trial] : running_) {
    if (number < options_.trials) interrupted_.push_back(number);
  }
}

NASNET_BODY void SearchLedger::enqueue(const Proposal& proposal) {
  Trial trial = trial_of(proposal);
  require_in_space(trial, "an enqueued architecture");
  trial.hash = judge_.space().canonical_hash(trial.architecture);
  give(JournalEvent::enqueued, trial);
}

NASNET_BODY void SearchLedger::inform(const Trial& other) {
  if (other.state != TrialState::done) fail<ArgumentError>("search: a result to begin with is not done");
  Trial trial = trial_of({other.architecture, other.budget, other.repeat});
  require_in_space(trial, "the architecture of a result to begin with");
  trial.hash = judge_.space().canonical_hash(trial.architecture);
  trial.evaluation = other.evaluation;
  trial.parameters = other.parameters;
  trial.multiply_adds = other.multiply_adds;
  give(JournalEvent::known, trial);
}

NASNET_BODY std::optional<StartedTrial> SearchLedger::next(int worker, const std::function<bool()>& should_stop) {
  is_waiting_ = false;
  if (should_stop()) return std::nullopt;
  if (next_interrupted_ < interrupted_.size()) return restart(interrupted_[next_interrupted_++], worker);
  while (started_ < options_.trials && !(exhausted_ && enqueued_.empty()) && !should_stop()) {
    if (!tell_due()) return wait();
    std::optional<Trial> trial_of_user = take_enqueued();
    if (!trial_of_user && !may_ask()) return running_.empty() ? exhaust() : wait();
    const Answer answer = trial_of_user ? Answer::waiting() : ask();
    if (!trial_of_user && !answer.has_proposal()) {
      if (answer.is_exhausted()) return exhaust();
      return wait();
    }
    StartedTrial judgement = judged(trial_of_user ? *std::move(trial_of_user) : trial_of(answer.proposal()));
    if (judgement.trial.state == TrialState::done) return start(std::move(judgement), worker);
    skip(judgement.trial);
  }
  return std::nullopt;
}

NASNET_BODY void SearchLedger::tell_rest() {
  if (options_.ordered == 0) return;
  for (auto rest = ended_.lower_bound(told_); rest != ended_.end(); ++rest) tell(rest->second);
}

NASNET_BODY void SearchLedger::record(const Trial& trial) {
  write(trial.state == TrialState::done ? JournalEvent::finished : JournalEvent::failed, trial);
  end(trial);
  observe(trial);
}

NASNET_BODY void SearchLedger::hand_over(History& history) {
  history.known = std::move(known_);
  history.trials.reserve(ended_.size());
  for (auto& [number, trial] : ended_) history.trials.push_back(std::move(trial));
  history.skipped = std::move(skipped_);
  history.exhausted = exhausted_;
}

NASNET_BODY void SearchLedger::give(JournalEvent event, const Trial& trial) {
  const std::string line = detail::one_line(detail::record_json(event, trial));
  if (const auto replayed = given_before_.find(line); replayed != given_before_.end() && replayed->second > 0) {
    --replayed->second;
    return;
  }
  if (journal_ != nullptr) journal_->write_line(line);
  take_in(event, trial);
}

NASNET_BODY Trial SearchLedger::trial_of(const Proposal& proposal) {
  Trial trial;
  trial.architecture = proposal.architecture;
  trial.budget = proposal.budget;
  trial.repeat = proposal.repeat;
  return trial;
}

NASNET_BODY std::optional<Trial> SearchLedger::take_enqueued() {
  if (enqueued_.empty()) return std::nullopt;
  Trial trial = trial_of(enqueued_.front());
  trial.enqueued = true;
  enqueued_.pop_front();
  return trial;
}

NASNET_BODY void SearchLedger::require_in_space(const Trial& trial, std::string_view what) const {
  require_in_range(trial);
  if (const auto reason = judge_.space().reason_against(trial.architecture)) {
    fail<ArgumentError>("search: ", what, " is not of the space: ", *reason);
  }
}

NASNET_BODY StartedTrial SearchLedger::judged(Trial trial) {
  trial.proposal = proposals_;
  require_in_range(trial);
  Candidate candidate = judge_.judge(trial);
  if (trial.state != TrialState::rejected && options_.duplicates == Duplicates::skip) {
    if (const auto first = first_trial_.find(key_of(trial)); first != first_trial_.end()) {
      trial.state = TrialState::duplicate;
      trial.duplicate_of = first->second;
    }
  }
  return {std::move(trial), std::move(candidate)};
}

NASNET_BODY void SearchLedger::require_in_range(const Trial& trial) {
  if (trial.budget && *trial.budget < 1) {
    fail<ArgumentError>("search: the strategy proposes a budget of ", *trial.budget, ", 1 or more are wanted");
  }
  if (trial.repeat < 0) {
    fail<ArgumentError>("search: the strategy proposes repeat ", trial.repeat, ", 0 or more are wanted");
  }
}

NASNET_BODY std::uint64_t SearchLedger::key_of(const Trial& trial) {
  if (!trial.budget && trial.repeat == 0) return trial.hash;
  return text_hash(join(trial.hash, ' ', trial.budget.value_or(0), ' ', trial.repeat));
}

NASNET_BODY StartedTrial SearchLedger::start(StartedTrial started, int worker) {
  started.trial.number = started_;
  started.trial.worker = worker;
  write(JournalEvent::started, started.trial);
  accept(started.trial);
  return started;
}

NASNET_BODY StartedTrial SearchLedger::restart(std::int64_t number, int worker) {
  Trial trial = running_.at(number);
  trial.worker = worker;
  ++trial.attempt;
  write(JournalEvent::started, trial);
  running_[number] = trial;
  Candidate candidate(trial.architecture, judge_.space().ops());
  return {std::move(trial), std::move(candidate)};
}

NASNET_BODY void SearchLedger::skip(const Trial& trial) {
  write(trial.state == TrialState::rejected ? JournalEvent::rejected : JournalEvent::duplicate, trial);
  pass_over(trial);
  observe(trial);
}

NASNET_BODY std::optional<StartedTrial> SearchLedger::exhaust() {
  write(JournalEvent::exhausted, {});
  exhausted_ = true;
  return std::nullopt;
}

NASNET_BODY std::optional<StartedTrial> SearchLedger::wait() {
  if (running_.empty()) {
    fail<ArgumentError>("search: the strategy waits for results, but no trial is running: it was told of all ",
                        ended_.size(), " trials");
  }
  is_waiting_ = true;
  return std::nullopt;
}

NASNET_BODY void SearchLedger::accept(Trial trial) {
  ++proposals_;
  ++started_;
  skipped_in_a_row_ = 0;
  first_trial_.emplace(key_of(trial), trial.number);
  const std::int64_t number = trial.number;
  running_.emplace(number, std::move(trial));
}

NASNET_BODY void SearchLedger::pass_over(Trial trial) {
  ++proposals_;
  const Trial& kept = skipped_.emplace_back(std::move(trial));
  if (kept.enqueued) return;
  ++skipped_in_a_row_;
  strategy_.tell(kept);
}

NASNET_BODY void SearchLedger::take_in(JournalEvent event, const Trial& trial) {
  if (event == JournalEvent::enqueued) {
    enqueued_.push_back({trial.architecture, trial.budget, trial.repeat});
    return;
  }
  known_.push_back(trial);
  strategy_.inform(trial);
}

NASNET_BODY void SearchLedger::end(Trial ended) {
  const std::int64_t number = ended.number;
  running_.erase(number);
  const Trial& trial = ended_.emplace(number, std::move(ended)).first->second;
  ranking_.add(trial);
  seconds_ += trial.seconds;
  if (trial.state == TrialState::failed) ++failed_;
  if (options_.ordered == 0) tell(trial);
}

NASNET_BODY void SearchLedger::tell(const Trial& trial) {
  skipped_in_a_row_ = 0;
  if (!trial.enqueued) return strategy_.tell(trial);
  if (trial.state == TrialState::done) strategy_.inform(trial);
}

NASNET_BODY bool SearchLedger::tell_due() {
  if (options_.ordered == 0) return true;
  while (told_ <= started_ - options_.ordered) {
    if (!tell_next()) return false;
  }
  return true;
}

NASNET_BODY bool SearchLedger::tell_next() {
  if (options_.ordered == 0) return false;
  const auto next = ended_.find(told_);
  if (next == ended_.end()) return false;
  ++told_;
  tell(next->second);
  return true;
}

NASNET_BODY Answer SearchLedger::ask() {
  Answer answer = strategy_.ask();
  while (answer.is_waiting() && tell_next()) answer = strategy_.ask();
  return answer;
}

NASNET_BODY void SearchLedger::replay_start(JournalRecord record, const std::string& path) {
  const std::int64_t number = record.trial.number;
  if (number < started_) return detail::take_over_run(running_.at(number), std::move(record.trial));
  replay_ask(record, path);
  accept(std::move(record.trial));
}

NASNET_BODY void SearchLedger::replay_end(Trial line) {
  Trial trial = std::move(running_.at(line.number));
  detail::take_over_run(trial, std::move(line));
  end(std::move(trial));
}

NASNET_BODY void SearchLedger::replay_ask(const JournalRecord& record, const std::string& path) {
  if (!tell_due()) {
    fail<IoError>('\'', path, "', line ", record.line, ": proposal ", record.trial.proposal,
                  " comes before the result of trial ", told_, ", which it is to know: the search is ordered, ",
                  options_.ordered, " trials in flight");
  }
  const auto is_recorded = [&trial = record.trial](const Proposal& proposal) {
    return proposal.architecture == trial.architecture && proposal.budget == trial.budget &&
           proposal.repeat == trial.repeat;
  };
  if (record.trial.enqueued) {
    if (!enqueued_.empty() && is_recorded(enqueued_.front())) return enqueued_.pop_front();
    fail<IoError>('\'', path, "', line ", record.line, ": this architecture was not enqueued before");
  }
  static_cast<void>(may_ask());  // in an ordered search it may have been told a result
  const Answer answer = ask();
  if (answer.has_proposal() && is_recorded(answer.proposal())) return;
  fail<IoError>('\'', path, "', line ", record.line,
                ": the strategy does not propose this architecture as "
                "proposal ",
                record.trial.proposal, ": the journal is of another strategy or version of the library");
}

NASNET_BODY void SearchLedger::write(JournalEvent event, const Trial& trial) {
  if (journal_ != nullptr) journal_->write(event, trial);
}

NASNET_BODY void SearchLedger::observe(const Trial& trial) const {
  if (options_.observer) options_.observer(trial);
}

}  // namespace nasnet::inline NASNET_ABI
