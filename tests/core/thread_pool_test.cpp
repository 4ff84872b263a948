#include "nasnet/core/thread_pool.hpp"

#include <atomic>   // atomic
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <mutex>    // lock_guard, mutex
#include <set>      // set
#include <thread>   // thread
#include <utility>  // pair
#include <vector>   // vector

#include "catch.hpp"
#include "nasnet/core/error.hpp"

namespace {

using nasnet::ThreadPool;

using Chunks = std::set<std::pair<std::int64_t, std::int64_t>>;

Chunks chunks_of(ThreadPool& pool, std::int64_t count, std::int64_t grain) {
  std::mutex mutex;
  Chunks chunks;
  pool.parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end) {
    const std::lock_guard lock(mutex);
    chunks.emplace(begin, end);
  });
  return chunks;
}

std::int64_t sum_to(ThreadPool& pool, std::int64_t count) {
  std::atomic<std::int64_t> sum{0};
  pool.parallel_for(count, 3, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) sum += i;
  });
  return sum;
}

}  // namespace

TEST_CASE("chunks depend on count and grain alone", "[thread_pool]") {
  for (const int threads : {1, 2, 3, 5}) {
    ThreadPool pool(threads);
    CHECK(pool.size() == threads);
    CHECK(chunks_of(pool, 10, 4) == Chunks{{0, 4}, {4, 8}, {8, 10}});
    CHECK(chunks_of(pool, 3, 100) == Chunks{{0, 3}});
    CHECK(chunks_of(pool, 2, 0) == Chunks{{0, 1}, {1, 2}});
    CHECK(chunks_of(pool, 0, 4).empty());
    CHECK(chunks_of(pool, -1, 4).empty());
  }
}

TEST_CASE("every index runs once, call after call", "[thread_pool]") {
  ThreadPool pool(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<int> visits(100);
    pool.parallel_for(100, 7, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
    });
    for (const int count : visits) REQUIRE(count == 1);
  }
}

TEST_CASE("calls nest", "[thread_pool]") {
  ThreadPool pool(2);
  std::atomic<std::int64_t> sum{0};
  pool.parallel_for(8, 1, [&](std::int64_t begin, std::int64_t) { sum += begin + sum_to(pool, 20); });
  CHECK(sum == 28 + 8 * 190);
}

TEST_CASE("several threads may call at once", "[thread_pool]") {
  ThreadPool pool(2);
  std::atomic<int> right{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 50; ++round) right += sum_to(pool, 100) == 4950 ? 1 : 0;
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(right == 150);
}

TEST_CASE("a pool has one thread per core unless told otherwise", "[thread_pool]") {
  CHECK(ThreadPool{}.size() == ThreadPool::hardware_threads());
#if defined(__linux__)
  int threads = 0;
  std::thread([&] {
    cpu_set_t cores;
    sched_getaffinity(0, sizeof cores, &cores);
    int first = 0;
    while (CPU_ISSET(first, &cores) == 0) ++first;
    CPU_ZERO(&cores);
    CPU_SET(first, &cores);
    sched_setaffinity(0, sizeof cores, &cores);
    threads = ThreadPool::hardware_threads();
  }).join();
  CHECK(threads == 1);  // as after taskset
#endif
  CHECK_THROWS_AS(ThreadPool(-1), nasnet::ArgumentError);
}
