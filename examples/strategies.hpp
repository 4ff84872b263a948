// The strategies that programs offer by name. Included by examples only.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <nasnet/strategy/any_strategy.hpp>
#include <nasnet/strategy/exhaustive.hpp>
#include <nasnet/strategy/local_search.hpp>
#include <nasnet/strategy/pareto_evolution.hpp>
#include <nasnet/strategy/ppo_controller.hpp>
#include <nasnet/strategy/random_search.hpp>
#include <nasnet/strategy/regularized_evolution.hpp>
#include <nasnet/strategy/successive_halving.hpp>
#include <nasnet/study/study.hpp>

#include "program.hpp"

namespace program {

/// What the strategies are set to.
struct StrategyFlags {
  nasnet::EvolutionOptions evolution{};
  nasnet::PpoOptions controller{.batch = 10, .learning_rate = 0.003};  // for hundreds of trials, not the paper's 20,000
};

/// The flags of the strategy ppo, under the names of their options.
inline void declare_controller(CLI::App& app, nasnet::PpoOptions& controller) {
  constexpr std::int64_t most = 1'000'000;
  const std::string reinforce(to_string(nasnet::PolicyGradient::reinforce));
  const std::string ppo(to_string(nasnet::PolicyGradient::ppo));
  app.add_option_function<std::string>(
         "--controller-gradient",
         [&controller, reinforce](const std::string& name) {
           controller.gradient = name == reinforce ? nasnet::PolicyGradient::reinforce : nasnet::PolicyGradient::ppo;
         },
         "how it learns: by PPO or by REINFORCE")
      ->default_str(std::string(to_string(controller.gradient)))
      ->check(CLI::IsMember({ppo, reinforce}));
  app.add_option("--controller-entropy-weight", controller.entropy_weight, "how much it is to stay undecided")
      ->capture_default_str()
      ->check(number(0, 1e6, "from 0 to 1e6"));
  app.add_option("--controller-temperature", controller.network.temperature,
                 "divides its logits: above 1 its choices are closer to uniform")
      ->capture_default_str()
      ->check(number(1e-6, 1e6, "from 1e-6 to 1e6"));
  app.add_option("--controller-tanh-constant", controller.network.tanh_constant,
                 "keeps its logits between this and its negative, 0: they stay")
      ->capture_default_str()
      ->check(number(0, 1e6, "from 0 to 1e6"));
  app.add_option("--controller-batch", controller.batch, "results that the controller of ppo learns from at a time")
      ->capture_default_str()
      ->check(whole_number(std::int64_t{1}, most));
  app.add_option("--controller-rate", controller.learning_rate, "its learning rate")
      ->capture_default_str()
      ->check(number(1e-9, 1, "from 1e-9 to 1"));
}

/// The controller's flags for a journal; those that came later only where they are changed, so that earlier journals go
/// on.
inline void put_controller(nlohmann::json& settings, const nasnet::PpoOptions& controller) {
  const nasnet::PpoOptions unchanged = StrategyFlags{}.controller;
  settings["--controller-batch"] = controller.batch;
  settings["--controller-rate"] = controller.learning_rate;
  const auto put_changed = [&settings](const char* name, const auto& value, const auto& usual) {
    if (value != usual) settings[name] = value;
  };
  put_changed("--controller-gradient", to_string(controller.gradient), to_string(unchanged.gradient));
  put_changed("--controller-entropy-weight", controller.entropy_weight, unchanged.entropy_weight);
  put_changed("--controller-temperature", controller.network.temperature, unchanged.network.temperature);
  put_changed("--controller-tanh-constant", controller.network.tanh_constant, unchanged.network.tanh_constant);
}

/// Successive halving with these budgets.
[[nodiscard]] inline nasnet::StudyStrategy halving_strategy(const nasnet::SuccessiveHalvingOptions& options) {
  return {"successive-halving", [options](const nasnet::AnySpace& space, std::uint64_t seed) -> nasnet::AnyStrategy {
            return nasnet::SuccessiveHalving(space, seed, options);
          }};
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

/// Those that need budgets, costs or all cells, for searches whose trials are trainings.
/// @param epochs of a whole training
[[nodiscard]] inline std::vector<nasnet::StudyStrategy> training_strategies(const StrategyFlags& flags,
                                                                            std::int64_t epochs) {
  using nasnet::AnySpace;
  using nasnet::AnyStrategy;
  return {
      {"pareto-evolution",
       [population = flags.evolution.population](const AnySpace& space, std::uint64_t seed) -> AnyStrategy {
         return nasnet::ParetoEvolution(space, seed, {.costs = {"parameters"}, .population = population});
       }},
      halving_strategy({.most_budget = epochs}),
      {"exhaustive", [](const AnySpace& space, std::uint64_t) -> AnyStrategy { return nasnet::Exhaustive(space); }},
  };
}

[[nodiscard]] inline std::vector<std::string> names_of(const std::vector<nasnet::StudyStrategy>& strategies) {
  std::vector<std::string> names;
  for (const nasnet::StudyStrategy& strategy : strategies) names.push_back(strategy.name);
  return names;
}

/// For the command line's check of a name.
[[nodiscard]] inline std::vector<std::string> strategy_names() { return names_of(known_strategies()); }

[[nodiscard]] inline std::vector<nasnet::StudyStrategy> all_strategies(const StrategyFlags& flags = {},
                                                                       std::int64_t epochs = 1) {
  std::vector<nasnet::StudyStrategy> all = known_strategies(flags);
  for (nasnet::StudyStrategy& one : training_strategies(flags, epochs)) all.push_back(std::move(one));
  return all;
}

/// The strategy of this name among some.
[[nodiscard]] inline nasnet::StudyStrategy strategy_named(const std::string& name,
                                                          std::vector<nasnet::StudyStrategy> strategies) {
  for (nasnet::StudyStrategy& known : strategies) {
    if (known.name == name) return known;
  }
  nasnet::fail<nasnet::ArgumentError>("there is no strategy named ", name);
}

/// The strategy of this name, one of strategy_names().
[[nodiscard]] inline nasnet::StudyStrategy strategy_named(const std::string& name, const StrategyFlags& flags = {}) {
  return strategy_named(name, known_strategies(flags));
}

}  // namespace program
