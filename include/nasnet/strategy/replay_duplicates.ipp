#pragma once

#include "nasnet/strategy/replay_duplicates.hpp"

#include <cstdint>            // int64_t
#include <map>                // map
#include <nlohmann/json.hpp>  // json
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/detail/saved_trial.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline Trial replayed(Trial duplicate, const Trial& result) {
  duplicate.state = result.state;
  duplicate.evaluation = result.evaluation;
  duplicate.failure = result.failure;
  duplicate.message = result.message;
  return duplicate;
}

NASNET_BODY Answer DuplicateReplayer::ask(StrategyInterface& inner) const { return inner.ask(); }

NASNET_BODY void DuplicateReplayer::tell(StrategyInterface& inner, const Trial& trial) {
  if (trial.state == TrialState::duplicate) return tell_duplicate(inner, trial);
  inner.tell(trial);
  if (!trial.counts()) return;
  Trial& result = results_[trial.number] = trial;
  result.architecture = {};
  const auto waiting = waiting_.extract(trial.number);
  if (!waiting) return;
  for (const Trial& duplicate : waiting.mapped()) inner.tell(replayed(duplicate, result));
}

NASNET_BODY JsonValue DuplicateReplayer::settings(const StrategyInterface& inner) const {
  return nlohmann::json::object({{"name", "replay_duplicates"}, {"strategy", inner.settings()}});
}

NASNET_BODY JsonValue DuplicateReplayer::save(const StrategyInterface& inner) const {
  nlohmann::json results = nlohmann::json::array();
  for (const auto& [number, trial] : results_) results.push_back(save_trial(trial));
  nlohmann::json waiting = nlohmann::json::array();
  for (const auto& [number, trials] : waiting_) {
    for (const Trial& trial : trials) waiting.push_back(save_trial(trial));
  }
  return nlohmann::json::object(
      {{"strategy", inner.save()}, {"results", std::move(results)}, {"waiting", std::move(waiting)}});
}

NASNET_BODY void DuplicateReplayer::load(StrategyInterface& inner, const JsonValue& state) {
  const SavedState saved("replay of duplicates", state);
  std::map<std::int64_t, Trial> results;
  for (const nlohmann::json& item : saved.list("results")) {
    Trial trial = load_trial(saved.part(item));
    results[trial.number] = std::move(trial);
  }
  std::map<std::int64_t, std::vector<Trial>> waiting;
  for (const nlohmann::json& item : saved.list("waiting")) {
    Trial trial = load_trial(saved.part(item));
    waiting[trial.duplicate_of].push_back(std::move(trial));
  }
  inner.load(saved.field("strategy"));
  results_ = std::move(results);
  waiting_ = std::move(waiting);
}

NASNET_BODY void DuplicateReplayer::tell_duplicate(StrategyInterface& inner, const Trial& trial) {
  if (trial.duplicate_of < 0) return inner.tell(trial);
  if (const auto result = results_.find(trial.duplicate_of); result != results_.end()) {
    return inner.tell(replayed(trial, result->second));
  }
  waiting_[trial.duplicate_of].push_back(trial);
}

}  // namespace nasnet::inline NASNET_ABI::detail
