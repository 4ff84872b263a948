// All strategies on the toy space, for tests that each of them has to pass.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/strategy/average_repeats.hpp"
#include "nasnet/strategy/exhaustive.hpp"
#include "nasnet/strategy/local_search.hpp"
#include "nasnet/strategy/median_stop.hpp"
#include "nasnet/strategy/pareto_evolution.hpp"
#include "nasnet/strategy/ppo_controller.hpp"
#include "nasnet/strategy/random_search.hpp"
#include "nasnet/strategy/regularized_evolution.hpp"
#include "nasnet/strategy/replay_duplicates.hpp"
#include "nasnet/strategy/successive_halving.hpp"
#include "search/toy_search.hpp"

namespace toy {

struct StrategyCase {
  std::string name;
  std::function<nasnet::AnyStrategy(const nasnet::AnySpace& space, std::uint64_t seed)> make;
  std::size_t trials_of_one = 1;  // in a space of one architecture: more where budgets or repeats differ
};

inline constexpr nasnet::EvolutionOptions few_members{.population = 6, .sample = 3};
inline constexpr nasnet::PpoOptions few_units{
    .network = {.units = 4, .embedding = 3}, .batch = 5, .epochs = 2, .learning_rate = 0.02};

inline std::ostream& operator<<(std::ostream& out, const StrategyCase& one) { return out << one.name; }

inline std::vector<StrategyCase> strategy_cases() {
  using namespace nasnet;
  return {
      {"random", [](const AnySpace& space, std::uint64_t seed) { return RandomSearch(space, seed); }},
      {"regularized evolution",
       [](const AnySpace& space, std::uint64_t seed) { return RegularizedEvolution(space, seed, few_members); }},
      {"local search", [](const AnySpace& space, std::uint64_t seed) { return LocalSearch(space, seed); }},
      {"local search, whole neighbourhoods",
       [](const AnySpace& space, std::uint64_t seed) {
         return LocalSearch(space, seed, {.whole_neighbourhood = true});
       }},
      {"exhaustive", [](const AnySpace& space, std::uint64_t) { return Exhaustive(space); }},
      {"exhaustive, all",
       [](const AnySpace& space, std::uint64_t) { return Exhaustive(space, {.canonical_only = false}); }},
      {"pareto evolution",
       [](const AnySpace& space, std::uint64_t seed) {
         return ParetoEvolution(space, seed, {.costs = {"draw"}, .population = 6});
       }},
      {"ppo controller",
       [](const AnySpace& space, std::uint64_t seed) { return PpoController(space, seed, few_units); }},
      {"reinforce with replay",
       [](const AnySpace& space, std::uint64_t seed) {
         PpoOptions options = few_units;
         options.gradient = PolicyGradient::reinforce;
         return ReplayDuplicates(PpoController(space, seed, options));
       }},
      {"successive halving",
       [](const AnySpace& space, std::uint64_t seed) {
         return SuccessiveHalving(space, seed, {.most_budget = 4, .reduction = 2});
       }},
      {"average of repeats of evolution",
       [](const AnySpace& space, std::uint64_t seed) {
         return AverageRepeats(RegularizedEvolution(space, seed, few_members), 3);
       },
       3},
      {"average of replayed repeats",
       [](const AnySpace& space, std::uint64_t seed) {
         return ReplayDuplicates(AverageRepeats(LocalSearch(space, seed), 2));
       },
       2},
      {"median stop of evolution",
       [](const AnySpace& space, std::uint64_t seed) {
         return MedianStop(RegularizedEvolution(space, seed, few_members), {.budgets = {1, 2, 6}, .least_results = 3});
       },
       3},
      {"evolution with replay",
       [](const AnySpace& space, std::uint64_t seed) {
         return ReplayDuplicates(RegularizedEvolution(space, seed, few_members));
       }},
      {"local search with replay",
       [](const AnySpace& space, std::uint64_t seed) { return ReplayDuplicates(LocalSearch(space, seed)); }},
  };
}

}  // namespace toy
