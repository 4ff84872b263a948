#pragma once

#include "nasnet/core/step_sequence.hpp"

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <span>     // span

#include "nasnet/core/detail/spin_wait.hpp"
#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY void SequenceProgress::wait_for(int step) {
  const std::int64_t tasks = steps_[static_cast<std::size_t>(step)].tasks;
  for (SpinWait wait; ended(step).load(std::memory_order_acquire) < tasks;) wait.pause();
}

NASNET_BODY void check_sequence(std::span<const SequenceStep> steps) {
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (steps[step].after >= static_cast<int>(step)) {
      fail<ArgumentError>("sequence: step ", step, " comes after step ", steps[step].after, ", wanted an earlier one");
    }
  }
}

NASNET_BODY SequenceProgress::SequenceProgress(Context& context, std::span<const SequenceStep> steps)
    : steps_(steps), counts_(context.zeros<std::int64_t>({2 * static_cast<std::int64_t>(steps.size()), line})) {}

NASNET_BODY bool SequenceProgress::all_begun() const { return all_begun_.load(std::memory_order_relaxed); }

NASNET_BODY AtomicCount SequenceProgress::begun(int step) { return Count(counts_[2 * step * line]); }

NASNET_BODY AtomicCount SequenceProgress::ended(int step) { return Count(counts_[(2 * step + 1) * line]); }

}  // namespace nasnet::inline NASNET_ABI::detail
