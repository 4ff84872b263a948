/// Which proposals become trials.
#pragma once

#include <cstdint>     // int64_t
#include <functional>  // function
#include <optional>    // optional
#include <string>      // string
#include <vector>      // vector

#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/space/constraint.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// Memory for the trials of a search, and what each is predicted to need.
struct TrialMemory {
  std::function<std::int64_t(const Candidate&)> predicted_bytes{};
  std::int64_t limit = 0;  ///< bytes, for all trials that run together
};

/// Decides whether a proposal may become a trial.
class ProposalJudge {
 public:
  /// @param counted nothing is counted without it
  /// @param memory nothing is predicted without it
  /// @throws ArgumentError for limits without a network to count, and a rule without a function.
  NASNET_LAZY explicit ProposalJudge(AnySpace space, std::optional<CountedNetwork> counted = {}, Limits limits = {},
                                     std::vector<ArchitectureRule> rules = {}, std::optional<TrialMemory> memory = {});

  [[nodiscard]] const AnySpace& space() const { return space_; }
  [[nodiscard]] const std::optional<CountedNetwork>& counted() const { return counted_; }
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] const std::vector<ArchitectureRule>& rules() const { return rules_; }

  /// Fills in the hash and the costs, and rejects what the space does not have, the rules or limits do not allow or the
  /// memory does not hold.
  /// @throws GenotypeError for an architecture that breaks a rule of structure, ShapeError where the image is too
  /// small.
  /// @return what it was judged by, whose graph need not be built again
  NASNET_LAZY Candidate judge(Trial& trial) const;

 private:
  NASNET_LAZY [[nodiscard]] std::optional<std::string> count(const Candidate& candidate, Trial& trial) const;

  NASNET_LAZY [[nodiscard]] std::optional<std::string> predict(const Candidate& candidate, Trial& trial) const;

  AnySpace space_;
  std::optional<CountedNetwork> counted_;
  Limits limits_;
  std::vector<ArchitectureRule> rules_;
  std::optional<TrialMemory> memory_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/search/proposal_judge.ipp"
#endif
