#pragma once

#include "nasnet/evaluator/evaluator.hpp"

#include <string>   // string
#include <utility>  // move

#include "nasnet/trial/settings.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Outcome Outcome::withheld(std::string message) {
  Outcome outcome(FailureKind::lost, std::move(message));
  outcome.withheld_ = true;
  return outcome;
}

}  // namespace nasnet::inline NASNET_ABI
