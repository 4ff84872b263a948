/// One pool of threads for everything: kernels split their work over it, and trial workers run on it.
#pragma once

#include <cstdint>  // int64_t
#include <memory>   // shared_ptr

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

struct ThreadTeam;

/// A body of a parallel loop, whatever its type.
struct LoopBody {
  const void* body;
  void (*call)(const void* body, std::int64_t begin, std::int64_t end);
};

}  // namespace detail

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
  ~ThreadPool() = default;

  [[nodiscard]] int size() const { return size_; }

  /// Calls body(begin, end) for the chunks [0, grain), [grain, 2 grain), ... of [0, count) and returns when all are
  /// done. The body must not throw, and chunks must not depend on each other.
  template <class Body>
  void parallel_for(std::int64_t count, std::int64_t grain, const Body& body) {
    run(count, grain, {&body, [](const void* function, std::int64_t begin, std::int64_t end) {
                         (*static_cast<const Body*>(function))(begin, end);
                       }});
  }

  /// Cores that this process may run on: those that taskset, a container or a batch system left it.
  NASNET_LAZY [[nodiscard]] static int hardware_threads();

 private:
  NASNET_LAZY void run(std::int64_t count, std::int64_t grain, detail::LoopBody body);

  int size_;
  std::shared_ptr<detail::ThreadTeam> team_;  // shared with nobody: its deleter, of the constructor, ends the threads
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/thread_pool.ipp"
#endif
