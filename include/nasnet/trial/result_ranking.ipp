#pragma once

#include "nasnet/trial/result_ranking.hpp"

#include <algorithm>  // pop_heap, push_heap
#include <cmath>      // isfinite
#include <cstddef>    // size_t
#include <cstdint>    // int64_t, uint64_t
#include <set>        // set

#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void ResultRanking::add(const Trial& trial) {
  const double accuracy = trial.evaluation.validation_accuracy;
  if (trial.state != TrialState::done || !std::isfinite(accuracy)) return;
  const std::size_t index = index_of(trial);
  RankedResult& result = results_[index];
  if (trial.number < result.first->number) result.first = &trial;
  ++result.evaluations;
  // Exact where all are equal, as on a table.
  result.accuracy += (accuracy - result.accuracy) / static_cast<double>(result.evaluations);
  rank(index, heaps_[trial.budget]);
}

NASNET_BODY const RankedResult* ResultRanking::best() const {
  if (heaps_.empty()) return nullptr;
  // No budget comes before all others.
  const Place& in_full = heaps_.begin()->second.front();
  const Place& largest = heaps_.rbegin()->second.front();
  const bool has_both = !heaps_.begin()->first && largest < in_full;
  return &results_[(has_both ? in_full : largest).index];
}

NASNET_BODY bool ResultRanking::Place::operator<(const Place& other) const {
  if (accuracy != other.accuracy) return accuracy < other.accuracy;
  return number != other.number ? number > other.number : index > other.index;
}

NASNET_BODY void ResultRanking::rank(std::size_t index, Heap& heap) const {
  heap.push_back(place_of(index));
  std::push_heap(heap.begin(), heap.end());
  while (heap.front() != place_of(heap.front().index)) {
    std::pop_heap(heap.begin(), heap.end());
    heap.pop_back();
  }
}

NASNET_BODY std::size_t ResultRanking::index_of(const Trial& trial) {
  const auto [latest, is_new] = latest_.try_emplace(key_of(trial), results_.size());
  if (!is_new && joins(latest->second, trial)) return latest->second;
  latest->second = results_.size();
  results_.push_back({.first = &trial});
  return latest->second;
}

NASNET_BODY bool ResultRanking::joins(std::size_t index, const Trial& trial) {
  const Trial& first = *results_[index].first;
  if (first.budget != trial.budget || first.architecture != trial.architecture) return false;
  std::set<std::int64_t>& repeats = repeats_[index];
  if (results_[index].evaluations == 1) repeats.insert(first.repeat);
  return repeats.insert(trial.repeat).second;
}

NASNET_BODY std::uint64_t ResultRanking::key_of(const Trial& trial) {
  constexpr std::uint64_t spread = 0x9e3779b97f4a7c15;
  return trial.hash ^ spread * static_cast<std::uint64_t>(trial.budget.value_or(0));
}

}  // namespace nasnet::inline NASNET_ABI
