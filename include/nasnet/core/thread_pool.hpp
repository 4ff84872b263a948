/// One pool of threads for everything: kernels split their work over it, and trial workers run on it.
#pragma once

#include <algorithm>           // find, max, min
#include <atomic>              // atomic
#include <condition_variable>  // condition_variable
#include <cstdint>             // int64_t, uint64_t
#include <mutex>               // lock_guard, mutex, unique_lock
#include <thread>              // thread
#include <vector>              // vector

#if defined(__linux__)
#include <sched.h>  // sched_getaffinity
#endif

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// A team of threads; the thread that calls is one of them.
///
/// Work is split into chunks that the caller fixes, never by the number of threads, so that results do not depend on
/// it. Calls may nest and may come from several threads: free threads help whoever has chunks left, and a caller
/// without help does all chunks itself, so that no more threads work than the team has.
class ThreadPool {
 public:
  /// @param threads size of the team, the caller included; 0 means one per core
  NASNET_LAZY explicit ThreadPool(int threads = 0);
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
  NASNET_LAZY [[nodiscard]] static int hardware_threads();

 private:
  struct Job {
    std::int64_t count = 0;
    std::int64_t grain = 1;
    const void* body = nullptr;
    void (*call)(const void*, std::int64_t, std::int64_t) = nullptr;
    std::atomic<std::int64_t> next{0};
    std::atomic<int> users{0};  // helpers inside; raised under the pool's mutex

    [[nodiscard]] bool has_chunks() const { return next.load(std::memory_order_relaxed) < count; }
    NASNET_LAZY void drain();
  };

  NASNET_LAZY void stop();

  NASNET_LAZY void run(Job& job);

  NASNET_LAZY void serve();

  NASNET_LAZY [[nodiscard]] Job* first_with_chunks() const;

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

#if NASNET_HEADER_ONLY
#include "nasnet/core/thread_pool.ipp"
#endif
