/// Evolution towards accuracy and low costs at once: NSGA-II, one child at a time.
#pragma once

#include <cstddef>  // ptrdiff_t, size_t
#include <cstdint>  // int64_t, uint64_t
#include <string>   // string
#include <vector>   // vector

#include "nasnet/core/json_value.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/detail/scored.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

struct ParetoEvolutionOptions {
  std::vector<std::string> costs{"parameters"};  ///< to be small, beside a high accuracy; names as in cost_of
  std::int64_t population = 50;
  double crossover = 0.5;  ///< probability that a child has two parents
};

namespace detail {

/// The fronts of points and the room around each: what NSGA-II ranks by.
struct ParetoRanks {
  std::vector<std::int64_t> front;  ///< 0 for points that none dominates, 1 for those that only the former do, ...
  std::vector<double> crowding;     ///< the larger, the lonelier within its front; infinite at the ends

  /// Whether point a is to be preferred.
  [[nodiscard]] bool is_better(std::size_t a, std::size_t b) const {
    return front[a] != front[b] ? front[a] < front[b] : crowding[a] > crowding[b];
  }
};

/// @param points objectives, each to be made small
NASNET_LAZY [[nodiscard]] ParetoRanks pareto_ranks(const std::vector<const std::vector<double>*>& points);

}  // namespace detail

/// NSGA-II (Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm", IEEE TEVC 2002)
/// in its steady-state form (Durillo et al., EMO 2009), which never waits for a generation.
///
/// While the population is not full, it proposes random architectures; then mutations of the winner of a tournament of
/// two, or of a crossover of two winners. Each result joins the population, and the worst leaves: that of the last
/// front with the least room around it. Trials without a result leave the population as it is.
class ParetoEvolution {
 public:
  /// @throws ArgumentError for options out of range.
  NASNET_LAZY ParetoEvolution(AnySpace space, std::uint64_t seed, ParetoEvolutionOptions options = {});

  /// Exhausted where the space has a single architecture and the population is full of it.
  NASNET_LAZY [[nodiscard]] Answer ask();

  /// @throws ArgumentError where the trial lacks a cost.
  NASNET_LAZY void tell(const Trial& trial);

  /// It becomes a member like any other.
  NASNET_LAZY void inform(const Trial& trial) { tell(trial); }

  NASNET_LAZY [[nodiscard]] JsonValue settings() const;

  NASNET_LAZY [[nodiscard]] JsonValue save() const;

  /// @throws DataError for what `save` does not write.
  NASNET_LAZY void load(const JsonValue& state);

 private:
  struct Member {
    Architecture architecture;
    std::vector<double> objectives;
  };

  [[nodiscard]] bool is_full() const { return static_cast<std::int64_t>(population_.size()) == options_.population; }

  NASNET_LAZY [[nodiscard]] Architecture child(RandomStream& random) const;

  /// Of a tournament of two.
  NASNET_LAZY [[nodiscard]] const Architecture& winner(RandomStream& random) const;

  NASNET_LAZY void rank();

  NASNET_LAZY [[nodiscard]] Member loaded(const detail::SavedState& saved) const;

  AnySpace space_;
  std::uint64_t seed_;
  ParetoEvolutionOptions options_;
  bool has_neighbours_;
  std::int64_t proposals_ = 0;
  std::vector<Member> population_;
  detail::ParetoRanks ranks_;  // of the population
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/pareto_evolution.ipp"
#endif
