#pragma once

#include "nasnet/strategy/median_stop.hpp"

#include <algorithm>          // nth_element
#include <cstddef>            // ptrdiff_t, size_t
#include <cstdint>            // int64_t
#include <nlohmann/json.hpp>  // json
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/detail/saved_trial.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The lower one of an even number.
NASNET_LAZY [[nodiscard]] inline double lower_median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

NASNET_BODY MedianRule::MedianRule(MedianStopOptions options)
    : options_(std::move(options)), results_(options_.budgets.size()) {
  std::int64_t before = 0;
  for (const std::int64_t budget : options_.budgets) {
    if (budget <= before) fail<ArgumentError>("median stop: a budget of ", budget, " after one of ", before);
    before = budget;
  }
  if (options_.budgets.empty()) fail<ArgumentError>("median stop: no budgets");
  if (options_.least_results < 1) {
    fail<ArgumentError>("median stop: ", options_.least_results, " results before a stop, 1 or more are wanted");
  }
}

NASNET_BODY Answer MedianRule::ask(StrategyInterface& inner) {
  if (!going_on_.empty()) {
    const Trial trial = std::move(going_on_.front());
    going_on_.erase(going_on_.begin());
    return counted({trial.architecture, trial.budget, trial.repeat});
  }
  Answer answer = inner.ask();
  if (answer.is_exhausted() && under_way_ > 0) return Answer::waiting();
  if (!answer.has_proposal()) return answer;
  Proposal proposal = answer.proposal();
  proposal.budget = options_.budgets.front();
  return counted(std::move(proposal));
}

NASNET_BODY void MedianRule::tell(StrategyInterface& inner, const Trial& trial) {
  const std::size_t step = step_of(trial);
  if (may_go_on(trial.budget)) --under_way_;
  if (trial.state == TrialState::done) results_[step].push_back(trial.evaluation.validation_accuracy);
  if (!goes_on(trial, step)) return inner.tell(trial);
  Trial next;
  next.architecture = trial.architecture;
  next.budget = options_.budgets[step + 1];
  next.repeat = trial.repeat;
  going_on_.push_back(std::move(next));
}

NASNET_BODY JsonValue MedianRule::settings(const StrategyInterface& inner) const {
  return nlohmann::json::object({{"name", "median_stop"},
                                 {"budgets", options_.budgets},
                                 {"least_results", options_.least_results},
                                 {"strategy", inner.settings()}});
}

NASNET_BODY JsonValue MedianRule::save(const StrategyInterface& inner) const {
  nlohmann::json going_on = nlohmann::json::array();
  for (const Trial& trial : going_on_) going_on.push_back(save_trial(trial));
  return nlohmann::json::object({{"strategy", inner.save()},
                                 {"going_on", std::move(going_on)},
                                 {"under_way", under_way_},
                                 {"results", results_}});
}

NASNET_BODY void MedianRule::load(StrategyInterface& inner, const JsonValue& state) {
  const SavedState saved("median stop", state);
  std::vector<Trial> going_on;
  for (const nlohmann::json& item : saved.list("going_on")) going_on.push_back(load_trial(saved.part(item)));
  std::vector<std::vector<double>> results;
  for (const nlohmann::json& step : saved.list("results")) {
    if (!step.is_array()) saved.fail_at("results");
    std::vector<double>& values = results.emplace_back();
    for (const nlohmann::json& value : step) values.push_back(saved.number_in(value, "results"));
  }
  if (results.size() != options_.budgets.size()) saved.fail_at("results");
  const std::int64_t under_way = saved.count("under_way");
  inner.load(saved.field("strategy"));
  under_way_ = under_way;
  going_on_ = std::move(going_on);
  results_ = std::move(results);
}

NASNET_BODY Proposal MedianRule::counted(Proposal proposal) {
  if (may_go_on(proposal.budget)) ++under_way_;
  return proposal;
}

NASNET_BODY std::size_t MedianRule::step_of(const Trial& trial) const {
  for (std::size_t step = 0; step < options_.budgets.size(); ++step) {
    if (options_.budgets[step] == trial.budget) return step;
  }
  fail<ArgumentError>("median stop: told of a trial with a budget of ", trial.budget.value_or(0),
                      ", which is none of its own");
}

NASNET_BODY bool MedianRule::goes_on(const Trial& trial, std::size_t step) const {
  if (trial.state != TrialState::done || step + 1 == options_.budgets.size()) return false;
  const std::vector<double>& results = results_[step];
  if (static_cast<std::int64_t>(results.size()) < options_.least_results) return true;
  return trial.evaluation.validation_accuracy >= lower_median(results);
}

}  // namespace nasnet::inline NASNET_ABI::detail
