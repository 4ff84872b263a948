/// Regularised evolution: tournaments in a population whose oldest member leaves.
#pragma once

#include <cstdint>  // int64_t, uint64_t
#include <deque>    // deque

#include "nasnet/core/json_value.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/detail/scored.hpp"
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
  NASNET_LAZY RegularizedEvolution(AnySpace space, std::uint64_t seed, EvolutionOptions options = {});

  /// Exhausted where the space has a single architecture and the population is full of it.
  NASNET_LAZY [[nodiscard]] Answer ask();

  NASNET_LAZY void tell(const Trial& trial);

  /// It becomes a member like any other.
  NASNET_LAZY void inform(const Trial& trial) { tell(trial); }

  NASNET_LAZY [[nodiscard]] JsonValue settings() const;

  NASNET_LAZY [[nodiscard]] JsonValue save() const;

  /// @throws DataError for what `save` does not write.
  NASNET_LAZY void load(const JsonValue& state);

 private:
  [[nodiscard]] bool is_full() const { return static_cast<std::int64_t>(population_.size()) == options_.population; }

  /// Of a tournament.
  NASNET_LAZY [[nodiscard]] const detail::Scored& winner(RandomStream& random) const;

  AnySpace space_;
  std::uint64_t seed_;
  EvolutionOptions options_;
  bool has_neighbours_;
  std::int64_t proposals_ = 0;
  std::deque<detail::Scored> population_;  // the oldest first
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/regularized_evolution.ipp"
#endif
