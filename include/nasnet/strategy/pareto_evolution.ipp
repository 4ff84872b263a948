#pragma once

#include "nasnet/strategy/pareto_evolution.hpp"

#include <algorithm>          // sort
#include <cstddef>            // ptrdiff_t, size_t
#include <cstdint>            // int64_t, uint64_t
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/pareto_archive.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Crowding distances within one front (Deb et al. 2002, section III.B).
NASNET_LAZY inline void add_crowding(const std::vector<const std::vector<double>*>& points,
                                     std::vector<std::size_t> members, std::vector<double>& crowding) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < points.front()->size(); ++k) {
    const auto value = [&](std::size_t member) { return (*points[member])[k]; };
    std::sort(members.begin(), members.end(),
              [&](std::size_t a, std::size_t b) { return value(a) != value(b) ? value(a) < value(b) : a < b; });
    const double range = value(members.back()) - value(members.front());
    crowding[members.front()] = infinite;
    crowding[members.back()] = infinite;
    for (std::size_t at = 1; at + 1 < members.size() && range > 0; ++at) {
      crowding[members[at]] += (value(members[at + 1]) - value(members[at - 1])) / range;
    }
  }
}

NASNET_BODY ParetoRanks pareto_ranks(const std::vector<const std::vector<double>*>& points) {
  ParetoRanks ranks{std::vector<std::int64_t>(points.size(), -1), std::vector<double>(points.size(), 0)};
  std::size_t ranked = 0;
  for (std::int64_t front = 0; ranked < points.size(); ++front) {
    std::vector<std::size_t> members;
    for (std::size_t a = 0; a < points.size(); ++a) {
      if (ranks.front[a] >= 0) continue;
      bool is_dominated = false;
      for (std::size_t b = 0; b < points.size() && !is_dominated; ++b) {
        is_dominated = ranks.front[b] < 0 && dominates(*points[b], *points[a]);
      }
      if (!is_dominated) members.push_back(a);
    }
    for (const std::size_t member : members) ranks.front[member] = front;
    ranked += members.size();
    add_crowding(points, members, ranks.crowding);
  }
  return ranks;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY ParetoEvolution::ParetoEvolution(AnySpace space, std::uint64_t seed, ParetoEvolutionOptions options)
    : space_(std::move(space)), seed_(seed), options_(std::move(options)), has_neighbours_(!(space_.sequences() == 1)) {
  if (options_.population < 2) {
    fail<ArgumentError>("pareto evolution: a population of ", options_.population, ", 2 or more are wanted");
  }
  if (!(options_.crossover >= 0 && options_.crossover <= 1)) {
    fail<ArgumentError>("pareto evolution: a crossover of ", options_.crossover, ", a probability is wanted");
  }
  if (options_.costs.empty()) fail<ArgumentError>("pareto evolution: no costs; without one there is no front");
}

NASNET_BODY Answer ParetoEvolution::ask() {
  if (is_full() && !has_neighbours_) return Answer::exhausted();
  RandomStream random = RandomStream(seed_).split("pareto evolution", static_cast<std::uint64_t>(proposals_));
  Architecture proposal = is_full() ? child(random) : space_.sample(random);
  ++proposals_;
  return proposal;
}

NASNET_BODY void ParetoEvolution::tell(const Trial& trial) {
  if (trial.state != TrialState::done) return;
  population_.push_back({trial.architecture, objectives_of(trial, options_.costs)});
  rank();
  if (static_cast<std::int64_t>(population_.size()) <= options_.population) return;
  std::size_t worst = 0;
  for (std::size_t member = 1; member < population_.size(); ++member) {
    if (!ranks_.is_better(member, worst)) worst = member;
  }
  population_.erase(population_.begin() + static_cast<std::ptrdiff_t>(worst));
  rank();
}

NASNET_BODY JsonValue ParetoEvolution::settings() const {
  return nlohmann::json::object({{"name", "pareto_evolution"},
                                 {"seed", seed_},
                                 {"costs", options_.costs},
                                 {"population", options_.population},
                                 {"crossover", options_.crossover}});
}

NASNET_BODY JsonValue ParetoEvolution::save() const {
  nlohmann::json members = nlohmann::json::array();
  for (const Member& member : population_) {
    members.push_back(
        nlohmann::json::object({{"architecture", to_json(member.architecture)}, {"objectives", member.objectives}}));
  }
  return nlohmann::json::object({{"proposals", proposals_}, {"population", std::move(members)}});
}

NASNET_BODY void ParetoEvolution::load(const JsonValue& state) {
  const detail::SavedState saved("pareto evolution", state);
  std::vector<Member> population;
  for (const nlohmann::json& item : saved.list("population")) population.push_back(loaded(saved.part(item)));
  if (static_cast<std::int64_t>(population.size()) > options_.population) saved.fail_at("population");
  proposals_ = saved.count("proposals");
  population_ = std::move(population);
  rank();
}

NASNET_BODY Architecture ParetoEvolution::child(RandomStream& random) const {
  const Architecture& first = winner(random);
  if (random.uniform() >= options_.crossover) return space_.mutate(first, random);
  return space_.mutate(space_.crossover(first, winner(random), random), random);
}

NASNET_BODY const Architecture& ParetoEvolution::winner(RandomStream& random) const {
  const auto a = static_cast<std::size_t>(random.below(options_.population));
  const auto b = static_cast<std::size_t>(random.below(options_.population));
  return population_[ranks_.is_better(b, a) ? b : a].architecture;
}

NASNET_BODY void ParetoEvolution::rank() {
  std::vector<const std::vector<double>*> points;
  for (const Member& member : population_) points.push_back(&member.objectives);
  ranks_ = detail::pareto_ranks(points);
}

NASNET_BODY ParetoEvolution::Member ParetoEvolution::loaded(const detail::SavedState& saved) const {
  Member member{saved.architecture_tree("architecture"), {}};
  for (const nlohmann::json& value : saved.list("objectives")) {
    member.objectives.push_back(saved.number_in(value, "objectives"));
  }
  if (member.objectives.size() != options_.costs.size() + 1) saved.fail_at("objectives");
  return member;
}

}  // namespace nasnet::inline NASNET_ABI
