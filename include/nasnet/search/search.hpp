/// The search itself: asks a strategy for architectures, has them evaluated, tells the strategy what came of them.
#pragma once

#include <type_traits>  // remove_cvref_t
#include <utility>      // move

#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/evaluator/evaluator_model.hpp"
#include "nasnet/search/search_options.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// The search, whatever the types of strategy and evaluator.
NASNET_LAZY [[nodiscard]] History run_search(const AnySpace& space, AnyStrategy strategy,
                                             const EvaluatorInterface& evaluator, SearchOptions options);

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
/// @throws ArgumentError for options out of range and a journal of another search or, without `resume`, of any; IoError
/// for a damaged journal, which is left as it is, and one that cannot be written; what the strategy throws. Trials that
/// run then are finished first.
template <class StrategyType, class EvaluatorType>
[[nodiscard]] History search(const AnySpace& space, StrategyType&& strategy, const EvaluatorType& evaluate,
                             SearchOptions options = {}) {
  static_assert(detail::check_strategy<std::remove_cvref_t<StrategyType>>());
  static_assert(detail::check_evaluator<EvaluatorType>());
  if constexpr (Strategy<std::remove_cvref_t<StrategyType>> && Evaluator<EvaluatorType>) {
    return detail::run_search(space, AnyStrategy::refer_to(strategy),
                              detail::EvaluatorModel<const EvaluatorType&>(evaluate), std::move(options));
  }
}

/// As above, for a compile-time space such as CellSpace<NasnetOps, 5>.
template <class Space, class StrategyType, class EvaluatorType>
[[nodiscard]] History search(StrategyType&& strategy, const EvaluatorType& evaluate, SearchOptions options = {}) {
  return nasnet::search(Space::space(), strategy, evaluate, std::move(options));
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/search/search.ipp"
#endif
