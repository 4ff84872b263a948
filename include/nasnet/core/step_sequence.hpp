/// Steps that follow each other, each cut into tasks, on all threads of a pool.
#pragma once

#include <atomic>   // atomic
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <memory>   // make_unique, unique_ptr
#include <span>     // span

#include "nasnet/core/context.hpp"
#include "nasnet/core/detail/spin_wait.hpp"

namespace nasnet::inline v0 {

/// A step of a sequence. Its tasks must not depend on each other.
struct SequenceStep {
  std::int64_t tasks = 1;
  int after = -1;  ///< the step begins when this earlier one is done, and all before that; -1: at once
};

namespace detail {

/// How far a sequence has come.
class SequenceProgress {
 public:
  explicit SequenceProgress(std::span<const SequenceStep> steps)
      : steps_(steps), counts_(std::make_unique<Counts[]>(steps.size())) {}

  /// Takes part until no task is left to begin.
  template <class Worker>
  void work(Worker& worker) {
    if (all_begun_.load(std::memory_order_relaxed)) return;
    int done = 0;
    for (std::size_t step = 0; step < steps_.size(); ++step) {
      if (!has_tasks(step)) continue;
      Counts& counts = counts_[step];
      for (std::int64_t task = counts.begun++; task < steps_[step].tasks; task = counts.begun++) {
        for (; done <= steps_[step].after; ++done) wait_for(static_cast<std::size_t>(done));
        worker(static_cast<int>(step), task);
        counts.ended.fetch_add(1, std::memory_order_release);
      }
    }
    all_begun_.store(true, std::memory_order_relaxed);
  }

 private:
  struct alignas(64) Counts {
    std::atomic<std::int64_t> begun{0};
    std::atomic<std::int64_t> ended{0};
  };

  [[nodiscard]] bool has_tasks(std::size_t step) const {
    return counts_[step].begun.load(std::memory_order_relaxed) < steps_[step].tasks;
  }

  // Whoever waits holds a task of a later step: the earliest step that is not done has none who wait.
  void wait_for(std::size_t step) const {
    for (SpinWait wait; counts_[step].ended.load(std::memory_order_acquire) < steps_[step].tasks;) wait.pause();
  }

  std::span<const SequenceStep> steps_;
  std::unique_ptr<Counts[]> counts_;
  std::atomic<bool> all_begun_{false};
};

}  // namespace detail

/// Runs all tasks of all steps. What a parallel loop for each step would do, without the wait at its end: a thread that
/// finds no task left in a step goes on with the next one, unless that has to wait.
///
/// @param make_worker called once by each thread that takes part; what it returns is called with the numbers of a step
/// and a task, and must not throw
template <class MakeWorker>
void run_sequence(Context& context, std::span<const SequenceStep> steps, const MakeWorker& make_worker) {
  if (steps.empty()) return;
  const std::int64_t threads = context.pool()->size();
  if (threads == 1) {
    auto worker = make_worker();
    for (std::size_t step = 0; step < steps.size(); ++step) {
      for (std::int64_t task = 0; task < steps[step].tasks; ++task) worker(static_cast<int>(step), task);
    }
    return;
  }
  detail::SequenceProgress progress(steps);
  context.parallel_for(threads, 1, [&](std::int64_t, std::int64_t) {
    auto worker = make_worker();
    progress.work(worker);
  });
}

}  // namespace nasnet::inline v0
