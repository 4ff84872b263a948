/// The search itself: asks a strategy for architectures, has them evaluated, tells the strategy what came of them.
#pragma once

#include <algorithm>          // max
#include <concepts>           // convertible_to
#include <cstdint>            // int64_t, uint64_t
#include <functional>         // function
#include <memory>             // make_shared, shared_ptr
#include <nlohmann/json.hpp>  // json
#include <optional>           // optional
#include <string>             // string
#include <string_view>        // string_view
#include <type_traits>        // remove_cvref_t
#include <utility>            // exchange, move
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/journal/journal.hpp"
#include "nasnet/search/detail/search_settings.hpp"
#include "nasnet/search/detail/worker_team.hpp"
#include "nasnet/search/ledger.hpp"
#include "nasnet/search/search_options.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"
#include "nasnet/version.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// A strategy and an evaluator without their types.
struct SearchCalls {
  StrategyCalls strategy;
  EvaluateCall evaluate;
  nlohmann::json strategy_settings;
  nlohmann::json evaluator_settings = nlohmann::json::object();
  std::optional<CountedNetwork> counted;
  std::function<std::int64_t(const Architecture&, const OpTable&)> predicted_bytes{};  ///< empty: not predicted
  bool shares_memory = true;                                                           ///< trials that run together do
};

/// The journal of a search: what was in it, and the pen.
struct SearchJournal {
  std::optional<JournalWriter> writer;
  std::string text;
};

[[nodiscard]] inline SearchJournal open_journal(const SearchOptions& options) {
  SearchJournal journal;
  if (options.journal.empty()) return journal;
  if (!options.resume && !journal_text(options.journal).empty()) {
    fail<ArgumentError>('\'', options.journal.string(),
                        "' holds the journal of a search already: go on with it (resume), or choose another place");
  }
  journal.writer.emplace(options.journal, AppendOptions{.sync = options.sync_journal});
  journal.text = journal_text(options.journal);  // read again, now that nobody else writes
  return journal;
}

/// One search from its beginning to its end.
class SearchRun {
 public:
  SearchRun(const AnySpace& space, const OpTable& ops, SearchCalls calls, SearchOptions options)
      : options_(checked(std::move(options))),
        calls_(std::move(calls)),
        ops_(ops),
        judge_(space, ops, options_.counted ? options_.counted : calls_.counted, options_.limits, options_.rules,
               memory()),
        header_{.version = NASNET_VERSION_STRING,
                .instruction_set = std::string(to_string(instruction_set())),
                .seed = options_.seed,
                .space = space.fingerprint(),
                .settings = settings()},
        journal_(open_journal(options_)),
        ledger_(calls_.strategy, judge_,
                {.trials = options_.trials,
                 .duplicates = options_.duplicates,
                 .max_skipped = options_.max_skipped,
                 .ordered = options_.ordered,
                 .observer = options_.on_trial},
                journal_.writer ? &*journal_.writer : nullptr) {}

  [[nodiscard]] History run() {
    take_up_journal();
    if (!options_.known.empty() && !calls_.strategy.inform) {
      notice(join("the strategy ", calls_.strategy_settings.value("name", std::string("of this search")),
                  " does not learn from results of other searches: the ", options_.known.size(),
                  " given change nothing"));
    }
    for (const Trial& result : options_.known) ledger_.inform(result);
    for (const Proposal& proposal : options_.enqueue) ledger_.enqueue(proposal);
    const auto shared_bytes = calls_.shares_memory ? options_.memory_bytes : std::nullopt;
    WorkerTeam team(ledger_, calls_.evaluate, ops_, options_, pool(), shared_bytes);
    team.run();
    ledger_.tell_rest();
    return history(team.was_stopped());
  }

 private:
  [[nodiscard]] static SearchOptions checked(SearchOptions options) {
    options.check();
    return options;
  }

  [[nodiscard]] std::optional<TrialMemory> memory() const {
    if (!options_.memory_bytes) return std::nullopt;
    if (!calls_.predicted_bytes) {
      fail<ArgumentError>(
          "search: memory for the trials is limited, but the evaluator does not predict what they need");
    }
    return TrialMemory{[this](const Architecture& architecture) { return calls_.predicted_bytes(architecture, ops_); },
                       *options_.memory_bytes};
  }

  /// All that the results depend on besides the seed.
  [[nodiscard]] nlohmann::json settings() const {
    nlohmann::json json = nlohmann::json::object();
    json["space"] = judge_.space().description();
    json["strategy"] = calls_.strategy_settings;
    json["evaluator"] = calls_.evaluator_settings;
    json["duplicates"] = options_.duplicates == Duplicates::skip ? "skip" : "evaluate";
    json["max_skipped"] = options_.max_skipped;
    if (options_.ordered > 0) json["ordered"] = options_.ordered;
    json["limits"] = limits_json(judge_.limits());
    for (const ArchitectureRule& rule : judge_.rules()) json["rules"].push_back(rule.name);
    if (judge_.counted()) json["counted"] = counted_json(*judge_.counted());
    if (options_.memory_bytes) json["memory_bytes"] = *options_.memory_bytes;
    if (options_.trial_seconds) json["trial_seconds"] = *options_.trial_seconds;
    if (options_.trial_bytes != SearchOptions{}.trial_bytes) json["trial_bytes"] = options_.trial_bytes;
    if (!options_.settings.empty()) json["program"] = options_.settings;
    return nlohmann::json::parse(one_line(json), nullptr, false);  // as it comes out of a file
  }

  /// Goes on where the journal ends, or begins it.
  void take_up_journal() {
    if (!journal_.writer) return;
    bool has_begun = false;
    const auto take_header = [&](const JournalHeader& header) {
      require_same_search(header);
      has_begun = true;
    };
    const auto take_record = [&](JournalRecord record) { ledger_.replay(std::move(record), options_.journal); };
    JournalReader reader(options_.journal, take_header, take_record);
    reader.read(std::exchange(journal_.text, {}));
    ledger_.end_replay();
    drop_torn_line(reader.torn_bytes());
    if (!has_begun) journal_.writer->begin(header_);
  }

  void require_same_search(const JournalHeader& found) {
    // The program's own settings come first: they have the names that its user knows.
    const auto program_of = [](const JournalHeader& header) {
      return header.settings.value("program", nlohmann::json::object());
    };
    const auto settings_of = [](const JournalHeader& header) {
      nlohmann::json json = header.settings;
      json["seed"] = header.seed;
      json["space_hash"] = header.space;
      return json;
    };
    const auto difference_of = [&](const auto& part_of) {
      return first_difference({"the journal", part_of(found)}, {"this run", part_of(header_)}, "");
    };
    auto difference = difference_of(program_of);
    if (!difference) difference = difference_of(settings_of);
    if (difference)
      fail<ArgumentError>('\'', options_.journal.string(), "' is the journal of another search: ", *difference);
    note_difference("version of nasnet", found.version, header_.version);
    note_difference("instruction set", found.instruction_set, header_.instruction_set);
  }

  void note_difference(std::string_view what, const std::string& found, const std::string& now) {
    if (found == now) return;
    notice(join('\'', options_.journal.string(), "' was begun with the ", what, ' ', found, ", this run has ", now,
                ": results need not be equal to the last bit"));
  }

  void drop_torn_line(std::uint64_t torn_bytes) {
    if (torn_bytes == 0) return;
    journal_.writer->drop_torn_line();
    notice(join('\'', options_.journal.string(), "': the last line was not written whole, its ", torn_bytes,
                " bytes were dropped"));
  }

  [[nodiscard]] std::shared_ptr<ThreadPool> pool() const {
    if (options_.pool) return options_.pool;
    return std::make_shared<ThreadPool>((std::max)(options_.workers, ThreadPool::hardware_threads()));
  }

  void notice(std::string sentence) {
    if (options_.on_notice) options_.on_notice(sentence);
    notices_.push_back(std::move(sentence));
  }

  [[nodiscard]] History history(bool was_stopped) {
    History history;
    history.seed = header_.seed;
    history.settings = header_.settings;
    ledger_.hand_over(history);
    history.interrupted = was_stopped && !history.exhausted && !ledger_.is_complete();
    if (history.exhausted && !ledger_.is_complete()) notice(exhaustion_sentence(history));
    history.notices = std::move(notices_);
    return history;
  }

  [[nodiscard]] std::string exhaustion_sentence(const History& history) const {
    return join("nothing new is left to propose after ", history.trials.size(), " of ", options_.trials,
                " trials: ", history.count(TrialState::duplicate), " proposals were duplicates, ",
                history.count(TrialState::rejected), " were rejected");
  }

  SearchOptions options_;
  SearchCalls calls_;
  OpTable ops_;
  ProposalJudge judge_;
  JournalHeader header_;
  SearchJournal journal_;
  SearchLedger ledger_;
  std::vector<std::string> notices_;
};

template <class StrategyType, class EvaluatorType>
[[nodiscard]] SearchCalls search_calls(StrategyType& strategy, const EvaluatorType& evaluate) {
  SearchCalls calls;
  calls.strategy.ask = [&strategy] { return Answer(strategy.ask()); };
  calls.strategy.tell = [&strategy](const Trial& trial) { strategy.tell(trial); };
  if constexpr (InformableStrategy<StrategyType>) {
    if (is_informable(strategy)) calls.strategy.inform = [&strategy](const Trial& trial) { strategy.inform(trial); };
  }
  calls.evaluate = [&evaluate](const Architecture& architecture, TrialContext& trial) {
    return Outcome(evaluate(architecture, trial));
  };
  calls.strategy_settings = strategy.settings();
  calls.shares_memory = !RunsElsewhere<EvaluatorType>;
  if constexpr (HasSettings<EvaluatorType>) calls.evaluator_settings = evaluate.settings();
  if constexpr (CountsNetwork<EvaluatorType>) calls.counted = evaluate.counted_network();
  if constexpr (PredictsMemory<EvaluatorType>) {
    calls.predicted_bytes = [&evaluate](const Architecture& architecture, const OpTable& ops) {
      return std::int64_t{evaluate.predicted_bytes(architecture, ops)};
    };
  }
  return calls;
}

}  // namespace detail

/// Searches: asks `strategy` for architectures of `space`, lets `options.workers` workers evaluate them, tells it the
/// results.
///
/// A trial's result depends on the seed, its number, its architecture and the settings alone. Trials are numbered in
/// the order asked; duplicates and rejected proposals do not count. So a strategy that does not heed results gives the
/// same trials whatever the number of workers, and with `options.ordered` any strategy does. A failed trial is a trial,
/// and the search goes on.
///
/// With a journal, a search that ended in any way goes on with `options.resume`, to the same results: the strategy,
/// which must be fresh, is asked and told again what the journal records; trials that were running are run again. More
/// `trials` than before extend the search, and what is enqueued or known in addition comes next.
///
/// @param ops those of the space, with their expansions
/// @throws ArgumentError for options out of range and a journal of another search or, without `resume`, of any; IoError
/// for a damaged journal, which is left as it is, and one that cannot be written; what the strategy throws. Trials that
/// run then are finished first.
template <class StrategyType, class EvaluatorType>
[[nodiscard]] History search(const AnySpace& space, const OpTable& ops, StrategyType&& strategy,
                             const EvaluatorType& evaluate, SearchOptions options = {}) {
  static_assert(detail::check_strategy<std::remove_cvref_t<StrategyType>>());
  static_assert(detail::check_evaluator<EvaluatorType>());
  if constexpr (Strategy<std::remove_cvref_t<StrategyType>> && Evaluator<EvaluatorType>) {
    return detail::SearchRun(space, ops, detail::search_calls(strategy, evaluate), std::move(options)).run();
  }
}

/// As above, for a compile-time space such as CellSpace<NasnetOps, 5>.
template <class Space, class StrategyType, class EvaluatorType>
[[nodiscard]] History search(StrategyType&& strategy, const EvaluatorType& evaluate, SearchOptions options = {}) {
  return nasnet::search(Space::space(), Space::op_table(), strategy, evaluate, std::move(options));
}

}  // namespace nasnet::inline NASNET_ABI
