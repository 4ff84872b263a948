// The strategies that programs offer by name. Included by programs only.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nasnet/core/error.hpp>
#include <nasnet/space/any_space.hpp>
#include <nasnet/strategy/any_strategy.hpp>
#include <nasnet/strategy/exhaustive.hpp>
#include <nasnet/strategy/local_search.hpp>
#include <nasnet/strategy/pareto_evolution.hpp>
#include <nasnet/strategy/ppo_controller.hpp>
#include <nasnet/strategy/random_search.hpp>
#include <nasnet/strategy/regularized_evolution.hpp>
#include <nasnet/strategy/successive_halving.hpp>
#include <nasnet/study/study.hpp>

#include "flags.hpp"

namespace program {

/// What the strategies are set to.
struct StrategyFlags {
  nasnet::EvolutionOptions evolution{.population = 20, .sample = 5};
  nasnet::PpoOptions controller{.batch = 10, .learning_rate = 0.003};  // for hundreds of trials, not the paper's 20,000
  nasnet::SuccessiveHalvingOptions halving{};                          // its budgets are those of the trainings

  [[nodiscard]] FlagTable table() {
    const auto members = whole_number<std::int64_t>(1, 1'000'000);
    FlagTable table{
        setting("--population", evolution.population, "members of an evolution").check(members),
        setting("--sample", evolution.sample, "members of a tournament of an evolution").check(members),
    };
    return table.add(controller_table());
  }

 private:
  /// Of the strategy ppo.
  [[nodiscard]] FlagTable controller_table() {
    using nasnet::PolicyGradient;
    return {
        setting_if_changed("--controller-gradient",
                           one_of(controller.gradient, {PolicyGradient::ppo, PolicyGradient::reinforce}),
                           "how it learns: by PPO or by REINFORCE"),
        setting_if_changed("--controller-entropy-weight", controller.entropy_weight, "how much it is to stay undecided")
            .check(number(0, 1e6, "from 0 to 1e6")),
        setting_if_changed("--controller-temperature", controller.network.temperature,
                           "divides its logits: above 1 its choices are closer to uniform")
            .check(number(1e-6, 1e6, "from 1e-6 to 1e6")),
        setting_if_changed("--controller-tanh-constant", controller.network.tanh_constant,
                           "keeps its logits between this and its negative, 0: they stay")
            .check(number(0, 1e6, "from 0 to 1e6")),
        setting("--controller-batch", controller.batch, "results that the controller of ppo learns from at a time")
            .check(whole_number<std::int64_t>(1, 1'000'000)),
        setting("--controller-rate", controller.learning_rate, "its learning rate")
            .check(number(1e-9, 1, "from 1e-9 to 1")),
    };
  }
};

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

/// Those that need budgets, costs or all cells, for searches whose trials are trainings.
[[nodiscard]] inline std::vector<nasnet::StudyStrategy> training_strategies(const StrategyFlags& flags = {}) {
  using nasnet::AnySpace;
  using nasnet::AnyStrategy;
  return {
      {"pareto-evolution",
       [population = flags.evolution.population](const AnySpace& space, std::uint64_t seed) -> AnyStrategy {
         return nasnet::ParetoEvolution(space, seed, {.costs = {"parameters"}, .population = population});
       }},
      {"successive-halving",
       [halving = flags.halving](const AnySpace& space, std::uint64_t seed) -> AnyStrategy {
         return nasnet::SuccessiveHalving(space, seed, halving);
       }},
      {"exhaustive", [](const AnySpace& space, std::uint64_t) -> AnyStrategy { return nasnet::Exhaustive(space); }},
  };
}

[[nodiscard]] inline std::vector<std::string> names_of(const std::vector<nasnet::StudyStrategy>& strategies) {
  std::vector<std::string> names;
  for (const nasnet::StudyStrategy& strategy : strategies) names.push_back(strategy.name);
  return names;
}

[[nodiscard]] inline std::vector<nasnet::StudyStrategy> all_strategies(const StrategyFlags& flags = {}) {
  std::vector<nasnet::StudyStrategy> all = known_strategies(flags);
  for (nasnet::StudyStrategy& one : training_strategies(flags)) all.push_back(std::move(one));
  return all;
}

/// The strategy of this name.
[[nodiscard]] inline nasnet::StudyStrategy strategy_named(const std::string& name, const StrategyFlags& flags) {
  for (nasnet::StudyStrategy& known : all_strategies(flags)) {
    if (known.name == name) return std::move(known);
  }
  nasnet::fail<nasnet::ArgumentError>("there is no strategy named ", name);
}

}  // namespace program
