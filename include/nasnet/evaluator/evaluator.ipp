#pragma once

#include "nasnet/evaluator/evaluator.hpp"

#include <string>   // string
#include <utility>  // move

#include "nasnet/core/steady_time.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY bool TrialContext::is_over() const {
  return (deadline && SteadyTime::now() >= *deadline) || (given_up && given_up());
}

NASNET_BODY Candidate TrialContext::candidate_of(const Architecture& architecture) const {
  if (candidate && candidate->architecture() == architecture) return *candidate;
  return {architecture, ops};
}

NASNET_BODY Outcome Outcome::unresolved(std::string message) {
  Outcome outcome(FailureKind::lost, std::move(message));
  outcome.unresolved_ = true;
  return outcome;
}

NASNET_BODY Outcome::Outcome(Evaluation evaluation) : evaluation_(std::move(evaluation)) {}

NASNET_BODY Outcome Outcome::failed(FailureKind kind, std::string message) { return Outcome(kind, std::move(message)); }

NASNET_BODY Outcome::Outcome(FailureKind kind, std::string message) : failure_(kind), message_(std::move(message)) {}

}  // namespace nasnet::inline NASNET_ABI
