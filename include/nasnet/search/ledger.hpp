/// The books of a search: who is asked and told when, what counts as a trial, what is written down.
#pragma once

#include <cstddef>        // size_t
#include <cstdint>        // int64_t, uint64_t
#include <deque>          // deque
#include <filesystem>     // path
#include <functional>     // function
#include <map>            // map
#include <optional>       // nullopt, optional
#include <string>         // string
#include <string_view>    // string_view
#include <unordered_map>  // unordered_map
#include <utility>        // move
#include <vector>         // vector

#include "nasnet/core/error.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/journal/journal.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/constraint.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// What happens to a proposal whose canonical form was tried before, with the same budget and repeat.
enum class Duplicates {
  skip,      ///< it is told as a duplicate and does not count
  evaluate,  ///< it is a trial like any other
};

/// Memory for the trials of a search, and what each is predicted to need.
struct TrialMemory {
  std::function<std::int64_t(const Architecture&)> predicted_bytes{};
  std::int64_t limit = 0;  ///< bytes, for all trials that run together
};

/// Decides whether a proposal may become a trial.
class ProposalJudge {
 public:
  /// @param ops of the space, with their expansions
  /// @param counted nothing is counted without it
  /// @param memory nothing is predicted without it
  /// @throws ArgumentError for limits without a network to count, and a rule without a function.
  ProposalJudge(AnySpace space, OpTable ops, std::optional<CountedNetwork> counted = {}, Limits limits = {},
                std::vector<ArchitectureRule> rules = {}, std::optional<TrialMemory> memory = {})
      : space_(std::move(space)),
        ops_(std::move(ops)),
        counted_(std::move(counted)),
        limits_(limits),
        rules_(std::move(rules)),
        memory_(std::move(memory)) {
    for (const ArchitectureRule& rule : rules_) {
      if (!rule.reason_against) fail<ArgumentError>("search: the rule '", rule.name, "' has no function");
    }
    if (!counted_ && !limits_.limit_nothing()) {
      fail<ArgumentError>(
          "search: limits on parameters or multiply-adds need to know the network; name it in the options");
    }
  }

  [[nodiscard]] const AnySpace& space() const { return space_; }
  [[nodiscard]] const std::optional<CountedNetwork>& counted() const { return counted_; }
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] const std::vector<ArchitectureRule>& rules() const { return rules_; }

  /// Fills in the hash and the costs, and rejects what the space does not have, the rules or limits do not allow or the
  /// memory does not hold.
  /// @throws GenotypeError for an architecture that breaks a rule of structure, ShapeError where the image is too
  /// small.
  void judge(Trial& trial) const {
    trial.hash = space_.canonical_hash(trial.architecture);
    std::optional<std::string> reason = space_.reason_against(trial.architecture);
    if (!reason && counted_) reason = count(trial);
    if (!reason && memory_) reason = predict(trial);
    for (const ArchitectureRule& rule : rules_) {
      if (!reason) reason = rule.reason_against(trial.architecture);
    }
    if (!reason) return;
    trial.state = TrialState::rejected;
    trial.message = *reason;
  }

 private:
  [[nodiscard]] std::optional<std::string> count(Trial& trial) const {
    const NetworkGraph graph = build_network(trial.architecture, ops_, counted_->network);
    trial.parameters = parameter_count(graph);
    trial.multiply_adds = multiply_adds(graph, counted_->image);
    return reason_against(graph, counted_->image, limits_);
  }

  [[nodiscard]] std::optional<std::string> predict(Trial& trial) const {
    trial.bytes = memory_->predicted_bytes(trial.architecture);
    return detail::reason_above(*trial.bytes, "bytes of memory", memory_->limit);
  }

  AnySpace space_;
  OpTable ops_;
  std::optional<CountedNetwork> counted_;
  Limits limits_;
  std::vector<ArchitectureRule> rules_;
  std::optional<TrialMemory> memory_;
};

/// What a ledger calls of a strategy.
struct StrategyCalls {
  std::function<Answer()> ask;
  std::function<void(const Trial&)> tell;
  std::function<void(const Trial&)> inform{};  ///< empty where it takes no results of others
};

/// When a search ends, and what it does with what was proposed before.
struct LedgerOptions {
  std::int64_t trials = 0;  ///< wanted in all
  Duplicates duplicates = Duplicates::skip;
  std::int64_t max_skipped = 1000;               ///< see SearchOptions
  std::int64_t ordered = 0;                      ///< trials in flight of an ordered search, see SearchOptions; 0: none
  std::function<void(const Trial&)> observer{};  ///< called with each trial and skipped proposal when it is recorded
};

/// Keeps a search in order: asks the strategy, numbers the proposals, skips and rejects, writes the journal before it
/// tells.
///
/// All events happen in one order, which the journal records. Who runs the trials, and where, is not its concern. Calls
/// must not overlap.
///
/// In an ordered search of K trials in flight, results are recorded when they come, and told when a proposal is due to
/// know them: those of trials 0 to n - K, in this order, right before the proposal of trial n. Where the strategy
/// waits, it is told the next one and asked again. So what it is asked and told, and in which order, does not depend on
/// when results come, and replaying a journal needs no more than to ask for the same trials.
class SearchLedger {
 public:
  /// @param journal may be null
  SearchLedger(StrategyCalls strategy, ProposalJudge judge, LedgerOptions options, JournalWriter* journal = nullptr)
      : strategy_(std::move(strategy)), judge_(std::move(judge)), options_(std::move(options)), journal_(journal) {}

  /// Does again what a journal says happened next: asks and tells the strategy in the same order.
  /// @param record as detail::JournalReader passes it on
  /// @param path of the journal
  /// @throws IoError naming the line where the strategy does not repeat itself.
  void replay(JournalRecord record, const std::filesystem::path& path) {
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

  /// After the last record: trials that were running are handed out anew by `next`.
  void end_replay() {
    for (const auto& [number, trial] : running_) {
      if (number < options_.trials) interrupted_.push_back(number);
    }
  }

  /// Has this evaluated before the strategy is asked again; the strategy is informed of its result. What a journal says
  /// was enqueued before is not enqueued again.
  /// @throws ArgumentError for what the space does not have, IoError where the journal cannot be written.
  void enqueue(const Proposal& proposal) {
    Trial trial = trial_of(proposal);
    require_in_space(trial, "an enqueued architecture");
    trial.hash = judge_.space().canonical_hash(trial.architecture);
    give(JournalEvent::enqueued, trial);
  }

  /// Informs the strategy of a result of another search. It is no trial of this one, and no duplicate of its trials.
  /// What a journal says was told before is not told again.
  /// @throws ArgumentError for what the space does not have and for a trial that is not done, IoError where the journal
  /// cannot be written, and what the strategy throws.
  void inform(const Trial& other) {
    if (other.state != TrialState::done) fail<ArgumentError>("search: a result to begin with is not done");
    Trial trial = trial_of({other.architecture, other.budget, other.repeat});
    require_in_space(trial, "the architecture of a result to begin with");
    trial.hash = judge_.space().canonical_hash(trial.architecture);
    trial.evaluation = other.evaluation;
    trial.parameters = other.parameters;
    trial.multiply_adds = other.multiply_adds;
    give(JournalEvent::known, trial);
  }

  /// The next trial to run: one that was interrupted, one that was enqueued, or what the strategy proposes. Nothing
  /// where all have been handed out, where nothing new is left, where the strategy waits for results (see is_waiting),
  /// and when `should_stop()`.
  /// @throws ArgumentError where the strategy waits although no trial is running, IoError where the journal cannot be
  /// written, and what the strategy throws.
  [[nodiscard]] std::optional<Trial> next(int worker, const std::function<bool()>& should_stop) {
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
      Trial trial = judged(trial_of_user ? *std::move(trial_of_user) : trial_of(answer.proposal()));
      if (trial.state == TrialState::done) return start(std::move(trial), worker);
      skip(trial);
    }
    return std::nullopt;
  }

  /// Tells the strategy, at the end of an ordered search, the results that no proposal was due to know. Not to be
  /// followed by `next`.
  /// @throws what the strategy throws.
  void tell_rest() {
    if (options_.ordered == 0) return;
    for (auto rest = ended_.lower_bound(told_); rest != ended_.end(); ++rest) tell(rest->second);
  }

  /// Whether `next` gave nothing because the strategy needs to be told more.
  [[nodiscard]] bool is_waiting() const { return is_waiting_; }

  /// Whether the trials wanted have all been recorded.
  [[nodiscard]] bool is_complete() const { return ended() >= options_.trials; }

  /// Trials recorded, done and failed.
  [[nodiscard]] std::int64_t ended() const { return static_cast<std::int64_t>(ended_.size()); }

  /// Trials handed out and not recorded.
  [[nodiscard]] std::int64_t running() const { return static_cast<std::int64_t>(running_.size()); }

  /// Of the trials recorded, those failed.
  [[nodiscard]] std::int64_t failed() const { return failed_; }

  /// The best so far, as History::best_standing; nullptr where no trial is done.
  [[nodiscard]] const Standing* best() const { return standings_.best(); }

  /// Wall-clock seconds of all trials recorded, one after the other.
  [[nodiscard]] double seconds() const { return seconds_; }

  /// Takes in what came of a trial.
  /// @throws IoError where the journal cannot be written (the strategy is then not told), and what the strategy throws.
  void record(const Trial& trial) {
    write(trial.state == TrialState::done ? JournalEvent::finished : JournalEvent::failed, trial);
    end(trial);
    observe(trial);
  }

  /// Gives away the trials by number, and skipped proposals and what the strategy was informed of in order. Nothing but
  /// counts may be asked for afterwards.
  void hand_over(History& history) {
    history.known = std::move(known_);
    history.trials.reserve(ended_.size());
    for (auto& [number, trial] : ended_) history.trials.push_back(std::move(trial));
    history.skipped = std::move(skipped_);
    history.exhausted = exhausted_;
  }

 private:
  /// Takes in what the user gives, and writes it down, unless it was given before.
  void give(JournalEvent event, const Trial& trial) {
    const std::string line = detail::one_line(detail::record_json(event, trial));
    if (const auto replayed = given_before_.find(line); replayed != given_before_.end() && replayed->second > 0) {
      --replayed->second;
      return;
    }
    if (journal_ != nullptr) journal_->write_line(line);
    take_in(event, trial);
  }

  [[nodiscard]] static Trial trial_of(const Proposal& proposal) {
    Trial trial;
    trial.architecture = proposal.architecture;
    trial.budget = proposal.budget;
    trial.repeat = proposal.repeat;
    return trial;
  }

  [[nodiscard]] std::optional<Trial> take_enqueued() {
    if (enqueued_.empty()) return std::nullopt;
    Trial trial = trial_of(enqueued_.front());
    trial.enqueued = true;
    enqueued_.pop_front();
    return trial;
  }

  void require_in_space(const Trial& trial, std::string_view what) const {
    require_in_range(trial);
    if (const auto reason = judge_.space().reason_against(trial.architecture)) {
      fail<ArgumentError>("search: ", what, " is not of the space: ", *reason);
    }
  }

  [[nodiscard]] Trial judged(Trial trial) {
    trial.proposal = proposals_;
    require_in_range(trial);
    judge_.judge(trial);
    if (trial.state == TrialState::rejected || options_.duplicates == Duplicates::evaluate) return trial;
    if (const auto first = first_trial_.find(key_of(trial)); first != first_trial_.end()) {
      trial.state = TrialState::duplicate;
      trial.duplicate_of = first->second;
    }
    return trial;
  }

  static void require_in_range(const Trial& trial) {
    if (trial.budget && *trial.budget < 1) {
      fail<ArgumentError>("search: the strategy proposes a budget of ", *trial.budget, ", 1 or more are wanted");
    }
    if (trial.repeat < 0) {
      fail<ArgumentError>("search: the strategy proposes repeat ", trial.repeat, ", 0 or more are wanted");
    }
  }

  /// Equal for trials that are duplicates.
  [[nodiscard]] static std::uint64_t key_of(const Trial& trial) {
    if (!trial.budget && trial.repeat == 0) return trial.hash;
    return text_hash(join(trial.hash, ' ', trial.budget.value_or(0), ' ', trial.repeat));
  }

  [[nodiscard]] std::optional<Trial> start(Trial trial, int worker) {
    trial.number = started_;
    trial.worker = worker;
    write(JournalEvent::started, trial);
    accept(trial);
    return trial;
  }

  [[nodiscard]] std::optional<Trial> restart(std::int64_t number, int worker) {
    Trial trial = running_.at(number);
    trial.worker = worker;
    ++trial.attempt;
    write(JournalEvent::started, trial);
    running_[number] = trial;
    return trial;
  }

  void skip(const Trial& trial) {
    write(trial.state == TrialState::rejected ? JournalEvent::rejected : JournalEvent::duplicate, trial);
    pass_over(trial);
    observe(trial);
  }

  [[nodiscard]] std::optional<Trial> exhaust() {
    write(JournalEvent::exhausted, {});
    exhausted_ = true;
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Trial> wait() {
    if (running_.empty()) {
      fail<ArgumentError>("search: the strategy waits for results, but no trial is running: it was told of all ",
                          ended_.size(), " trials");
    }
    is_waiting_ = true;
    return std::nullopt;
  }

  // What follows changes the books alone, and is the same live and in replay.

  void accept(Trial trial) {
    ++proposals_;
    ++started_;
    skipped_in_a_row_ = 0;
    first_trial_.emplace(key_of(trial), trial.number);
    const std::int64_t number = trial.number;
    running_.emplace(number, std::move(trial));
  }

  void pass_over(Trial trial) {
    ++proposals_;
    const Trial& kept = skipped_.emplace_back(std::move(trial));
    if (kept.enqueued) return;
    ++skipped_in_a_row_;
    strategy_.tell(kept);
  }

  void take_in(JournalEvent event, const Trial& trial) {
    if (event == JournalEvent::enqueued) {
      enqueued_.push_back({trial.architecture, trial.budget, trial.repeat});
      return;
    }
    known_.push_back(trial);
    if (strategy_.inform) strategy_.inform(trial);
  }

  void end(Trial ended) {
    const std::int64_t number = ended.number;
    running_.erase(number);
    const Trial& trial = ended_.emplace(number, std::move(ended)).first->second;
    standings_.add(trial);
    seconds_ += trial.seconds;
    if (trial.state == TrialState::failed) ++failed_;
    if (options_.ordered == 0) tell(trial);
  }

  void tell(const Trial& trial) {
    skipped_in_a_row_ = 0;
    if (!trial.enqueued) return strategy_.tell(trial);
    if (trial.state == TrialState::done && strategy_.inform) strategy_.inform(trial);
  }

  /// In an ordered search, tells the results that the next trial's proposal is due to know. False where one of them has
  /// not come yet.
  [[nodiscard]] bool tell_due() {
    if (options_.ordered == 0) return true;
    while (told_ <= started_ - options_.ordered) {
      if (!tell_next()) return false;
    }
    return true;
  }

  /// In an ordered search, tells the next result in the order of trials, if it has come.
  [[nodiscard]] bool tell_next() {
    if (options_.ordered == 0) return false;
    const auto next = ended_.find(told_);
    if (next == ended_.end()) return false;
    ++told_;
    tell(next->second);
    return true;
  }

  /// Whether the strategy may be asked: not after too many proposals that were skipped, until it is told another
  /// result.
  [[nodiscard]] bool may_ask() { return skipped_in_a_row_ < options_.max_skipped || tell_next(); }

  /// Asks the strategy; in an ordered search again after each result for which it waits, as long as they have come.
  [[nodiscard]] Answer ask() {
    Answer answer = strategy_.ask();
    while (answer.is_waiting() && tell_next()) answer = strategy_.ask();
    return answer;
  }

  void replay_start(JournalRecord record, const std::filesystem::path& path) {
    const std::int64_t number = record.trial.number;
    if (number < started_) return detail::take_over_run(running_.at(number), std::move(record.trial));
    replay_ask(record, path);
    accept(std::move(record.trial));
  }

  void replay_end(Trial line) {
    Trial trial = std::move(running_.at(line.number));
    detail::take_over_run(trial, std::move(line));
    end(std::move(trial));
  }

  void replay_ask(const JournalRecord& record, const std::filesystem::path& path) {
    if (!tell_due()) {
      fail<IoError>('\'', path.string(), "', line ", record.line, ": proposal ", record.trial.proposal,
                    " comes before the result of trial ", told_, ", which it is to know: the search is ordered, ",
                    options_.ordered, " trials in flight");
    }
    const auto is_recorded = [&trial = record.trial](const Proposal& proposal) {
      return proposal.architecture == trial.architecture && proposal.budget == trial.budget &&
             proposal.repeat == trial.repeat;
    };
    if (record.trial.enqueued) {
      if (!enqueued_.empty() && is_recorded(enqueued_.front())) return enqueued_.pop_front();
      fail<IoError>('\'', path.string(), "', line ", record.line, ": this architecture was not enqueued before");
    }
    static_cast<void>(may_ask());  // in an ordered search it may have been told a result
    const Answer answer = ask();
    if (answer.has_proposal() && is_recorded(answer.proposal())) return;
    fail<IoError>('\'', path.string(), "', line ", record.line,
                  ": the strategy does not propose this architecture as "
                  "proposal ",
                  record.trial.proposal, ": the journal is of another strategy or version of the library");
  }

  void write(JournalEvent event, const Trial& trial) {
    if (journal_ != nullptr) journal_->write(event, trial);
  }

  void observe(const Trial& trial) const {
    if (options_.observer) options_.observer(trial);
  }

  StrategyCalls strategy_;
  ProposalJudge judge_;
  LedgerOptions options_;
  JournalWriter* journal_;

  std::int64_t proposals_ = 0;
  std::int64_t started_ = 0;
  std::int64_t skipped_in_a_row_ = 0;
  std::unordered_map<std::uint64_t, std::int64_t> first_trial_;  // of equal ones, by their key
  std::map<std::int64_t, Trial> running_;
  std::map<std::int64_t, Trial> ended_;
  std::vector<Trial> skipped_;
  std::vector<Trial> known_;
  std::deque<Proposal> enqueued_;                               // not handed out yet
  std::unordered_map<std::string, std::int64_t> given_before_;  // lines that this run has not given again
  std::vector<std::int64_t> interrupted_;                       // running when the journal ended
  std::size_t next_interrupted_ = 0;
  std::int64_t told_ = 0;  // of an ordered search: all trials below have been told
  std::int64_t failed_ = 0;
  Standings standings_;  // of the trials in ended_
  double seconds_ = 0;
  bool exhausted_ = false;
  bool is_waiting_ = false;
};

}  // namespace nasnet::inline NASNET_ABI
