// The strategies that programs offer by name. Included by examples only.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include <nasnet/search/any_strategy.hpp>
#include <nasnet/search/local_search.hpp>
#include <nasnet/search/ppo_controller.hpp>
#include <nasnet/search/random_search.hpp>
#include <nasnet/search/regularized_evolution.hpp>
#include <nasnet/search/study.hpp>

#include "program.hpp"

namespace program {

/// What the strategies are set to.
struct StrategyFlags {
  nasnet::EvolutionOptions evolution{};
  nasnet::PpoOptions controller{.batch = 10, .learning_rate = 0.003};  // for hundreds of trials, not the paper's 20,000
};

/// The flags of the strategy ppo.
inline void declare_controller(CLI::App& app, nasnet::PpoOptions& controller) {
  constexpr std::int64_t most = 1'000'000;
  app.add_option("--controller-batch", controller.batch, "results that the controller of ppo learns from at a time")
      ->capture_default_str()
      ->check(whole_number(std::int64_t{1}, most));
  app.add_option("--controller-rate", controller.learning_rate, "its learning rate")
      ->capture_default_str()
      ->check(number(1e-9, 1, "from 1e-9 to 1"));
}

/// All strategies that search by accuracy alone, on images as on tables.
[[nodiscard]] inline std::vector<nasnet::StudyStrategy> known_strategies(const StrategyFlags& flags = {}) {
  using nasnet::AnySpace;
  using nasnet::AnyStrategy;
  return {
      {"random",
       [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy { return nasnet::RandomSearch(space, seed); }},
      {"regularized-evolution",
       [evolution = flags.evolution](const AnySpace& space, std::uint64_t seed) -> AnyStrategy {
         return nasnet::RegularizedEvolution(space, seed, evolution);
       }},
      {"ppo",
       [controller = flags.controller](const AnySpace& space, std::uint64_t seed) -> AnyStrategy {
         return nasnet::PpoController(space, seed, controller);
       }},
      {"local-search",
       [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy { return nasnet::LocalSearch(space, seed); }},
      {"local-search-whole",
       [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy {
         return nasnet::LocalSearch(space, seed, {.whole_neighbourhood = true});
       }},
  };
}

/// For the command line's check of a name.
[[nodiscard]] inline std::vector<std::string> strategy_names() {
  std::vector<std::string> names;
  for (const nasnet::StudyStrategy& strategy : known_strategies()) names.push_back(strategy.name);
  return names;
}

/// The strategy of this name, one of strategy_names().
[[nodiscard]] inline nasnet::StudyStrategy strategy_named(const std::string& name, const StrategyFlags& flags = {}) {
  for (nasnet::StudyStrategy& known : known_strategies(flags)) {
    if (known.name == name) return known;
  }
  nasnet::fail<nasnet::ArgumentError>("there is no strategy named ", name);
}

}  // namespace program
