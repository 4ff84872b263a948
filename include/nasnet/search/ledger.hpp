/// The books of a search: who is asked and told when, what counts as a trial, what is written down.
#pragma once

#include <cstdint>        // int64_t, uint64_t
#include <deque>          // deque
#include <functional>     // function
#include <optional>       // optional
#include <string>         // string
#include <string_view>    // string_view
#include <unordered_map>  // unordered_map
#include <utility>        // move
#include <vector>         // vector

#include "nasnet/journal/journal_record.hpp"
#include "nasnet/journal/search_book.hpp"
#include "nasnet/search/duplicates.hpp"
#include "nasnet/search/proposal_judge.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/result_ranking.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

class JournalWriter;

/// When a search ends, and what it does with what was proposed before.
struct LedgerOptions {
  std::int64_t trials = 0;  ///< wanted in all
  Duplicates duplicates = Duplicates::skip;
  std::int64_t max_skipped = 1000;               ///< see SearchOptions
  std::int64_t ordered = 0;                      ///< trials in flight of an ordered search, see SearchOptions; 0: none
  std::function<void(const Trial&)> observer{};  ///< called with each trial and skipped proposal when it is recorded
};

/// A trial to run.
struct StartedTrial {
  Trial trial;
  Candidate candidate;  ///< what it was judged by
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
  NASNET_LAZY SearchLedger(AnyStrategy strategy, ProposalJudge judge, LedgerOptions options,
                           JournalWriter* journal = nullptr);

  /// Does again what a journal says happened next: asks and tells the strategy in the same order.
  /// @param record as detail::JournalReader passes it on
  /// @param path of the journal
  /// @throws IoError naming the line where the strategy does not repeat itself.
  NASNET_LAZY void replay(JournalRecord record, const std::string& path);

  /// After the last record: trials that were running are handed out anew by `next`.
  NASNET_LAZY void end_replay();

  /// Has this evaluated before the strategy is asked again; the strategy is informed of its result. What a journal says
  /// was enqueued before is not enqueued again.
  /// @throws ArgumentError for what the space does not have, IoError where the journal cannot be written.
  NASNET_LAZY void enqueue(const Proposal& proposal);

  /// Informs the strategy of a result of another search. It is no trial of this one, and no duplicate of its trials.
  /// What a journal says was told before is not told again.
  /// @throws ArgumentError for what the space does not have and for a trial that is not done, IoError where the journal
  /// cannot be written, and what the strategy throws.
  NASNET_LAZY void inform(const Trial& other);

  /// The next trial to run: one that was interrupted, one that was enqueued, or what the strategy proposes. Nothing
  /// where all have been handed out, where nothing new is left, where the strategy waits for results (see is_waiting),
  /// and when `should_stop()`.
  /// @throws ArgumentError where the strategy waits although no trial is running, IoError where the journal cannot be
  /// written, and what the strategy throws.
  NASNET_LAZY [[nodiscard]] std::optional<StartedTrial> next(int worker, const std::function<bool()>& should_stop);

  /// Tells the strategy, at the end of an ordered search, the results that no proposal was due to know. Not to be
  /// followed by `next`.
  /// @throws what the strategy throws.
  NASNET_LAZY void tell_rest();

  /// Whether `next` gave nothing because the strategy needs to be told more.
  [[nodiscard]] bool is_waiting() const { return is_waiting_; }

  /// Whether the trials wanted have all been recorded.
  NASNET_LAZY [[nodiscard]] bool is_complete() const;

  /// Trials recorded, done and failed.
  NASNET_LAZY [[nodiscard]] std::int64_t ended() const;

  /// Trials handed out and not recorded.
  NASNET_LAZY [[nodiscard]] std::int64_t running() const;

  /// Of the trials recorded, those failed.
  [[nodiscard]] std::int64_t failed() const { return failed_; }

  /// The best so far, as History::best_result; nullptr where no trial is done.
  NASNET_LAZY [[nodiscard]] const RankedResult* best() const;

  /// Wall-clock seconds of all trials recorded, one after the other.
  [[nodiscard]] double seconds() const { return seconds_; }

  /// Takes in what came of a trial.
  /// @throws IoError where the journal cannot be written (the strategy is then not told), and what the strategy throws.
  NASNET_LAZY void record(const Trial& trial);

  /// Gives away the trials by number, and skipped proposals and what the strategy was informed of in order. Nothing but
  /// counts may be asked for afterwards.
  NASNET_LAZY void hand_over(History& history);

 private:
  /// Takes in what the user gives, and writes it down, unless it was given before.
  NASNET_LAZY void give(JournalEvent event, const Trial& trial);

  NASNET_LAZY [[nodiscard]] static Trial trial_of(const Proposal& proposal);

  NASNET_LAZY [[nodiscard]] std::optional<Trial> take_enqueued();

  NASNET_LAZY void require_in_space(const Trial& trial, std::string_view what) const;

  NASNET_LAZY [[nodiscard]] StartedTrial judged(Trial trial);

  NASNET_LAZY static void require_in_range(const Trial& trial);

  /// Equal for trials that are duplicates.
  NASNET_LAZY [[nodiscard]] static std::uint64_t key_of(const Trial& trial);

  NASNET_LAZY [[nodiscard]] StartedTrial start(StartedTrial started, int worker);

  NASNET_LAZY [[nodiscard]] StartedTrial restart(std::int64_t number, int worker);

  NASNET_LAZY void skip(const Trial& trial);

  NASNET_LAZY [[nodiscard]] std::optional<StartedTrial> exhaust();

  NASNET_LAZY [[nodiscard]] std::optional<StartedTrial> wait();

  // What follows changes the books alone, and is the same live and in replay.

  NASNET_LAZY void accept(Trial trial);

  NASNET_LAZY void pass_over(Trial trial);

  NASNET_LAZY void take_in(JournalEvent event, const Trial& trial);

  NASNET_LAZY void end(Trial ended);

  NASNET_LAZY void tell(const Trial& trial);

  /// In an ordered search, tells the results that the next trial's proposal is due to know. False where one of them has
  /// not come yet.
  NASNET_LAZY [[nodiscard]] bool tell_due();

  /// In an ordered search, tells the next result in the order of trials, if it has come.
  NASNET_LAZY [[nodiscard]] bool tell_next();

  /// Whether the strategy may be asked: not after too many proposals that were skipped, until it is told another
  /// result.
  NASNET_LAZY [[nodiscard]] bool may_ask();

  /// Asks the strategy; in an ordered search again after each result for which it waits, as long as they have come.
  NASNET_LAZY [[nodiscard]] Answer ask();

  NASNET_LAZY void replay_start(JournalRecord record, const std::string& path);

  NASNET_LAZY void replay_ask(const JournalRecord& record, const std::string& path);

  NASNET_LAZY void write(JournalEvent event, const Trial& trial);

  NASNET_LAZY void observe(const Trial& trial) const;

  AnyStrategy strategy_;
  ProposalJudge judge_;
  LedgerOptions options_;
  JournalWriter* journal_;

  detail::SearchBook book_;
  std::int64_t skipped_in_a_row_ = 0;
  std::unordered_map<std::uint64_t, std::int64_t> first_trial_;  // of equal ones, by their key
  std::deque<Proposal> enqueued_;                                // not handed out yet
  std::unordered_map<std::string, std::int64_t> given_before_;   // lines that this run has not given again
  std::vector<std::int64_t> interrupted_;                        // running when the journal ended
  std::size_t next_interrupted_ = 0;
  std::int64_t told_ = 0;  // of an ordered search: all trials below have been told
  std::int64_t failed_ = 0;
  ResultRanking ranking_;  // of the trials that have ended
  double seconds_ = 0;
  bool is_waiting_ = false;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/search/ledger.ipp"
#endif
