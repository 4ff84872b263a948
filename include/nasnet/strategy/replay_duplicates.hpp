/// Gives a strategy the results of its duplicates.
#pragma once

#include <cstdint>            // int64_t
#include <map>                // map
#include <nlohmann/json.hpp>  // json
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/detail/saved_trial.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// Around a strategy, in a search that skips duplicates (Duplicates::skip): a duplicate is told to the strategy as a
/// trial with the result of the one that it repeats, at once, or as soon as that has ended.
///
/// The search itself finds the duplicates; this remembers results only. So the strategy learns from each proposal, and
/// none is evaluated twice.
template <class StrategyType>
class ReplayDuplicates {
 public:
  explicit ReplayDuplicates(StrategyType strategy) : strategy_(std::move(strategy)) {}

  [[nodiscard]] const StrategyType& strategy() const { return strategy_; }

  [[nodiscard]] Answer ask() { return strategy_.ask(); }

  void tell(const Trial& trial) {
    if (trial.state == TrialState::duplicate) return tell_duplicate(trial);
    strategy_.tell(trial);
    if (!trial.counts()) return;
    Trial& result = results_[trial.number] = trial;
    result.architecture = {};
    const auto waiting = waiting_.extract(trial.number);
    if (!waiting) return;
    for (const Trial& duplicate : waiting.mapped()) strategy_.tell(replayed(duplicate, result));
  }

  void inform(const Trial& trial) requires InformableStrategy<StrategyType> { strategy_.inform(trial); }
  [[nodiscard]] bool is_informable() const { return nasnet::is_informable(strategy_); }

  [[nodiscard]] nlohmann::json settings() const {
    return nlohmann::json::object({{"name", "replay_duplicates"}, {"strategy", strategy_.settings()}});
  }

  [[nodiscard]] nlohmann::json save() const {
    nlohmann::json results = nlohmann::json::array();
    for (const auto& [number, trial] : results_) results.push_back(detail::save_trial(trial));
    nlohmann::json waiting = nlohmann::json::array();
    for (const auto& [number, trials] : waiting_) {
      for (const Trial& trial : trials) waiting.push_back(detail::save_trial(trial));
    }
    return nlohmann::json::object(
        {{"strategy", strategy_.save()}, {"results", std::move(results)}, {"waiting", std::move(waiting)}});
  }

  /// @throws DataError for what `save` does not write.
  void load(const nlohmann::json& state) {
    const detail::SavedState saved("replay of duplicates", state);
    std::map<std::int64_t, Trial> results;
    for (const nlohmann::json& item : saved.list("results")) {
      Trial trial = detail::load_trial(saved.part(item));
      results[trial.number] = std::move(trial);
    }
    std::map<std::int64_t, std::vector<Trial>> waiting;
    for (const nlohmann::json& item : saved.list("waiting")) {
      Trial trial = detail::load_trial(saved.part(item));
      waiting[trial.duplicate_of].push_back(std::move(trial));
    }
    strategy_.load(saved.field("strategy"));
    results_ = std::move(results);
    waiting_ = std::move(waiting);
  }

 private:
  void tell_duplicate(const Trial& trial) {
    if (trial.duplicate_of < 0) return strategy_.tell(trial);
    if (const auto result = results_.find(trial.duplicate_of); result != results_.end()) {
      return strategy_.tell(replayed(trial, result->second));
    }
    waiting_[trial.duplicate_of].push_back(trial);
  }

  [[nodiscard]] static Trial replayed(Trial duplicate, const Trial& result) {
    duplicate.state = result.state;
    duplicate.evaluation = result.evaluation;
    duplicate.failure = result.failure;
    duplicate.message = result.message;
    return duplicate;
  }

  StrategyType strategy_;
  std::map<std::int64_t, Trial> results_;               // by number, without their architectures
  std::map<std::int64_t, std::vector<Trial>> waiting_;  // duplicates of trials that run, by the number of those
};

}  // namespace nasnet::inline NASNET_ABI
