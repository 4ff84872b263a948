/// Evaluates each architecture several times and tells the mean.
#pragma once

#include <algorithm>          // find_if
#include <cstddef>            // size_t
#include <cstdint>            // int64_t
#include <map>                // map
#include <nlohmann/json.hpp>  // json
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/detail/saved_trial.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// Around a strategy: each of its proposals is evaluated `repeats` times, each a trial of its own with other random
/// numbers, which differ in Proposal::repeat. When all have ended, the strategy is told one trial, the first of them,
/// with the means of accuracy, loss and metrics over those that are done, and the sum of seconds. Where none is done,
/// it is told the first as it is.
template <class StrategyType>
class AverageRepeats {
 public:
  /// @throws ArgumentError unless repeats > 0.
  AverageRepeats(StrategyType strategy, std::int64_t repeats) : strategy_(std::move(strategy)), repeats_(repeats) {
    if (repeats < 1) fail<ArgumentError>("average of repeats: ", repeats, " repeats, 1 or more are wanted");
  }

  [[nodiscard]] const StrategyType& strategy() const { return strategy_; }

  [[nodiscard]] Answer ask() {
    if (groups_.empty() || groups_.back().asked == repeats_) {
      Answer answer = strategy_.ask();
      if (!answer.has_proposal()) return answer;
      groups_.push_back({answer.proposal(), 0, {}});
    }
    Group& group = groups_.back();
    Proposal proposal = group.proposal;
    proposal.repeat = proposal.repeat * repeats_ + group.asked++;
    return proposal;
  }

  /// @throws ArgumentError for a trial that was not proposed, or told before.
  void tell(const Trial& trial) {
    const auto group =
        std::find_if(groups_.begin(), groups_.end(), [&](const Group& candidate) { return awaits(candidate, trial); });
    if (group == groups_.end()) fail<ArgumentError>("average of repeats: told of a trial that is not awaited");
    group->told.emplace(trial.repeat % repeats_, trial);
    if (static_cast<std::int64_t>(group->told.size()) < repeats_) return;
    const Trial mean = mean_of(*group);
    groups_.erase(group);
    strategy_.tell(mean);
  }

  void inform(const Trial& trial) requires InformableStrategy<StrategyType> { strategy_.inform(trial); }
  [[nodiscard]] bool is_informable() const { return nasnet::is_informable(strategy_); }

  [[nodiscard]] nlohmann::json settings() const {
    return nlohmann::json::object(
        {{"name", "average_repeats"}, {"repeats", repeats_}, {"strategy", strategy_.settings()}});
  }

  [[nodiscard]] nlohmann::json save() const {
    nlohmann::json groups = nlohmann::json::array();
    for (const Group& group : groups_) {
      Trial first;  // carries the proposal
      first.architecture = group.proposal.architecture;
      first.budget = group.proposal.budget;
      first.repeat = group.proposal.repeat;
      nlohmann::json told = nlohmann::json::array();
      for (const auto& [repeat, trial] : group.told) told.push_back(detail::save_trial(trial));
      groups.push_back(nlohmann::json::object(
          {{"proposal", detail::save_trial(first)}, {"asked", group.asked}, {"told", std::move(told)}}));
    }
    return nlohmann::json::object({{"strategy", strategy_.save()}, {"groups", std::move(groups)}});
  }

  /// @throws DataError for what `save` does not write.
  void load(const nlohmann::json& state) {
    const detail::SavedState saved("average of repeats", state);
    std::vector<Group> groups;
    for (const nlohmann::json& item : saved.list("groups")) groups.push_back(loaded(saved.part(item)));
    strategy_.load(saved.field("strategy"));
    groups_ = std::move(groups);
  }

 private:
  struct Group {
    Proposal proposal;
    std::int64_t asked = 0;
    std::map<std::int64_t, Trial> told;  // by repeat
  };

  [[nodiscard]] bool awaits(const Group& group, const Trial& trial) const {
    return group.proposal.repeat == trial.repeat / repeats_ && group.proposal.budget == trial.budget &&
           group.asked > trial.repeat % repeats_ && !group.told.contains(trial.repeat % repeats_) &&
           group.proposal.architecture == trial.architecture;
  }

  [[nodiscard]] static Trial mean_of(const Group& group) {
    Trial mean = group.told.begin()->second;
    mean.repeat = group.proposal.repeat;
    mean.seconds = 0;
    std::vector<const Evaluation*> done;
    for (const auto& [repeat, trial] : group.told) {
      mean.seconds += trial.seconds;
      if (trial.state == TrialState::done) done.push_back(&trial.evaluation);
    }
    if (done.empty()) return mean;
    mean.state = TrialState::done;
    mean.failure.reset();
    mean.message.clear();
    mean.evaluation = mean_of(done);
    return mean;
  }

  /// Of metrics that all have.
  [[nodiscard]] static Evaluation mean_of(const std::vector<const Evaluation*>& done) {
    const auto count = static_cast<double>(done.size());
    Evaluation mean;
    for (const Evaluation* one : done) {
      mean.validation_accuracy += one->validation_accuracy / count;
      mean.validation_loss += one->validation_loss / count;
    }
    for (const auto& [name, unused] : done.front()->metrics) {
      double sum = 0;
      std::size_t found = 0;
      for (const Evaluation* one : done) {
        const auto metric = one->metrics.find(name);
        if (metric == one->metrics.end()) continue;
        sum += metric->second;
        ++found;
      }
      if (found == done.size()) mean.metrics[name] = sum / count;
    }
    return mean;
  }

  [[nodiscard]] Group loaded(const detail::SavedState& saved) const {
    const Trial first = detail::load_trial(saved.part(saved.field("proposal")));
    Group group{{first.architecture, first.budget, first.repeat}, saved.count("asked", repeats_), {}};
    for (const nlohmann::json& item : saved.list("told")) {
      Trial trial = detail::load_trial(saved.part(item));
      group.told.emplace(trial.repeat % repeats_, std::move(trial));
    }
    return group;
  }

  StrategyType strategy_;
  std::int64_t repeats_;
  std::vector<Group> groups_;  // proposals whose repeats were not all told, in the order asked
};

}  // namespace nasnet::inline NASNET_ABI
