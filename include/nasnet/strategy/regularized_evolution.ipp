#pragma once

#include "nasnet/strategy/regularized_evolution.hpp"

#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <deque>              // deque
#include <nlohmann/json.hpp>  // json
#include <utility>            // move

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY RegularizedEvolution::RegularizedEvolution(AnySpace space, std::uint64_t seed, EvolutionOptions options)
    : space_(std::move(space)), seed_(seed), options_(options), has_neighbours_(!(space_.sequences() == 1)) {
  if (options.population < 1) {
    fail<ArgumentError>("regularized evolution: a population of ", options.population, ", 1 or more are wanted");
  }
  if (options.sample < 1) {
    fail<ArgumentError>("regularized evolution: tournaments of ", options.sample, " members, 1 or more are wanted");
  }
}

NASNET_BODY Answer RegularizedEvolution::ask() {
  RandomStream random = RandomStream(seed_).split("regularized evolution", static_cast<std::uint64_t>(proposals_));
  if (is_full() && !has_neighbours_) return Answer::exhausted();
  Architecture proposal = is_full() ? space_.mutate(winner(random).architecture, random) : space_.sample(random);
  ++proposals_;
  return proposal;
}

NASNET_BODY void RegularizedEvolution::tell(const Trial& trial) {
  if (trial.state != TrialState::done) return;
  population_.push_back({trial.architecture, trial.evaluation.validation_accuracy});
  if (static_cast<std::int64_t>(population_.size()) > options_.population) population_.pop_front();
}

NASNET_BODY JsonValue RegularizedEvolution::settings() const {
  return nlohmann::json::object({{"name", "regularized_evolution"},
                                 {"seed", seed_},
                                 {"population", options_.population},
                                 {"sample", options_.sample}});
}

NASNET_BODY JsonValue RegularizedEvolution::save() const {
  nlohmann::json members = nlohmann::json::array();
  for (const detail::Scored& member : population_) members.push_back(detail::save_scored(member));
  return nlohmann::json::object({{"proposals", proposals_}, {"population", std::move(members)}});
}

NASNET_BODY void RegularizedEvolution::load(const JsonValue& state) {
  const detail::SavedState saved("regularized evolution", state);
  std::deque<detail::Scored> population;
  for (const nlohmann::json& member : saved.list("population")) {
    population.push_back(detail::load_scored(saved.part(member)));
  }
  if (static_cast<std::int64_t>(population.size()) > options_.population) {
    fail<DataError>("regularized evolution: the saved state has ", population.size(), " members, the population ",
                    options_.population);
  }
  proposals_ = saved.count("proposals");
  population_ = std::move(population);
}

NASNET_BODY const detail::Scored& RegularizedEvolution::winner(RandomStream& random) const {
  const detail::Scored* best = nullptr;
  for (std::int64_t draw = 0; draw < options_.sample; ++draw) {
    const auto place = static_cast<std::size_t>(random.below(options_.population));
    if (best == nullptr || population_[place].accuracy > best->accuracy) best = &population_[place];
  }
  return *best;
}

}  // namespace nasnet::inline NASNET_ABI
