#pragma once

#include "nasnet/strategy/successive_halving.hpp"

#include <algorithm>          // upper_bound
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY SuccessiveHalving::SuccessiveHalving(AnySpace space, std::uint64_t seed, SuccessiveHalvingOptions options)
    : space_(std::move(space)), seed_(seed), options_(options) {
  if (options.least_budget < 1 || options.most_budget < options.least_budget) {
    fail<ArgumentError>("successive halving: budgets from ", options.least_budget, " to ", options.most_budget,
                        ", 1 or more and ascending are wanted");
  }
  if (options.reduction < 2) {
    fail<ArgumentError>("successive halving: a reduction of ", options.reduction, ", 2 or more are wanted");
  }
  for (std::int64_t budget = options.least_budget;; budget *= options.reduction) {
    rungs_.push_back({budget, {}});
    if (budget > options.most_budget / options.reduction) break;
  }
}

NASNET_BODY std::vector<std::int64_t> SuccessiveHalving::budgets() const {
  std::vector<std::int64_t> found;
  for (const Rung& rung : rungs_) found.push_back(rung.budget);
  return found;
}

NASNET_BODY Answer SuccessiveHalving::ask() {
  for (std::size_t rung = rungs_.size() - 1; rung-- > 0;) {
    Member* const member = find_promotable(rungs_[rung]);
    if (member == nullptr) continue;
    member->went_on = true;
    return Proposal{.architecture = member->result.architecture, .budget = rungs_[rung + 1].budget};
  }
  RandomStream random = RandomStream(seed_).split("successive halving", static_cast<std::uint64_t>(samples_));
  Proposal proposal{.architecture = space_.sample(random), .budget = rungs_.front().budget};
  ++samples_;
  return proposal;
}

NASNET_BODY void SuccessiveHalving::tell(const Trial& trial) {
  for (Rung& rung : rungs_) {
    if (rung.budget != trial.budget) continue;
    if (trial.state == TrialState::done) add(rung, {trial.architecture, trial.evaluation.validation_accuracy});
    return;
  }
  fail<ArgumentError>("successive halving: told of a trial with a budget of ", trial.budget.value_or(0),
                      ", which is that of no rung");
}

NASNET_BODY void SuccessiveHalving::inform(const Trial& trial) {
  for (const Rung& rung : rungs_) {
    if (rung.budget == trial.budget) return tell(trial);
  }
}

NASNET_BODY JsonValue SuccessiveHalving::settings() const {
  return nlohmann::json::object({{"name", "successive_halving"},
                                 {"seed", seed_},
                                 {"least_budget", options_.least_budget},
                                 {"most_budget", options_.most_budget},
                                 {"reduction", options_.reduction}});
}

NASNET_BODY JsonValue SuccessiveHalving::save() const {
  nlohmann::json rungs = nlohmann::json::array();
  for (const Rung& rung : rungs_) {
    nlohmann::json members = nlohmann::json::array();
    for (const Member& member : rung.members) {
      nlohmann::json item = detail::save_scored(member.result);
      item["went_on"] = member.went_on;
      members.push_back(std::move(item));
    }
    rungs.push_back(std::move(members));
  }
  return nlohmann::json::object({{"samples", samples_}, {"rungs", std::move(rungs)}});
}

NASNET_BODY void SuccessiveHalving::load(const JsonValue& state) {
  const detail::SavedState saved("successive halving", state);
  const nlohmann::json& saved_rungs = saved.list("rungs");
  if (saved_rungs.size() != rungs_.size()) saved.fail_at("rungs");
  std::vector<Rung> rungs = rungs_;
  for (std::size_t rung = 0; rung < rungs.size(); ++rung) {
    if (!saved_rungs[rung].is_array()) saved.fail_at("rungs");
    rungs[rung].members.clear();
    for (const nlohmann::json& item : saved_rungs[rung]) {
      const detail::SavedState member = saved.part(item);
      rungs[rung].members.push_back({detail::load_scored(member), member.flag("went_on")});
    }
  }
  samples_ = saved.count("samples");
  rungs_ = std::move(rungs);
}

NASNET_BODY void SuccessiveHalving::add(Rung& rung, detail::Scored result) {
  const auto place =
      std::upper_bound(rung.members.begin(), rung.members.end(), result.accuracy,
                       [](double accuracy, const Member& other) { return accuracy > other.result.accuracy; });
  rung.members.insert(place, Member{std::move(result)});
}

NASNET_BODY SuccessiveHalving::Member* SuccessiveHalving::find_promotable(Rung& rung) const {
  const std::size_t count = rung.members.size() / static_cast<std::size_t>(options_.reduction);
  for (std::size_t place = 0; place < count; ++place) {
    if (!rung.members[place].went_on) return &rung.members[place];
  }
  return nullptr;
}

}  // namespace nasnet::inline NASNET_ABI
