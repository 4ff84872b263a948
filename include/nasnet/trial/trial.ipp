#pragma once

#include "nasnet/trial/trial.hpp"

#include <algorithm>  // max
#include <cstdint>    // int64_t
#include <optional>   // nullopt, optional

#include "nasnet/core/error.hpp"
#include "nasnet/trial/result_ranking.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::int64_t History::count(TrialState state) const {
  std::int64_t sum = 0;
  for (const auto* group : {&trials, &skipped}) {
    for (const Trial& trial : *group) sum += trial.state == state ? 1 : 0;
  }
  return sum;
}

NASNET_BODY std::optional<std::int64_t> History::largest_budget() const {
  std::optional<std::int64_t> largest;
  for (const Trial& trial : trials) {
    if (trial.state == TrialState::done) largest = (std::max)(largest, trial.budget);
  }
  return largest;
}

NASNET_BODY std::optional<RankedResult> History::best_result() const {
  ResultRanking ranking;
  for (const Trial& trial : trials) ranking.add(trial);
  const RankedResult* best = ranking.best();
  return best == nullptr ? std::nullopt : std::optional(*best);
}

NASNET_BODY const Trial* History::find_best() const {
  const std::optional<RankedResult> best = best_result();
  return best ? best->first : nullptr;
}

NASNET_BODY const Trial& History::best() const {
  const Trial* best = find_best();
  if (best == nullptr) {
    fail<ArgumentError>("search: there is no best trial: of ", trials.size(), " trials none is done");
  }
  return *best;
}

NASNET_BODY bool Trial::competes(const std::optional<std::int64_t>& largest_budget) const {
  return !budget || budget == largest_budget;
}

NASNET_BODY bool Trial::counts() const { return state == TrialState::done || state == TrialState::failed; }

}  // namespace nasnet::inline NASNET_ABI
