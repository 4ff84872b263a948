/// Local search: from neighbour to better neighbour, with a new start at each local optimum.
#pragma once

#include <cstddef>   // size_t
#include <cstdint>   // int64_t, uint64_t
#include <optional>  // nullopt, optional
#include <utility>   // exchange, move, swap
#include <vector>    // vector

#include "nasnet/core/json_value.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/detail/scored.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

struct LocalSearchOptions {
  /// Evaluate all neighbours and step to the best of them, the first told of equals. Else step to the first that is
  /// better and leave the others, which finds good cells of NAS-Bench-201 in fewer evaluations. Figures published for
  /// either form are compared in docs/design.md.
  bool whole_neighbourhood = false;
};

/// Hill climbing over architectures, as in White, Nolen and Savani, "Exploring the loss landscape in neural
/// architecture search", UAI 2021, section 3.
///
/// It begins at a random architecture, proposes its neighbours in random order and steps to a better one. Where all
/// were evaluated and none is better, it begins anew. Trials without a result (failed, rejected, duplicates) count as
/// worse; with ReplayDuplicates, duplicates have their result.
///
/// It waits while a start is evaluated, and for the last neighbours before it begins anew or, with
/// whole_neighbourhood, steps: with W workers up to W - 1 of them are idle then. A better result that is told after a
/// step is a step as well.
class LocalSearch {
 public:
  NASNET_LAZY LocalSearch(AnySpace space, std::uint64_t seed, LocalSearchOptions options = {});

  NASNET_LAZY [[nodiscard]] Answer ask();

  /// @throws ArgumentError where no proposal is under way.
  NASNET_LAZY void tell(const Trial& trial);

  /// The best of them is the next start.
  NASNET_LAZY void inform(const Trial& trial);

  NASNET_LAZY [[nodiscard]] JsonValue settings() const;

  NASNET_LAZY [[nodiscard]] JsonValue save() const;

  /// @throws DataError for what `save` does not write.
  NASNET_LAZY void load(const JsonValue& state);

 private:
  NASNET_LAZY [[nodiscard]] bool improves(const Trial& trial) const;

  /// To the best, or to a new start where there is none.
  NASNET_LAZY void step();

  /// Those of the centre, in the order of this step.
  NASNET_LAZY [[nodiscard]] std::vector<Architecture> shuffled_neighbours() const;

  AnySpace space_;
  std::uint64_t seed_;
  LocalSearchOptions options_;
  std::int64_t starts_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t pending_ = 0;                // proposals that were not told yet
  std::optional<detail::Scored> centre_;    // absent before a start has its result
  std::optional<detail::Scored> best_;      // better than the centre, of those told
  std::optional<detail::Scored> known_{};   // the best it was informed of, not climbed from yet
  std::vector<Architecture> neighbours_{};  // of the centre
  std::size_t next_ = 0;                    // of the neighbours
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/local_search.ipp"
#endif
