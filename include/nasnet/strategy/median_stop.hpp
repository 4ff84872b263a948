/// Gives up on architectures that are below the median after few epochs.
#pragma once

#include <cstddef>   // size_t
#include <cstdint>   // int64_t
#include <optional>  // optional
#include <utility>   // move
#include <vector>    // vector

#include "nasnet/core/json_value.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/detail/strategy_around.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

struct MedianStopOptions {
  std::vector<std::int64_t> budgets{1, 5, 20};  ///< ascending; for ChildTrainer epochs
  std::int64_t least_results = 5;               ///< of a budget, before anything is given up at it
};

namespace detail {

/// See MedianStop.
class MedianRule {
 public:
  NASNET_LAZY explicit MedianRule(MedianStopOptions options);

  NASNET_LAZY [[nodiscard]] Answer ask(StrategyInterface& inner);
  NASNET_LAZY void tell(StrategyInterface& inner, const Trial& trial);
  NASNET_LAZY [[nodiscard]] JsonValue settings(const StrategyInterface& inner) const;
  NASNET_LAZY [[nodiscard]] JsonValue save(const StrategyInterface& inner) const;
  NASNET_LAZY void load(StrategyInterface& inner, const JsonValue& state);

 private:
  [[nodiscard]] bool may_go_on(const std::optional<std::int64_t>& budget) const {
    return budget != options_.budgets.back();
  }

  NASNET_LAZY [[nodiscard]] Proposal counted(Proposal proposal);

  NASNET_LAZY [[nodiscard]] std::size_t step_of(const Trial& trial) const;

  NASNET_LAZY [[nodiscard]] bool goes_on(const Trial& trial, std::size_t step) const;

  MedianStopOptions options_;
  std::vector<Trial> going_on_;               // to be proposed with their next budget, the first first
  std::int64_t under_way_ = 0;                // proposals that may go on, and whose results were not told yet
  std::vector<std::vector<double>> results_;  // accuracies of each budget, in the order told
};

}  // namespace detail

/// Around a strategy: each proposal is evaluated with the first budget, then with the next one where its accuracy is
/// not below the median of all results of this budget. The strategy is told the last result, whatever its budget.
/// (The rule of Golovin et al., "Google Vizier", KDD 2017, at chosen budgets.)
///
/// An evaluation with a larger budget begins anew, which costs the sum of the budgets and lets a search be repeated to
/// the last bit. The strategy's own budgets are not heeded. Proposals that go on come first; where the strategy
/// has nothing left, those under way may still go on. To be told of a trial with another budget is an ArgumentError.
template <class StrategyType>
class MedianStop : public detail::StrategyAround<StrategyType, detail::MedianRule> {
 public:
  /// @throws ArgumentError for options out of range.
  explicit MedianStop(StrategyType strategy, MedianStopOptions options = {})
      : detail::StrategyAround<StrategyType, detail::MedianRule>(std::move(strategy),
                                                                 detail::MedianRule(std::move(options))) {}
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/median_stop.ipp"
#endif
