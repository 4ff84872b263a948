/// Every architecture of a small space.
#pragma once

#include <cstdint>        // int64_t, uint64_t
#include <optional>       // nullopt, optional
#include <unordered_set>  // unordered_set
#include <vector>         // vector

#include "nasnet/core/json_value.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

struct ExhaustiveOptions {
  bool canonical_only = true;  ///< one architecture, the first, of those with equal canonical form

  std::vector<std::int64_t> budgets{};  ///< each architecture is proposed with each of these; none: without a budget
  std::int64_t repeats = 1;             ///< and with each budget so many times; see Proposal::repeat
};

/// Proposes the architectures of a space in the order of their numbers, each with all budgets and repeats, then is
/// exhausted.
class Exhaustive {
 public:
  /// @throws ArgumentError where the space has more than 2^63 - 1 sequences, and for options out of range.
  NASNET_LAZY explicit Exhaustive(AnySpace space, ExhaustiveOptions options = {});

  NASNET_LAZY [[nodiscard]] Answer ask();

  /// Results change nothing.
  void tell(const Trial&) {}

  NASNET_LAZY [[nodiscard]] JsonValue settings() const;

  NASNET_LAZY [[nodiscard]] JsonValue save() const;

  /// @throws DataError for what `save` does not write.
  NASNET_LAZY void load(const JsonValue& state);

 private:
  NASNET_LAZY [[nodiscard]] static std::int64_t sequences_of(const AnySpace& space);

  [[nodiscard]] std::int64_t proposals_of_each() const {
    return options_.repeats * (options_.budgets.empty() ? 1 : static_cast<std::int64_t>(options_.budgets.size()));
  }

  /// The architecture of this number; nothing where it is not of the space, or not the first of its form.
  NASNET_LAZY [[nodiscard]] std::optional<Architecture> member(std::int64_t index);

  AnySpace space_;
  ExhaustiveOptions options_;
  std::int64_t sequences_;
  std::int64_t next_ = 0;
  std::optional<Architecture> current_;      // the last found
  std::int64_t proposed_ = 0;                // of its budgets and repeats
  std::unordered_set<std::uint64_t> forms_;  // proposed
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/exhaustive.ipp"
#endif
