/// Gives a strategy the results of its duplicates.
#pragma once

#include <cstdint>  // int64_t
#include <map>      // map
#include <utility>  // move
#include <vector>   // vector

#include "nasnet/core/json_value.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/detail/strategy_around.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// See ReplayDuplicates.
class DuplicateReplayer {
 public:
  NASNET_LAZY [[nodiscard]] Answer ask(StrategyInterface& inner) const;
  NASNET_LAZY void tell(StrategyInterface& inner, const Trial& trial);
  NASNET_LAZY [[nodiscard]] JsonValue settings(const StrategyInterface& inner) const;
  NASNET_LAZY [[nodiscard]] JsonValue save(const StrategyInterface& inner) const;
  NASNET_LAZY void load(StrategyInterface& inner, const JsonValue& state);

 private:
  NASNET_LAZY void tell_duplicate(StrategyInterface& inner, const Trial& trial);

  std::map<std::int64_t, Trial> results_;               // by number, without their architectures
  std::map<std::int64_t, std::vector<Trial>> waiting_;  // duplicates of trials that run, by the number of those
};

}  // namespace detail

/// Around a strategy, in a search that skips duplicates (Duplicates::skip): a duplicate is told to the strategy as a
/// trial with the result of the one that it repeats, at once, or as soon as that has ended.
///
/// The search itself finds the duplicates; this remembers results only. So the strategy learns from each proposal, and
/// none is evaluated twice.
template <class StrategyType>
class ReplayDuplicates : public detail::StrategyAround<StrategyType, detail::DuplicateReplayer> {
 public:
  explicit ReplayDuplicates(StrategyType strategy)
      : detail::StrategyAround<StrategyType, detail::DuplicateReplayer>(std::move(strategy), {}) {}
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/replay_duplicates.ipp"
#endif
