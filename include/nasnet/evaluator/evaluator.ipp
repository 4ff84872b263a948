#pragma once

#include "nasnet/evaluator/evaluator.hpp"

#include <chrono>   // steady_clock
#include <string>   // string
#include <utility>  // move

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY bool TrialContext::is_over() const {
  return (deadline && std::chrono::steady_clock::now() >= *deadline) || (given_up && given_up());
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

}  // namespace nasnet::inline NASNET_ABI
