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
    case JournalEvent::failed: end(std::move(record.trial)); break;
    case JournalEvent::duplicate:
    case JournalEvent::rejected:
      replay_ask(record, path);
      pass_over(std::move(record.trial));
      break;
    case JournalEvent::exhausted: book_.take(record.event, {}); break;
    case JournalEvent::enqueued:
    case JournalEvent::known:
      ++given_before_[detail::one_line(detail::record_json(record.event, record.trial))];
      take_in(record.event, record.trial);
      break;
  }
}

NASNET_BODY void SearchLedger::end_replay() {
  for (const auto& [number, trial] : book_.running()) {
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
  while (book_.started() < options_.trials && !(book_.is_exhausted() && enqueued_.empty()) && !should_stop()) {
    if (!tell_due()) return wait();
    std::optional<Trial> trial_of_user = take_enqueued();
    if (!trial_of_user && !may_ask()) return book_.running().empty() ? exhaust() : wait();
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
  for (auto rest = book_.ended().lower_bound(told_); rest != book_.ended().end(); ++rest) tell(rest->second);
}

NASNET_BODY void SearchLedger::record(const Trial& trial) {
  write(detail::event_of(trial.state), trial);
  end(trial);
  observe(trial);
}

NASNET_BODY void SearchLedger::hand_over(History& history) { book_.hand_over(history); }

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
  trial.proposal = book_.proposals();
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
  started.trial.number = book_.started();
  started.trial.worker = worker;
  write(JournalEvent::started, started.trial);
  accept(started.trial);
  return started;
}

NASNET_BODY StartedTrial SearchLedger::restart(std::int64_t number, int worker) {
  Trial trial = book_.running().at(number);
  trial.worker = worker;
  ++trial.attempt;
  write(JournalEvent::started, trial);
  book_.take(JournalEvent::started, trial);
  Candidate candidate(trial.architecture, judge_.space().ops());
  return {std::move(trial), std::move(candidate)};
}

NASNET_BODY void SearchLedger::skip(const Trial& trial) {
  write(detail::event_of(trial.state), trial);
  pass_over(trial);
  observe(trial);
}

NASNET_BODY std::optional<StartedTrial> SearchLedger::exhaust() {
  write(JournalEvent::exhausted, {});
  book_.take(JournalEvent::exhausted, {});
  return std::nullopt;
}

NASNET_BODY std::optional<StartedTrial> SearchLedger::wait() {
  if (book_.running().empty()) {
    fail<ArgumentError>("search: the strategy waits for results, but no trial is running: it was told of all ", ended(),
                        " trials");
  }
  is_waiting_ = true;
  return std::nullopt;
}

NASNET_BODY void SearchLedger::accept(Trial trial) {
  skipped_in_a_row_ = 0;
  first_trial_.emplace(key_of(trial), trial.number);
  book_.take(JournalEvent::started, std::move(trial));
}

NASNET_BODY void SearchLedger::pass_over(Trial trial) {
  const JournalEvent event = detail::event_of(trial.state);
  const Trial& kept = book_.take(event, std::move(trial));
  if (kept.enqueued) return;
  ++skipped_in_a_row_;
  strategy_.tell(kept);
}

NASNET_BODY void SearchLedger::take_in(JournalEvent event, const Trial& trial) {
  if (event == JournalEvent::enqueued) {
    enqueued_.push_back({trial.architecture, trial.budget, trial.repeat});
    return;
  }
  strategy_.inform(book_.take(event, trial));
}

NASNET_BODY void SearchLedger::end(Trial ended) {
  const JournalEvent event = detail::event_of(ended.state);
  const Trial& trial = book_.take(event, std::move(ended));
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
  while (told_ <= book_.started() - options_.ordered) {
    if (!tell_next()) return false;
  }
  return true;
}

NASNET_BODY bool SearchLedger::tell_next() {
  if (options_.ordered == 0) return false;
  const auto next = book_.ended().find(told_);
  if (next == book_.ended().end()) return false;
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
  if (record.trial.number < book_.started()) {
    book_.take(record.event, std::move(record.trial));
    return;
  }
  replay_ask(record, path);
  accept(std::move(record.trial));
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

NASNET_BODY SearchLedger::SearchLedger(AnyStrategy strategy, ProposalJudge judge, LedgerOptions options,
                                       JournalWriter* journal)
    : strategy_(std::move(strategy)), judge_(std::move(judge)), options_(std::move(options)), journal_(journal) {}

NASNET_BODY bool SearchLedger::is_complete() const { return ended() >= options_.trials; }

NASNET_BODY std::int64_t SearchLedger::ended() const { return static_cast<std::int64_t>(book_.ended().size()); }

NASNET_BODY std::int64_t SearchLedger::running() const { return static_cast<std::int64_t>(book_.running().size()); }

NASNET_BODY const RankedResult* SearchLedger::best() const { return ranking_.best(); }

NASNET_BODY bool SearchLedger::may_ask() { return skipped_in_a_row_ < options_.max_skipped || tell_next(); }

}  // namespace nasnet::inline NASNET_ABI
