/// Regularised evolution: tournaments in a population whose oldest member leaves.
#pragma once

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

/// The defaults are those of the paper's large search (Real et al., AAAI 2019, section 3.2).
struct EvolutionOptions {
  std::int64_t population = 100;  ///< members, P
  std::int64_t sample = 25;       ///< members drawn for a tournament, S

  bool operator==(const EvolutionOptions&) const = default;
};

/// Regularised (aging) evolution: Real, Aggarwal, Huang and Le, "Regularized Evolution for Image Classifier
/// Architecture Search", AAAI 2019, algorithm 1.
///
/// While the population is not full, it proposes random architectures. Then each proposal is a mutation of the best
/// among `sample` members drawn with replacement, the first drawn of equals. Each result is the youngest member, and
/// the oldest leaves. Trials without a result (failed, rejected, duplicates) leave the population as it is; with
/// ReplayDuplicates, duplicates are members too.
///
/// It never waits: with several workers a child's parents are those told until then.
class RegularizedEvolution {
 public:
  /// @throws ArgumentError for options out of range.
  RegularizedEvolution(AnySpace space, std::uint64_t seed, EvolutionOptions options = {})
      : space_(std::move(space)), seed_(seed), options_(options), has_neighbours_(!(space_.sequences() == 1)) {
    if (options.population < 1) {
      fail<ArgumentError>("regularized evolution: a population of ", options.population, ", 1 or more are wanted");
    }
    if (options.sample < 1) {
      fail<ArgumentError>("regularized evolution: tournaments of ", options.sample, " members, 1 or more are wanted");
    }
  }

  /// Exhausted where the space has a single architecture and the population is full of it.
  [[nodiscard]] Answer ask() {
    RandomStream random = RandomStream(seed_).split("regularized evolution", static_cast<std::uint64_t>(proposals_));
    if (is_full() && !has_neighbours_) return Answer::exhausted();
    Architecture proposal = is_full() ? space_.mutate(winner(random).architecture, random) : space_.sample(random);
    ++proposals_;
    return proposal;
  }

  void tell(const Trial& trial) {
    if (trial.state != TrialState::done) return;
    population_.push_back({trial.architecture, trial.evaluation.validation_accuracy});
    if (static_cast<std::int64_t>(population_.size()) > options_.population) population_.pop_front();
  }

  /// It becomes a member like any other.
  void inform(const Trial& trial) { tell(trial); }

  [[nodiscard]] nlohmann::json settings() const {
    return nlohmann::json::object({{"name", "regularized_evolution"},
                                   {"seed", seed_},
                                   {"population", options_.population},
                                   {"sample", options_.sample}});
  }

  [[nodiscard]] nlohmann::json save() const {
    nlohmann::json members = nlohmann::json::array();
    for (const detail::Scored& member : population_) members.push_back(member.save());
    return nlohmann::json::object({{"proposals", proposals_}, {"population", std::move(members)}});
  }

  /// @throws DataError for what `save` does not write.
  void load(const nlohmann::json& state) {
    const detail::SavedState saved("regularized evolution", state);
    std::deque<detail::Scored> population;
    for (const nlohmann::json& member : saved.list("population")) {
      population.push_back(detail::Scored::load(saved.part(member)));
    }
    if (static_cast<std::int64_t>(population.size()) > options_.population) {
      fail<DataError>("regularized evolution: the saved state has ", population.size(), " members, the population ",
                      options_.population);
    }
    proposals_ = saved.count("proposals");
    population_ = std::move(population);
  }

 private:
  [[nodiscard]] bool is_full() const { return static_cast<std::int64_t>(population_.size()) == options_.population; }

  /// Of a tournament.
  [[nodiscard]] const detail::Scored& winner(RandomStream& random) const {
    const detail::Scored* best = nullptr;
    for (std::int64_t draw = 0; draw < options_.sample; ++draw) {
      const auto place = static_cast<std::size_t>(random.below(options_.population));
      if (best == nullptr || population_[place].accuracy > best->accuracy) best = &population_[place];
    }
    return *best;
  }

  AnySpace space_;
  std::uint64_t seed_;
  EvolutionOptions options_;
  bool has_neighbours_;
  std::int64_t proposals_ = 0;
  std::deque<detail::Scored> population_;  // the oldest first
};

}  // namespace nasnet::inline NASNET_ABI
