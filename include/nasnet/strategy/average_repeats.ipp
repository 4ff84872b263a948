#pragma once

#include "nasnet/strategy/average_repeats.hpp"

#include <algorithm>          // find_if, none_of
#include <cstddef>            // size_t
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

/// Of metrics that all have.
NASNET_LAZY [[nodiscard]] inline Evaluation mean_of(const std::vector<const Evaluation*>& done) {
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

/// One trial for all repeats of a proposal.
NASNET_LAZY [[nodiscard]] inline Trial mean_of_repeats(const std::vector<Trial>& repeats, std::int64_t repeat) {
  Trial mean = repeats.front();
  mean.repeat = repeat;
  mean.seconds = 0;
  std::vector<const Evaluation*> done;
  for (const Trial& trial : repeats) {
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

NASNET_BODY RepeatAverager::RepeatAverager(std::int64_t repeats) : repeats_(repeats) {
  if (repeats < 1) fail<ArgumentError>("average of repeats: ", repeats, " repeats, 1 or more are wanted");
}

NASNET_BODY Answer RepeatAverager::ask(StrategyInterface& inner) {
  if (groups_.empty() || groups_.back().asked == repeats_) {
    Answer answer = inner.ask();
    if (!answer.has_proposal()) return answer;
    groups_.push_back({answer.proposal()});
  }
  Group& group = groups_.back();
  Proposal proposal = group.proposal;
  proposal.repeat = proposal.repeat * repeats_ + group.asked++;
  return proposal;
}

NASNET_BODY void RepeatAverager::tell(StrategyInterface& inner, const Trial& trial) {
  const auto group =
      std::find_if(groups_.begin(), groups_.end(), [&](const Group& candidate) { return awaits(candidate, trial); });
  if (group == groups_.end()) fail<ArgumentError>("average of repeats: was told of a trial that it does not wait for");
  add(*group, trial);
  if (static_cast<std::int64_t>(group->told.size()) < repeats_) return;
  const Trial mean = mean_of_repeats(group->told, group->proposal.repeat);
  groups_.erase(group);
  inner.tell(mean);
}

NASNET_BODY JsonValue RepeatAverager::settings(const StrategyInterface& inner) const {
  return nlohmann::json::object({{"name", "average_repeats"}, {"repeats", repeats_}, {"strategy", inner.settings()}});
}

NASNET_BODY JsonValue RepeatAverager::save(const StrategyInterface& inner) const {
  nlohmann::json groups = nlohmann::json::array();
  for (const Group& group : groups_) {
    Trial first;  // carries the proposal
    first.architecture = group.proposal.architecture;
    first.budget = group.proposal.budget;
    first.repeat = group.proposal.repeat;
    nlohmann::json told = nlohmann::json::array();
    for (const Trial& trial : group.told) told.push_back(save_trial(trial));
    groups.push_back(
        nlohmann::json::object({{"proposal", save_trial(first)}, {"asked", group.asked}, {"told", std::move(told)}}));
  }
  return nlohmann::json::object({{"strategy", inner.save()}, {"groups", std::move(groups)}});
}

NASNET_BODY void RepeatAverager::load(StrategyInterface& inner, const JsonValue& state) {
  const SavedState saved("average of repeats", state);
  std::vector<Group> groups;
  for (const nlohmann::json& item : saved.list("groups")) {
    const SavedState part = saved.part(item);
    const Trial first = load_trial(part.part(part.field("proposal")));
    Group& group = groups.emplace_back();
    group.proposal = {first.architecture, first.budget, first.repeat};
    group.asked = part.count("asked", repeats_);
    for (const nlohmann::json& trial : part.list("told")) add(group, load_trial(part.part(trial)));
  }
  inner.load(saved.field("strategy"));
  groups_ = std::move(groups);
}

NASNET_BODY bool RepeatAverager::awaits(const Group& group, const Trial& trial) const {
  const auto is_same = [&](const Trial& other) { return repeat_of(other) == repeat_of(trial); };
  return group.proposal.repeat == trial.repeat / repeats_ && group.proposal.budget == trial.budget &&
         group.asked > repeat_of(trial) && std::none_of(group.told.begin(), group.told.end(), is_same) &&
         group.proposal.architecture == trial.architecture;
}

NASNET_BODY void RepeatAverager::add(Group& group, Trial trial) const {
  const auto place = std::find_if(group.told.begin(), group.told.end(),
                                  [&](const Trial& other) { return repeat_of(other) > repeat_of(trial); });
  group.told.insert(place, std::move(trial));
}

}  // namespace nasnet::inline NASNET_ABI::detail
