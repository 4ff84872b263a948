#pragma once

#include "nasnet/core/thread_pool.hpp"

#include <algorithm>           // find, max, min
#include <atomic>              // atomic
#include <condition_variable>  // condition_variable
#include <cstddef>             // size_t
#include <cstdint>             // int64_t, uint64_t
#include <mutex>               // lock_guard, mutex, unique_lock
#include <thread>              // thread
#include <vector>              // vector

#if defined(__linux__)
#include <sched.h>  // sched_getaffinity
#endif

#include "nasnet/core/detail/spin_wait.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A loop that threads take chunks of.
struct LoopJob {
  std::int64_t count;
  std::int64_t grain;
  LoopBody body;
  std::atomic<std::int64_t> next{0};
  std::atomic<int> users{0};  // helpers inside; raised under the team's mutex

  [[nodiscard]] bool has_chunks() const { return next.load(std::memory_order_relaxed) < count; }

  NASNET_LAZY void drain() {
    for (std::int64_t begin = next.fetch_add(grain); begin < count; begin = next.fetch_add(grain)) {
      body.call(body.body, begin, (std::min)(begin + grain, count));
    }
  }
};

/// The helpers of a pool, and the loops that they help with.
struct ThreadTeam {
  NASNET_LAZY void start(int wanted) {
    helpers.reserve(static_cast<std::size_t>(wanted));
    for (int helper = 0; helper < wanted; ++helper) helpers.emplace_back([this] { serve(); });
  }

  NASNET_LAZY void stop() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
      epoch.fetch_add(1, std::memory_order_release);
    }
    wake.notify_all();
    for (std::thread& helper : helpers) helper.join();
  }

  NASNET_LAZY void run(LoopJob& job) {
    {
      const std::lock_guard lock(mutex);
      jobs.push_back(&job);
      epoch.fetch_add(1, std::memory_order_release);
    }
    if (sleepers.load(std::memory_order_acquire) > 0) wake.notify_all();
    job.drain();
    {
      const std::lock_guard lock(mutex);
      jobs.erase(std::find(jobs.begin(), jobs.end(), &job));
    }
    for (SpinWait wait; job.users.load(std::memory_order_acquire) > 0;) wait.pause();
  }

  NASNET_LAZY void serve() {
    std::uint64_t seen = 0;
    while (true) {
      // Kernels follow each other within microseconds: look for the next one before going to sleep.
      for (SpinWait wait; wait.is_short() && epoch.load(std::memory_order_acquire) == seen;) wait.pause();
      LoopJob* job = nullptr;
      {
        std::unique_lock lock(mutex);
        sleepers.fetch_add(1);
        wake.wait(lock, [&] { return stopping || epoch.load(std::memory_order_relaxed) != seen; });
        sleepers.fetch_sub(1);
        if (stopping) return;
        job = first_with_chunks();
        if (job == nullptr) {
          seen = epoch.load(std::memory_order_relaxed);
          continue;
        }
        job->users.fetch_add(1, std::memory_order_relaxed);
      }
      job->drain();
      job->users.fetch_sub(1, std::memory_order_release);
    }
  }

  NASNET_LAZY [[nodiscard]] LoopJob* first_with_chunks() const {
    for (LoopJob* job : jobs) {
      if (job->has_chunks()) return job;
    }
    return nullptr;
  }

  std::mutex mutex;
  std::condition_variable wake;
  std::vector<LoopJob*> jobs;
  std::atomic<std::uint64_t> epoch{0};
  std::atomic<int> sleepers{0};
  bool stopping = false;
  std::vector<std::thread> helpers;
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY ThreadPool::ThreadPool(int threads)
    : size_(threads > 0 ? threads : hardware_threads()), team_(new detail::ThreadTeam, [](detail::ThreadTeam* team) {
        team->stop();
        delete team;
      }) {
  if (threads < 0) fail<ArgumentError>("thread pool: ", threads, " threads asked for");
  if (catch_failure([&] { team_->start(size_ - 1); })) {
    const std::size_t started = team_->helpers.size() + 1;
    fail<ArgumentError>("thread pool: asked for ", size_, " threads, the system started only ", started);
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

NASNET_BODY void ThreadPool::run(std::int64_t count, std::int64_t grain, detail::LoopBody body) {
  grain = (std::max)(grain, std::int64_t{1});
  if (size_ == 1 || count <= grain) {
    for (std::int64_t begin = 0; begin < count; begin += grain) {
      body.call(body.body, begin, (std::min)(begin + grain, count));
    }
    return;
  }
  detail::LoopJob job{.count = count, .grain = grain, .body = body};
  team_->run(job);
}

}  // namespace nasnet::inline NASNET_ABI
