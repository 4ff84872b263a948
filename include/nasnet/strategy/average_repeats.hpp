/// Evaluates each architecture several times and tells the mean.
#pragma once

#include <cstdint>  // int64_t
#include <utility>  // move
#include <vector>   // vector

#include "nasnet/core/json_value.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/detail/strategy_around.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// See AverageRepeats.
class RepeatAverager {
 public:
  NASNET_LAZY explicit RepeatAverager(std::int64_t repeats);

  NASNET_LAZY [[nodiscard]] Answer ask(StrategyInterface& inner);
  NASNET_LAZY void tell(StrategyInterface& inner, const Trial& trial);
  NASNET_LAZY [[nodiscard]] JsonValue settings(const StrategyInterface& inner) const;
  NASNET_LAZY [[nodiscard]] JsonValue save(const StrategyInterface& inner) const;
  NASNET_LAZY void load(StrategyInterface& inner, const JsonValue& state);

 private:
  /// A proposal of the inner strategy and what came of its repeats.
  struct Group {
    Proposal proposal;
    std::int64_t asked = 0;
    std::vector<Trial> told{};  // by repeat
  };

  NASNET_LAZY [[nodiscard]] bool awaits(const Group& group, const Trial& trial) const;

  NASNET_LAZY void add(Group& group, Trial trial) const;

  [[nodiscard]] std::int64_t repeat_of(const Trial& trial) const { return trial.repeat % repeats_; }

  std::int64_t repeats_;
  std::vector<Group> groups_;  // proposals whose repeats were not all told, in the order asked
};

}  // namespace detail

/// Around a strategy: each of its proposals is evaluated `repeats` times, each a trial of its own with other random
/// numbers, which differ in Proposal::repeat. When all have ended, the strategy is told one trial, the first of them,
/// with the means of accuracy, loss and metrics over those that are done, and the sum of seconds. Where none is done,
/// it is told the first as it is. To be told of a trial that was not proposed, or told before, is an ArgumentError.
template <class StrategyType>
class AverageRepeats : public detail::StrategyAround<StrategyType, detail::RepeatAverager> {
 public:
  /// @throws ArgumentError unless repeats > 0.
  AverageRepeats(StrategyType strategy, std::int64_t repeats)
      : detail::StrategyAround<StrategyType, detail::RepeatAverager>(std::move(strategy),
                                                                     detail::RepeatAverager(repeats)) {}
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/average_repeats.ipp"
#endif
