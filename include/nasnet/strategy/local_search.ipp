#pragma once

#include "nasnet/strategy/local_search.hpp"

#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <utility>            // exchange, move, swap
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Answer LocalSearch::ask() {
  if (next_ < neighbours_.size()) {
    ++pending_;
    return neighbours_[next_++];
  }
  if (pending_ > 0) return Answer::waiting();
  if (known_) {
    best_ = std::exchange(known_, std::nullopt);
    step();
    if (!neighbours_.empty()) return ask();
  }
  RandomStream random = RandomStream(seed_).split("local search: start", static_cast<std::uint64_t>(starts_));
  Architecture start = space_.sample(random);
  ++starts_;
  ++pending_;
  return start;
}

NASNET_BODY void LocalSearch::tell(const Trial& trial) {
  if (pending_ == 0) fail<ArgumentError>("local search: told of a trial, but all proposals were told before");
  --pending_;
  if (improves(trial)) best_ = detail::Scored{trial.architecture, trial.evaluation.validation_accuracy};
  const bool is_over = pending_ == 0 && next_ == neighbours_.size();
  if (is_over || (best_ && !options_.whole_neighbourhood)) step();
}

NASNET_BODY void LocalSearch::inform(const Trial& trial) {
  if (trial.state != TrialState::done) return;
  const double accuracy = trial.evaluation.validation_accuracy;
  if (!known_ || accuracy > known_->accuracy) known_ = detail::Scored{trial.architecture, accuracy};
}

NASNET_BODY JsonValue LocalSearch::settings() const {
  return nlohmann::json::object(
      {{"name", "local_search"}, {"seed", seed_}, {"whole_neighbourhood", options_.whole_neighbourhood}});
}

NASNET_BODY JsonValue LocalSearch::save() const {
  nlohmann::json state = nlohmann::json::object(
      {{"starts", starts_}, {"steps", steps_}, {"pending", pending_}, {"next", static_cast<std::int64_t>(next_)}});
  if (centre_) state["centre"] = detail::save_scored(*centre_);
  if (best_) state["best"] = detail::save_scored(*best_);
  if (known_) state["known"] = detail::save_scored(*known_);
  return state;
}

NASNET_BODY void LocalSearch::load(const JsonValue& state) {
  const detail::SavedState saved("local search", state);
  LocalSearch loaded(space_, seed_, options_);
  loaded.starts_ = saved.count("starts");
  loaded.steps_ = saved.count("steps");
  loaded.pending_ = saved.count("pending");
  if (saved.has("best")) loaded.best_ = detail::load_scored(saved.part(saved.field("best")));
  if (saved.has("known")) loaded.known_ = detail::load_scored(saved.part(saved.field("known")));
  if (saved.has("centre")) {
    loaded.centre_ = detail::load_scored(saved.part(saved.field("centre")));
    if (!space_.contains(loaded.centre_->architecture)) {
      fail<DataError>("local search: \"centre\" of the saved state is not of this space");
    }
    loaded.neighbours_ = loaded.shuffled_neighbours();
  }
  loaded.next_ = static_cast<std::size_t>(saved.count("next", static_cast<std::int64_t>(loaded.neighbours_.size())));
  *this = std::move(loaded);
}

NASNET_BODY bool LocalSearch::improves(const Trial& trial) const {
  const double accuracy = trial.evaluation.validation_accuracy;
  return trial.state == TrialState::done && (!centre_ || accuracy > centre_->accuracy) &&
         (!best_ || accuracy > best_->accuracy);
}

NASNET_BODY void LocalSearch::step() {
  centre_ = std::exchange(best_, std::nullopt);
  neighbours_.clear();
  next_ = 0;
  if (!centre_) return;
  ++steps_;
  neighbours_ = shuffled_neighbours();
  if (neighbours_.empty()) centre_.reset();
}

NASNET_BODY std::vector<Architecture> LocalSearch::shuffled_neighbours() const {
  std::vector<Architecture> found = space_.neighbours(centre_->architecture);
  RandomStream random = RandomStream(seed_).split("local search: order", static_cast<std::uint64_t>(steps_));
  for (std::size_t rest = found.size(); rest > 1; --rest) {
    std::swap(found[rest - 1], found[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(rest)))]);
  }
  return found;
}

NASNET_BODY LocalSearch::LocalSearch(AnySpace space, std::uint64_t seed, LocalSearchOptions options)
    : space_(std::move(space)), seed_(seed), options_(options) {}

}  // namespace nasnet::inline NASNET_ABI
