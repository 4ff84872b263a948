/// One pool of threads for everything: kernels split their work over it, and trial workers run on it.
#pragma once

#include <algorithm>           // find, max, min
#include <atomic>              // atomic
#include <condition_variable>  // condition_variable
#include <cstddef>             // size_t
#include <cstdint>             // int64_t, uint64_t
#include <mutex>               // lock_guard, mutex, unique_lock
#include <thread>              // thread
#include <vector>              // vector

#include "nasnet/core/attempt.hpp"
#include "nasnet/core/detail/spin_wait.hpp"
#include "nasnet/core/error.hpp"

#if defined(__linux__)
#include <sched.h>  // sched_getaffinity
#endif

namespace nasnet::inline NASNET_ABI {

/// A team of threads; the thread that calls is one of them.
///
/// Work is split into chunks that the caller fixes, never by the number of threads, so that results do not depend on
/// it. Calls may nest and may come from several threads: free threads help whoever has chunks left, and a caller
/// without help does all chunks itself, so that no more threads work than the team has.
class ThreadPool {
 public:
  /// @param threads size of the team, the caller included; 0 means one per core
  explicit ThreadPool(int threads = 0) : size_(threads > 0 ? threads : hardware_threads()) {
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
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() { stop(); }

  [[nodiscard]] int size() const { return size_; }

  /// Calls body(begin, end) for the chunks [0, grain), [grain, 2 grain), ... of [0, count) and returns when all are
  /// done. The body must not throw, and chunks must not depend on each other.
  template <class Body>
  void parallel_for(std::int64_t count, std::int64_t grain, const Body& body) {
    if (count <= 0) return;
    grain = (std::max)(grain, std::int64_t{1});
    if (size_ == 1 || count <= grain) {
      for (std::int64_t begin = 0; begin < count; begin += grain) body(begin, (std::min)(begin + grain, count));
      return;
    }
    Job job;
    job.count = count;
    job.grain = grain;
    job.body = &body;
    job.call = [](const void* function, std::int64_t begin, std::int64_t end) {
      (*static_cast<const Body*>(function))(begin, end);
    };
    run(job);
  }

  /// Cores that this process may run on: those that taskset, a container or a batch system left it.
  [[nodiscard]] static int hardware_threads() {
#if defined(__linux__)
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) > 0) return CPU_COUNT(&cores);
#endif
    return (std::max)(1, static_cast<int>(std::thread::hardware_concurrency()));
  }

 private:
  struct Job {
    std::int64_t count = 0;
    std::int64_t grain = 1;
    const void* body = nullptr;
    void (*call)(const void*, std::int64_t, std::int64_t) = nullptr;
    std::atomic<std::int64_t> next{0};
    std::atomic<int> users{0};  // helpers inside; raised under the pool's mutex

    [[nodiscard]] bool has_chunks() const { return next.load(std::memory_order_relaxed) < count; }
    void drain() {
      for (std::int64_t begin = next.fetch_add(grain); begin < count; begin = next.fetch_add(grain)) {
        call(body, begin, (std::min)(begin + grain, count));
      }
    }
  };

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      epoch_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (std::thread& helper : helpers_) helper.join();
  }

  void run(Job& job) {
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

  void serve() {
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

  [[nodiscard]] Job* first_with_chunks() const {
    for (Job* job : jobs_) {
      if (job->has_chunks()) return job;
    }
    return nullptr;
  }

  int size_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job*> jobs_;
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<int> sleepers_{0};
  bool stopping_ = false;
  std::vector<std::thread> helpers_;
};

}  // namespace nasnet::inline NASNET_ABI
