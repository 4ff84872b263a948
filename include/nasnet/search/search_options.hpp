/// Options of a search.
#pragma once

#include <atomic>      // atomic
#include <cstddef>     // size_t
#include <cstdint>     // int64_t, uint64_t
#include <functional>  // function
#include <memory>      // shared_ptr
#include <optional>    // optional
#include <string>      // string
#include <vector>      // vector

#include "nasnet/core/json_value.hpp"
#include "nasnet/core/progress.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/fwd.hpp"
#include "nasnet/search/duplicates.hpp"
#include "nasnet/space/constraint.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// Where a search stands.
struct SearchStatus {
  std::int64_t done = 0;    ///< trials with a result
  std::int64_t failed = 0;  ///< trials without one
  int running = 0;
  std::int64_t total = 0;                    ///< trials wanted
  std::optional<double> best_accuracy = {};  ///< on the validation images, as ResultRanking has it
  std::int64_t best_trial = -1;              ///< its first
  double seconds = 0;                        ///< since the search began, earlier runs included
  std::optional<double> seconds_left = {};   ///< at the pace so far
};

/// How to search.
struct SearchOptions {
  std::int64_t trials = 100;  ///< wanted, done and failed ones together; with `resume` those of the journal count
  int workers = 1;            ///< trials at a time, each on a thread of the pool; idle threads help all of them
  std::uint64_t seed = 0;     ///< of the trials; a strategy has its own

  /// Trials in flight of an ordered search; 0: the strategy is told each result at once, so that proposals depend on
  /// the order in which results come, that is on workers and time. With K above 0 they depend on the strategy, its seed
  /// and K alone (and on rules that measure, such as a limit of latency): trial n is proposed when the strategy has
  /// been told trials 0 to n - K, in this order, and no later ones, except where it waits for more. What comes early is
  /// recorded at once and told when its turn comes. No more than K trials run at a time, however many workers there
  /// are; more than `workers` keep these busy while a long trial runs.
  std::int64_t ordered = 0;

  std::string journal{};      ///< path; see journal/journal.hpp; empty: no journal
  bool resume = false;        ///< go on where the journal ends; without a journal, begin
  bool sync_journal = false;  ///< wait after each line until the disk has it, against loss of power

  Duplicates duplicates = Duplicates::skip;
  /// Proposals skipped in a row, without a result between them, after which the strategy is asked again only when it
  /// has been told another result. Nothing new is expected where none is to come.
  std::int64_t max_skipped = 1000;
  Limits limits{};                          ///< proposals beyond them are rejected
  std::vector<ArchitectureRule> rules{};    ///< proposals that break one are rejected
  std::optional<CountedNetwork> counted{};  ///< what the limits are about; absent: the evaluator's network, if it tells

  std::vector<Proposal> enqueue{};  ///< evaluated first, as trials of this search; see also Trial::enqueued
  std::vector<Trial> known{};       ///< results of other searches that the strategy is informed of; see warm_start()

  std::optional<double> trial_seconds{};  ///< time limit of a trial, wall clock; the evaluator has to look at it, a
                                          ///< ProcessEvaluator enforces it
  std::size_t trial_bytes = static_cast<std::size_t>(-1);  ///< memory limit of a trial's tensors

  /// Memory for all trials together: a proposal that is predicted to need more is rejected, others wait until those
  /// that run leave room. Where trials run on other machines, it is the memory of each. The evaluator has to predict.
  std::optional<std::int64_t> memory_bytes{};

  /// Whatever else the results depend on, under names that the user knows, such as "--epochs": the journal records it,
  /// and where a resumed search has other ones the error names them. A JSON object.
  JsonValue settings{};

  std::shared_ptr<ThreadPool> pool{};  ///< absent: one of a thread per core, or per worker where more

  const std::atomic<bool>* stop =
      nullptr;                  ///< true ends the search after the running trials; a signal handler may set it
  ProgressCallback progress{};  ///< when a trial begins or has ended, one call at a time
  std::function<void(const SearchStatus&)> on_status{};  ///< when a trial begins or has ended, one call at a time
  std::function<void(const Trial&)> on_trial{};  ///< for each trial and skipped proposal when recorded, one at a time
  std::function<void(std::int64_t trial, const Progress&)> trial_progress{};  ///< within a trial, one call at a time
  std::function<void(const std::string&)> on_notice{};  ///< for each sentence of History::notices, when it is due

  /// @throws ArgumentError for a value out of range.
  NASNET_LAZY void check() const;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/search/search_options.ipp"
#endif
