#pragma once

#include "nasnet/search/proposal_judge.hpp"

#include <optional>  // optional
#include <string>    // string
#include <utility>   // move
#include <vector>    // vector

#include "nasnet/core/error.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/space/constraint.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY ProposalJudge::ProposalJudge(AnySpace space, std::optional<CountedNetwork> counted, Limits limits,
                                         std::vector<ArchitectureRule> rules, std::optional<TrialMemory> memory)
    : space_(std::move(space)),
      counted_(std::move(counted)),
      limits_(limits),
      rules_(std::move(rules)),
      memory_(std::move(memory)) {
  for (const ArchitectureRule& rule : rules_) {
    if (!rule.reason_against) fail<ArgumentError>("search: the rule '", rule.name, "' has no function");
  }
  if (!counted_ && !limits_.limit_nothing()) {
    fail<ArgumentError>(
        "search: limits on parameters or multiply-adds need a network to count: set `counted` in the options");
  }
}

NASNET_BODY Candidate ProposalJudge::judge(Trial& trial) const {
  Candidate candidate(trial.architecture, space_.ops());
  trial.hash = space_.canonical_hash(trial.architecture);
  std::optional<std::string> reason = space_.reason_against(trial.architecture);
  if (!reason && counted_) reason = count(candidate, trial);
  if (!reason && memory_) reason = predict(candidate, trial);
  for (const ArchitectureRule& rule : rules_) {
    if (!reason) reason = rule.reason_against(candidate);
  }
  if (reason) {
    trial.state = TrialState::rejected;
    trial.message = *reason;
  }
  return candidate;
}

NASNET_BODY std::optional<std::string> ProposalJudge::count(const Candidate& candidate, Trial& trial) const {
  const NetworkGraph& graph = candidate.graph(counted_->network);
  trial.parameters = parameter_count(graph);
  trial.multiply_adds = multiply_adds(graph, counted_->image);
  auto reason = detail::reason_above(*trial.parameters, "parameters", limits_.max_parameters);
  return reason ? reason : detail::reason_above(*trial.multiply_adds, "multiply-adds", limits_.max_multiply_adds);
}

NASNET_BODY std::optional<std::string> ProposalJudge::predict(const Candidate& candidate, Trial& trial) const {
  trial.bytes = memory_->predicted_bytes(candidate);
  return detail::reason_above(*trial.bytes, "bytes of memory", memory_->limit);
}

}  // namespace nasnet::inline NASNET_ABI
