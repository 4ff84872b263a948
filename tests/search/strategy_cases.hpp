// All strategies on the toy space, for tests that each of them has to pass.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nasnet/search/any_strategy.hpp"
#include "nasnet/search/exhaustive.hpp"
#include "nasnet/search/local_search.hpp"
#include "nasnet/search/pareto_evolution.hpp"
#include "nasnet/search/random_search.hpp"
#include "nasnet/search/regularized_evolution.hpp"
#include "nasnet/search/replay_duplicates.hpp"
#include "search/toy_search.hpp"

namespace toy {

struct StrategyCase {
  std::string name;
  std::function<nasnet::AnyStrategy(const nasnet::AnySpace& space, std::uint64_t seed)> make;
};

inline constexpr nasnet::EvolutionOptions few_members{.population = 6, .sample = 3};

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
      {"evolution with replay",
       [](const AnySpace& space, std::uint64_t seed) {
         return ReplayDuplicates(RegularizedEvolution(space, seed, few_members));
       }},
      {"local search with replay",
       [](const AnySpace& space, std::uint64_t seed) { return ReplayDuplicates(LocalSearch(space, seed)); }},
  };
}

}  // namespace toy
