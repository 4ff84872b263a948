/// Successive halving, asynchronous: many architectures for few epochs, the best of them for more.
#pragma once

#include <cstdint>  // int64_t, uint64_t
#include <vector>   // vector

#include "nasnet/core/json_value.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/detail/scored.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

struct SuccessiveHalvingOptions {
  std::int64_t least_budget = 1;  ///< of a new architecture; for ChildTrainer epochs
  std::int64_t most_budget = 27;
  std::int64_t reduction = 3;  ///< one in so many goes on, with so many times the budget
};

/// ASHA (Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, algorithm 2) over random
/// architectures.
///
/// A rung is a budget: the least one, then `reduction` times the one before, up to the most. Where the best 1/reduction
/// of a rung, looked at from the highest rung down, has an architecture that did not go on yet, that one is proposed
/// with the next budget. Else a new architecture is proposed with the least. It never waits. An evaluation with a
/// larger budget begins anew. Trials without a result are no members of their rung.
class SuccessiveHalving {
 public:
  /// @throws ArgumentError for options out of range.
  NASNET_LAZY SuccessiveHalving(AnySpace space, std::uint64_t seed, SuccessiveHalvingOptions options = {});

  /// The budgets of the rungs, ascending.
  NASNET_LAZY [[nodiscard]] std::vector<std::int64_t> budgets() const;

  NASNET_LAZY [[nodiscard]] Answer ask();

  /// @throws ArgumentError for a trial with a budget of no rung.
  NASNET_LAZY void tell(const Trial& trial);

  /// Results with the budget of a rung join it; others say nothing about any.
  NASNET_LAZY void inform(const Trial& trial);

  NASNET_LAZY [[nodiscard]] JsonValue settings() const;

  NASNET_LAZY [[nodiscard]] JsonValue save() const;

  /// @throws DataError for what `save` does not write.
  NASNET_LAZY void load(const JsonValue& state);

 private:
  struct Member {
    detail::Scored result;
    bool went_on = false;
  };

  struct Rung {
    std::int64_t budget;
    std::vector<Member> members;  // the best first, the first told of equals
  };

  NASNET_LAZY static void add(Rung& rung, detail::Scored result);

  NASNET_LAZY [[nodiscard]] Member* find_promotable(Rung& rung) const;

  AnySpace space_;
  std::uint64_t seed_;
  SuccessiveHalvingOptions options_;
  std::int64_t samples_ = 0;
  std::vector<Rung> rungs_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/successive_halving.ipp"
#endif
