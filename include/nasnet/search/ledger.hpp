/// The books of a search: who is asked and told when, what counts as a trial, what is written down.
#pragma once

#include <cstddef>        // size_t
#include <cstdint>        // int64_t, uint64_t
#include <filesystem>     // path
#include <functional>     // function
#include <map>            // map
#include <optional>       // nullopt, optional
#include <string>         // string
#include <unordered_map>  // unordered_map
#include <utility>        // move
#include <vector>         // vector

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/search/journal.hpp"
#include "nasnet/search/strategy.hpp"
#include "nasnet/search/trial.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/constraint.hpp"

namespace nasnet::inline v0 {

/// What happens to a proposal whose canonical form was tried before, with the same budget and repeat.
enum class Duplicates {
  skip,      ///< it is told as a duplicate and does not count
  evaluate,  ///< it is a trial like any other
};

/// The network whose parameters and multiply-adds are counted for a proposal.
struct CountedNetwork {
  NetworkConfig network{};
  Size image{};  ///< pixels
};

/// Decides whether a proposal may become a trial.
class ProposalJudge {
 public:
  /// @param ops of the space, with their expansions
  /// @param counted nothing is counted without it
  /// @throws ArgumentError for limits without a network to count, and a rule without a function.
  ProposalJudge(AnySpace space, OpTable ops, std::optional<CountedNetwork> counted = {}, Limits limits = {},
                std::vector<ArchitectureRule> rules = {})
      : space_(std::move(space)),
        ops_(std::move(ops)),
        counted_(std::move(counted)),
        limits_(limits),
        rules_(std::move(rules)) {
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

  /// Fills in the hash and the costs, and rejects what the space does not have or the rules or limits do not allow.
  /// @throws GenotypeError for an architecture that breaks a rule of structure, ShapeError where the image is too
  /// small.
  void judge(Trial& trial) const {
    trial.hash = space_.canonical_hash(trial.architecture);
    std::optional<std::string> reason = space_.reason_against(trial.architecture);
    for (const ArchitectureRule& rule : rules_) {
      if (!reason) reason = rule.reason_against(trial.architecture);
    }
    if (!reason && counted_) reason = count(trial);
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

  AnySpace space_;
  OpTable ops_;
  std::optional<CountedNetwork> counted_;
  Limits limits_;
  std::vector<ArchitectureRule> rules_;
};

/// What a ledger calls of a strategy.
struct StrategyCalls {
  std::function<Answer()> ask;
  std::function<void(const Trial&)> tell;
};

/// When a search ends, and what it does with what was proposed before.
struct LedgerOptions {
  std::int64_t trials = 0;  ///< wanted in all
  Duplicates duplicates = Duplicates::skip;
  std::int64_t max_skipped = 1000;               ///< proposals skipped in a row before nothing new is expected
  std::function<void(const Trial&)> observer{};  ///< called with each trial and skipped proposal when it is recorded
};

/// Keeps a search in order: asks the strategy, numbers the proposals, skips and rejects, writes the journal before it
/// tells.
///
/// All events happen in one order, which the journal records. Who runs the trials, and where, is not its concern. Calls
/// must not overlap.
class SearchLedger {
 public:
  /// @param journal may be null
  SearchLedger(StrategyCalls strategy, ProposalJudge judge, LedgerOptions options, JournalWriter* journal = nullptr)
      : strategy_(std::move(strategy)), judge_(std::move(judge)), options_(std::move(options)), journal_(journal) {}

  /// Does again what a journal says happened: asks and tells the strategy in the same order. Trials that were running
  /// are handed out anew by `next`.
  /// @throws IoError naming the line where the strategy does not repeat itself.
  void replay(const std::vector<JournalRecord>& records, const std::filesystem::path& path) {
    for (const JournalRecord& record : records) replay(record, path);
    for (const auto& [number, trial] : running_) {
      if (number < options_.trials) interrupted_.push_back(number);
    }
  }

  /// The next trial to run. Nothing where all have been handed out, where nothing new is left, where the strategy waits
  /// for results (see is_waiting), and when `should_stop()`.
  /// @throws ArgumentError where the strategy waits although no trial is running, IoError where the journal cannot be
  /// written, and what the strategy throws.
  [[nodiscard]] std::optional<Trial> next(int worker, const std::function<bool()>& should_stop) {
    is_waiting_ = false;
    if (should_stop()) return std::nullopt;
    if (next_interrupted_ < interrupted_.size()) return restart(interrupted_[next_interrupted_++], worker);
    while (started_ < options_.trials && !exhausted_ && !should_stop()) {
      if (skipped_in_a_row_ >= options_.max_skipped) return exhaust();
      const Answer answer = strategy_.ask();
      if (!answer.has_proposal()) {
        if (answer.is_exhausted()) return exhaust();
        return wait();
      }
      Trial trial = judged(answer.proposal());
      if (trial.state == TrialState::done) return start(std::move(trial), worker);
      skip(trial);
    }
    return std::nullopt;
  }

  /// Whether `next` gave nothing because the strategy needs to be told more.
  [[nodiscard]] bool is_waiting() const { return is_waiting_; }

  /// Whether the trials wanted have all been recorded.
  [[nodiscard]] bool is_complete() const { return ended() >= options_.trials; }

  /// Trials recorded, done and failed.
  [[nodiscard]] std::int64_t ended() const { return static_cast<std::int64_t>(ended_.size()); }

  /// Of the trials recorded, those failed.
  [[nodiscard]] std::int64_t failed() const { return failed_; }

  /// The best trial recorded, as History::find_best.
  [[nodiscard]] const Trial* best() const { return best_ < 0 ? nullptr : &ended_.at(best_); }

  /// Wall-clock seconds of all trials recorded, one after the other.
  [[nodiscard]] double seconds() const { return seconds_; }

  /// Takes in what came of a trial.
  /// @throws IoError where the journal cannot be written (the strategy is then not told), and what the strategy throws.
  void record(const Trial& trial) {
    write(trial.state == TrialState::done ? JournalEvent::finished : JournalEvent::failed, trial);
    end(trial);
    observe(trial);
  }

  /// Trials by number, skipped proposals in order.
  void fill(History& history) const {
    for (const auto& [number, trial] : ended_) history.trials.push_back(trial);
    history.skipped = skipped_;
    history.exhausted = exhausted_;
  }

 private:
  [[nodiscard]] Trial judged(const Proposal& proposal) {
    Trial trial;
    trial.proposal = proposals_;
    trial.architecture = proposal.architecture;
    trial.budget = proposal.budget;
    trial.repeat = proposal.repeat;
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

  void accept(const Trial& trial) {
    ++proposals_;
    ++started_;
    skipped_in_a_row_ = 0;
    first_trial_.emplace(key_of(trial), trial.number);
    running_.emplace(trial.number, trial);
  }

  void pass_over(const Trial& trial) {
    ++proposals_;
    ++skipped_in_a_row_;
    skipped_.push_back(trial);
    strategy_.tell(trial);
  }

  void end(const Trial& trial) {
    running_.erase(trial.number);
    ended_.emplace(trial.number, trial);
    seconds_ += trial.seconds;
    if (trial.state == TrialState::failed) ++failed_;
    if (is_best(trial)) best_ = trial.number;
    strategy_.tell(trial);
  }

  [[nodiscard]] bool is_best(const Trial& trial) const {
    if (trial.state != TrialState::done || best_ < 0) return trial.state == TrialState::done;
    const double accuracy = trial.evaluation.validation_accuracy;
    const double most = best()->evaluation.validation_accuracy;
    return accuracy > most || (accuracy == most && trial.number < best_);
  }

  void replay(const JournalRecord& record, const std::filesystem::path& path) {
    switch (record.event) {
      case JournalEvent::started: replay_start(record, path); break;
      case JournalEvent::finished:
      case JournalEvent::failed: end(record.trial); break;
      case JournalEvent::duplicate:
      case JournalEvent::rejected:
        replay_ask(record, path);
        pass_over(record.trial);
        break;
      case JournalEvent::exhausted: exhausted_ = true; break;
    }
  }

  void replay_start(const JournalRecord& record, const std::filesystem::path& path) {
    if (record.trial.number < started_) {
      running_[record.trial.number] = record.trial;
      return;
    }
    replay_ask(record, path);
    accept(record.trial);
  }

  void replay_ask(const JournalRecord& record, const std::filesystem::path& path) {
    const Answer answer = strategy_.ask();
    const Proposal recorded{record.trial.architecture, record.trial.budget, record.trial.repeat};
    if (answer.has_proposal() && answer.proposal() == recorded) return;
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
  std::vector<std::int64_t> interrupted_;  // running when the journal ended
  std::size_t next_interrupted_ = 0;
  std::int64_t failed_ = 0;
  std::int64_t best_ = -1;  // number of the best trial
  double seconds_ = 0;
  bool exhausted_ = false;
  bool is_waiting_ = false;
};

}  // namespace nasnet::inline v0
