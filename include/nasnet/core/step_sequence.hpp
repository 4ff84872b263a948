/// Steps that follow each other, each cut into tasks, on all threads of a pool.
#pragma once

#include <atomic>   // atomic
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <span>     // span

#include "nasnet/core/context.hpp"
#include "nasnet/core/detail/atomic_count.hpp"
#include "nasnet/core/tensor.hpp"

namespace nasnet::inline NASNET_ABI {

/// A step of a sequence. Its tasks must not depend on each other.
struct SequenceStep {
  std::int64_t tasks = 1;
  int after = -1;  ///< the step begins when this earlier one is done, and all before that; -1: at once
};

namespace detail {

/// How far a sequence has come.
class SequenceProgress {
 public:
  NASNET_LAZY SequenceProgress(Context& context, std::span<const SequenceStep> steps);

  /// Whether no task is left to begin.
  NASNET_LAZY [[nodiscard]] bool all_begun() const;

  /// Takes part until then.
  template <class Worker>
  void work(Worker& worker) {
    int done = 0;
    for (int step = 0; step < static_cast<int>(steps_.size()); ++step) {
      const auto [tasks, after] = steps_[static_cast<std::size_t>(step)];
      if (begun(step).load(std::memory_order_relaxed) >= tasks) continue;
      for (std::int64_t task = begun(step).fetch_add(1); task < tasks; task = begun(step).fetch_add(1)) {
        for (; done <= after; ++done) wait_for(done);
        worker(step, task);
        ended(step).fetch_add(1, std::memory_order_release);
      }
    }
    all_begun_.store(true, std::memory_order_relaxed);
  }

 private:
  using Count = AtomicCount;
  static constexpr std::int64_t line = 8;  // a cache line for each count: all threads write them

  NASNET_LAZY [[nodiscard]] Count begun(int step);
  NASNET_LAZY [[nodiscard]] Count ended(int step);

  // Whoever waits holds a task of a later step: nobody waits in the earliest step that is not done.
  NASNET_LAZY void wait_for(int step);

  std::span<const SequenceStep> steps_;
  Tensor<std::int64_t> counts_;  // of each step: tasks begun, tasks ended
  std::atomic<bool> all_begun_{false};
};

NASNET_LAZY void check_sequence(std::span<const SequenceStep> steps);

}  // namespace detail

/// Runs all tasks of all steps. What a parallel loop for each step would do, without the wait at its end: a thread that
/// finds no task left in a step goes on with the next one, unless that has to wait. Threads that take part stay to the
/// end of the sequence; other callers of the pool go on without them.
///
/// @param make_worker called by each thread that takes part; what it returns is called with the numbers of a step and a
/// task. Neither may throw.
/// @throws ArgumentError for a step that comes after a later one
template <class MakeWorker>
void run_sequence(Context& context, std::span<const SequenceStep> steps, const MakeWorker& make_worker) {
  detail::check_sequence(steps);
  if (steps.empty()) return;
  const std::int64_t threads = context.pool()->size();
  if (threads == 1) {
    auto worker = make_worker();
    for (std::size_t step = 0; step < steps.size(); ++step) {
      for (std::int64_t task = 0; task < steps[step].tasks; ++task) worker(static_cast<int>(step), task);
    }
    return;
  }
  detail::SequenceProgress progress(context, steps);
  context.parallel_for(threads, 1, [&](std::int64_t, std::int64_t) {
    if (progress.all_begun()) return;
    auto worker = make_worker();
    progress.work(worker);
  });
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/step_sequence.ipp"
#endif
