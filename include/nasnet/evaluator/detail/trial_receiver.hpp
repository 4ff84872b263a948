/// What the process of a trial sends, and what its end means.
#pragma once

#include <optional>     // optional
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/progress.hpp"
#include "nasnet/evaluator/detail/fork_server.hpp"
#include "nasnet/evaluator/evaluator.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Puts together what a process sends.
class TrialReceiver {
 public:
  NASNET_LAZY explicit TrialReceiver(const ProgressCallback& progress) : progress_(progress) {}

  /// False for what no sound process sends.
  NASNET_LAZY [[nodiscard]] bool take(std::string_view piece);

  [[nodiscard]] const std::optional<Outcome>& outcome() const { return outcome_; }
  [[nodiscard]] bool is_sound() const { return is_sound_; }
  [[nodiscard]] bool lacked_memory() const { return lacked_memory_; }

 private:
  NASNET_LAZY [[nodiscard]] bool handle(char letter, std::string_view text);

  const ProgressCallback& progress_;
  std::string buffer_;
  std::optional<Outcome> outcome_;
  bool is_sound_ = true;
  bool lacked_memory_ = false;
};

/// What became of a trial whose process ended so and left no result. Where no process can be had, it is not the trial
/// that failed, and those after it would fare alike: unresolved.
NASNET_LAZY [[nodiscard]] Outcome outcome_without_result(const ProcessEnd& end, const TrialReceiver& receiver);

}  // namespace nasnet::inline NASNET_ABI::detail
