/// Strategies around others: what does not depend on the inner one's type is compiled once.
#pragma once

#include <utility>  // move

#include "nasnet/core/json_value.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A strategy, and a rule that stands between it and the search.
/// @tparam Rule has ask, tell, settings, save and load, which are given the inner strategy as their first argument
template <class StrategyType, class Rule>
class StrategyAround {
 public:
  [[nodiscard]] const StrategyType& strategy() const { return inner_.strategy(); }

  [[nodiscard]] Answer ask() { return rule_.ask(inner_); }
  void tell(const Trial& trial) { rule_.tell(inner_, trial); }
  void inform(const Trial& trial) requires InformableStrategy<StrategyType> { inner_.inform(trial); }
  [[nodiscard]] bool is_informable() const { return inner_.is_informable(); }
  [[nodiscard]] JsonValue settings() const { return rule_.settings(inner_); }
  [[nodiscard]] JsonValue save() const { return rule_.save(inner_); }
  /// @throws DataError for what `save` does not write.
  void load(const JsonValue& state) { rule_.load(inner_, state); }

 protected:
  StrategyAround(StrategyType strategy, Rule rule) : inner_(std::move(strategy)), rule_(std::move(rule)) {}

 private:
  StrategyModel<StrategyType> inner_;
  Rule rule_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
