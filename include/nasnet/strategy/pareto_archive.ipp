#pragma once

#include "nasnet/strategy/pareto_archive.hpp"

#include <algorithm>  // stable_sort
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <map>        // map
#include <optional>   // nullopt, optional
#include <string>     // string
#include <utility>    // move
#include <vector>     // erase_if, vector

#include "nasnet/core/error.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::optional<double> cost_of(const Trial& trial, const std::string& name) {
  const auto count = [](const std::optional<std::int64_t>& value) {
    return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
  };
  if (name == "parameters") return count(trial.parameters);
  if (name == "multiply_adds") return count(trial.multiply_adds);
  if (name == "seconds") return trial.seconds;
  const auto metric = trial.evaluation.metrics.find(name);
  if (metric == trial.evaluation.metrics.end()) return std::nullopt;
  return metric->second;
}

NASNET_BODY std::vector<double> objectives_of(const Trial& trial, const std::vector<std::string>& costs) {
  std::vector<double> objectives{-trial.evaluation.validation_accuracy};
  for (const std::string& name : costs) {
    const std::optional<double> cost = cost_of(trial, name);
    if (!cost) {
      fail<ArgumentError>("search: trial ", trial.number, " has no cost '", name,
                          "': it is neither counted (see SearchOptions::counted) nor a metric of the evaluator");
    }
    objectives.push_back(*cost);
  }
  return objectives;
}

NASNET_BODY bool dominates(const std::vector<double>& first, const std::vector<double>& second) {
  bool is_smaller = false;
  for (std::size_t k = 0; k < first.size(); ++k) {
    if (first[k] > second[k]) return false;
    is_smaller = is_smaller || first[k] < second[k];
  }
  return is_smaller;
}

NASNET_BODY bool ParetoArchive::add(const Trial& trial) {
  if (trial.state != TrialState::done) return false;
  Entry entry{trial, objectives_of(trial, costs_)};
  for (const Entry& other : entries_) {
    if (other.objectives == entry.objectives || dominates(other.objectives, entry.objectives)) return false;
  }
  std::erase_if(entries_, [&](const Entry& other) { return dominates(entry.objectives, other.objectives); });
  entries_.push_back(std::move(entry));
  return true;
}

NASNET_BODY std::vector<Trial> ParetoArchive::front() const {
  std::vector<Trial> trials;
  for (const Entry& entry : entries_) trials.push_back(entry.trial);
  std::stable_sort(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) {
    return a.evaluation.validation_accuracy > b.evaluation.validation_accuracy;
  });
  return trials;
}

NASNET_BODY double ParetoArchive::hypervolume(double least_accuracy, double most_cost) const {
  if (costs_.size() != 1) fail<ArgumentError>("pareto archive: the area is that of 1 cost, there are ", costs_.size());
  std::map<double, double> accuracy_by_cost;
  for (const Entry& entry : entries_) accuracy_by_cost[entry.objectives[1]] = -entry.objectives[0];
  double area = 0;
  double reached = least_accuracy;
  for (const auto& [cost, accuracy] : accuracy_by_cost) {
    if (cost >= most_cost || accuracy <= reached) continue;
    area += (accuracy - reached) * (most_cost - cost);
    reached = accuracy;
  }
  return area;
}

NASNET_BODY ParetoArchive pareto_archive(const History& history, std::vector<std::string> costs) {
  ParetoArchive archive(std::move(costs));
  const std::optional<std::int64_t> largest = history.largest_budget();
  for (const Trial& trial : history.trials) {
    if (trial.competes(largest)) archive.add(trial);
  }
  return archive;
}

NASNET_BODY ParetoArchive::ParetoArchive(std::vector<std::string> costs) : costs_(std::move(costs)) {}

}  // namespace nasnet::inline NASNET_ABI
