#pragma once

#include "nasnet/trial/trial.hpp"

#include <algorithm>  // max, pop_heap, push_heap
#include <cmath>      // isfinite
#include <cstddef>    // size_t
#include <cstdint>    // int64_t, uint64_t
#include <optional>   // nullopt, optional
#include <set>        // set

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void Standings::add(const Trial& trial) {
  const double accuracy = trial.evaluation.validation_accuracy;
  if (trial.state != TrialState::done || !std::isfinite(accuracy)) return;
  const std::size_t index = index_of(trial);
  Standing& standing = standings_[index];
  if (trial.number < standing.first->number) standing.first = &trial;
  ++standing.evaluations;
  // Exact where all are equal, as on a table.
  standing.accuracy += (accuracy - standing.accuracy) / static_cast<double>(standing.evaluations);
  rank(index, rankings_[trial.budget]);
}

NASNET_BODY const Standing* Standings::best() const {
  if (rankings_.empty()) return nullptr;
  // No budget comes before all others.
  const Place& in_full = rankings_.begin()->second.front();
  const Place& largest = rankings_.rbegin()->second.front();
  const bool has_both = !rankings_.begin()->first && largest < in_full;
  return &standings_[(has_both ? in_full : largest).index];
}

NASNET_BODY bool Standings::Place::operator<(const Place& other) const {
  if (accuracy != other.accuracy) return accuracy < other.accuracy;
  return number != other.number ? number > other.number : index > other.index;
}

NASNET_BODY void Standings::rank(std::size_t index, Ranking& ranking) const {
  ranking.push_back(place_of(index));
  std::push_heap(ranking.begin(), ranking.end());
  while (ranking.front() != place_of(ranking.front().index)) {
    std::pop_heap(ranking.begin(), ranking.end());
    ranking.pop_back();
  }
}

NASNET_BODY std::size_t Standings::index_of(const Trial& trial) {
  const auto [latest, is_new] = latest_.try_emplace(key_of(trial), standings_.size());
  if (!is_new && joins(latest->second, trial)) return latest->second;
  latest->second = standings_.size();
  standings_.push_back({.first = &trial});
  return latest->second;
}

NASNET_BODY bool Standings::joins(std::size_t index, const Trial& trial) {
  const Trial& first = *standings_[index].first;
  if (first.budget != trial.budget || first.architecture != trial.architecture) return false;
  std::set<std::int64_t>& repeats = repeats_[index];
  if (standings_[index].evaluations == 1) repeats.insert(first.repeat);
  return repeats.insert(trial.repeat).second;
}

NASNET_BODY std::uint64_t Standings::key_of(const Trial& trial) {
  constexpr std::uint64_t spread = 0x9e3779b97f4a7c15;
  return trial.hash ^ spread * static_cast<std::uint64_t>(trial.budget.value_or(0));
}

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

NASNET_BODY std::optional<Standing> History::best_standing() const {
  Standings standings;
  for (const Trial& trial : trials) standings.add(trial);
  const Standing* best = standings.best();
  return best == nullptr ? std::nullopt : std::optional(*best);
}

NASNET_BODY const Trial* History::find_best() const {
  const std::optional<Standing> best = best_standing();
  return best ? best->first : nullptr;
}

NASNET_BODY const Trial& History::best() const {
  const Trial* best = find_best();
  if (best == nullptr) {
    fail<ArgumentError>("search: there is no best trial: of ", trials.size(), " trials none is done");
  }
  return *best;
}

}  // namespace nasnet::inline NASNET_ABI
