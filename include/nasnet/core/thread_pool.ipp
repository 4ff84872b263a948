#pragma once

#include "nasnet/core/thread_pool.hpp"

#include <algorithm>  // find, max, min
#include <cstddef>    // size_t
#include <cstdint>    // int64_t, uint64_t
#include <mutex>      // lock_guard, mutex, unique_lock
#include <thread>     // thread

#include "nasnet/core/attempt.hpp"
#include "nasnet/core/detail/spin_wait.hpp"
#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY ThreadPool::ThreadPool(int threads) : size_(threads > 0 ? threads : hardware_threads()) {
  if (threads < 0) fail<ArgumentError>("thread pool: ", threads, " threads asked for");
  helpers_.reserve(static_cast<std::size_t>(size_ - 1));
  const auto failure = attempt([&] {
    for (int helper = 1; helper < size_; ++helper) helpers_.emplace_back([this] { serve(); });
  });
  if (failure) {
    stop();
    fail<ArgumentError>("thread pool: ", size_, " threads asked for, the system starts ", helpers_.size() + 1);
  }
}

NASNET_BODY int ThreadPool::hardware_threads() {
#if defined(__linux__)
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) > 0) return CPU_COUNT(&cores);
#endif
  return (std::max)(1, static_cast<int>(std::thread::hardware_concurrency()));
}

NASNET_BODY void ThreadPool::Job::drain() {
  for (std::int64_t begin = next.fetch_add(grain); begin < count; begin = next.fetch_add(grain)) {
    call(body, begin, (std::min)(begin + grain, count));
  }
}

NASNET_BODY void ThreadPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    epoch_.fetch_add(1, std::memory_order_release);
  }
  wake_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

NASNET_BODY void ThreadPool::run(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(&job);
    epoch_.fetch_add(1, std::memory_order_release);
  }
  if (sleepers_.load(std::memory_order_acquire) > 0) wake_.notify_all();
  job.drain();
  {
    const std::lock_guard lock(mutex_);
    jobs_.erase(std::find(jobs_.begin(), jobs_.end(), &job));
  }
  for (detail::SpinWait wait; job.users.load(std::memory_order_acquire) > 0;) wait.pause();
}

NASNET_BODY void ThreadPool::serve() {
  std::uint64_t seen = 0;
  while (true) {
    // Kernels follow each other within microseconds: look for the next one before going to sleep.
    for (detail::SpinWait wait; wait.is_short() && epoch_.load(std::memory_order_acquire) == seen;) wait.pause();
    Job* job = nullptr;
    {
      std::unique_lock lock(mutex_);
      sleepers_.fetch_add(1);
      wake_.wait(lock, [&] { return stopping_ || epoch_.load(std::memory_order_relaxed) != seen; });
      sleepers_.fetch_sub(1);
      if (stopping_) return;
      job = first_with_chunks();
      if (job == nullptr) {
        seen = epoch_.load(std::memory_order_relaxed);
        continue;
      }
      job->users.fetch_add(1, std::memory_order_relaxed);
    }
    job->drain();
    job->users.fetch_sub(1, std::memory_order_release);
  }
}

NASNET_BODY ThreadPool::Job* ThreadPool::first_with_chunks() const {
  for (Job* job : jobs_) {
    if (job->has_chunks()) return job;
  }
  return nullptr;
}

}  // namespace nasnet::inline NASNET_ABI
