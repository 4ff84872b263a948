/// The search itself: asks a strategy for architectures, has them evaluated, tells the strategy what came of them.
#pragma once

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

#include "nasnet/core/thread_pool.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/journal/journal.hpp"
#include "nasnet/search/detail/worker_team.hpp"
#include "nasnet/search/ledger.hpp"
#include "nasnet/search/search_options.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

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

/// One search from its beginning to its end.
class SearchRun {
 public:
  NASNET_LAZY SearchRun(const AnySpace& space, const OpTable& ops, SearchCalls calls, SearchOptions options);

  NASNET_LAZY [[nodiscard]] History run();

 private:
  NASNET_LAZY [[nodiscard]] static SearchOptions checked(SearchOptions options);

  NASNET_LAZY [[nodiscard]] std::optional<TrialMemory> memory() const;

  /// All that the results depend on besides the seed.
  NASNET_LAZY [[nodiscard]] nlohmann::json settings() const;

  /// Goes on where the journal ends, or begins it.
  NASNET_LAZY void take_up_journal();

  NASNET_LAZY void require_same_search(const JournalHeader& found);

  NASNET_LAZY void note_difference(std::string_view what, const std::string& found, const std::string& now);

  NASNET_LAZY void drop_torn_line(std::uint64_t torn_bytes);

  NASNET_LAZY [[nodiscard]] std::shared_ptr<ThreadPool> pool() const;

  NASNET_LAZY void notice(std::string sentence);

  NASNET_LAZY [[nodiscard]] History history(bool was_stopped);

  NASNET_LAZY [[nodiscard]] std::string exhaustion_sentence(const History& history) const;

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

#if NASNET_HEADER_ONLY
#include "nasnet/search/search.ipp"
#endif
