#include "nasnet/core/allocator.hpp"

#include <cstddef>   // size_t
#include <cstdint>   // uintptr_t
#include <new>       // operator new
#include <optional>  // optional
#include <thread>    // thread
#include <utility>   // in_place, move
#include <vector>    // vector

#include "catch.hpp"
#include "nasnet/core/error.hpp"

using nasnet::Allocator;
using nasnet::Buffer;

TEST_CASE("blocks are aligned to 64 bytes and large enough", "[allocator]") {
  Allocator allocator;
  for (const std::size_t bytes : {0U, 1U, 63U, 64U, 65U, 1000U, 4097U, 1U << 20U, 3000001U}) {
    const Buffer buffer = allocator.allocate(bytes);
    CHECK(buffer.size() >= bytes);
    CHECK(buffer.size() <= bytes + bytes / 8 + 64);
    CHECK(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64 == 0);
  }
}

TEST_CASE("a released block serves the next request of its size", "[allocator]") {
  Allocator allocator;
  const void* first = nullptr;
  {
    const Buffer buffer = allocator.allocate(5000);
    first = buffer.data();
  }
  const Buffer again = allocator.allocate(5000);
  CHECK(again.data() == first);
  CHECK(allocator.statistics().system_calls == 1);
  const Buffer other = allocator.allocate(5000);
  CHECK(other.data() != first);
  CHECK(allocator.statistics().system_calls == 2);
}

TEST_CASE("bytes are counted", "[allocator]") {
  Allocator allocator;
  Buffer a = allocator.allocate(640);
  Buffer b = allocator.allocate(1280);
  CHECK(allocator.statistics().in_use == 640 + 1280);
  a = Buffer{};
  CHECK(allocator.statistics().in_use == 1280);
  CHECK(allocator.statistics().peak == 640 + 1280);
  CHECK(allocator.statistics().reserved == 640 + 1280);
  allocator.reset_peak();
  CHECK(allocator.statistics().peak == 1280);
  allocator.release_cache();
  CHECK(allocator.statistics().reserved == 1280);
}

TEST_CASE("the limit holds for what is in use, and its error says so", "[allocator]") {
  Allocator allocator(1024);
  Buffer a = allocator.allocate(640);
  CHECK_THROWS_WITH(allocator.allocate(512),
                    "allocator: 512 bytes on top of the 640 in use would exceed the limit of 1024");
  CHECK_THROWS_AS(allocator.allocate(static_cast<std::size_t>(-1) / 2), nasnet::MemoryError);
  a = Buffer{};
  CHECK(allocator.allocate(1024).size() == 1024);
}

TEST_CASE("a request that the machine cannot serve is an error", "[allocator]") {
  Allocator allocator;
  CHECK_THROWS_AS(allocator.allocate(std::size_t{1} << 62U), nasnet::MemoryError);
  CHECK(allocator.statistics().in_use == 0);
}

namespace {

/// A device with room for 4096 bytes that counts what is taken from it and given back.
struct SmallDevice {
  static inline std::size_t taken = 0;
  static inline std::size_t given_back = 0;

  static void* take(std::size_t bytes) {
    if (taken - given_back + bytes > 4096) return nullptr;
    taken += bytes;
    return ::operator new(bytes);
  }
  static void give_back(void* block, std::size_t bytes) {
    given_back += bytes;
    ::operator delete(block);
  }
  static void reset() { taken = given_back = 0; }
};

}  // namespace

TEST_CASE("a device's memory is cached, limited and counted as the host's", "[allocator]") {
  SmallDevice::reset();
  nasnet::DeviceAllocator<SmallDevice> allocator(2048);
  {
    const Buffer first = allocator.allocate(1000);
    CHECK(first.size() == 1024);
    CHECK(SmallDevice::taken == 1024);
    CHECK_THROWS_WITH(allocator.allocate(1100),
                      "allocator: 1100 bytes on top of the 1024 in use would exceed the limit of 2048");
  }
  CHECK(SmallDevice::given_back == 0);
  const Buffer again = allocator.allocate(1024);
  CHECK(SmallDevice::taken == 1024);
  CHECK(allocator.statistics().in_use == 1024);
  CHECK(allocator.statistics().system_calls == 1);
  CHECK(allocator.limit() == 2048);
}

TEST_CASE("the cache goes back to the source when the source has no more, and at the end", "[allocator]") {
  SmallDevice::reset();
  {
    nasnet::DeviceAllocator<SmallDevice> allocator;
    { const Buffer small = allocator.allocate(1024); }
    const Buffer large = allocator.allocate(4096);  // there is room only without the cached block
    CHECK(SmallDevice::given_back == 1024);
    CHECK(allocator.statistics().reserved == 4096);
    CHECK_THROWS_AS(allocator.allocate(64), nasnet::MemoryError);
    CHECK(allocator.statistics().in_use == 4096);
  }
  CHECK(SmallDevice::taken == 1024 + 4096);
  CHECK(SmallDevice::given_back == SmallDevice::taken);
}

TEST_CASE("an allocator takes host memory from a source of the user's own", "[allocator]") {
  SmallDevice::reset();
  Allocator allocator(4096, {&SmallDevice::take, &SmallDevice::give_back});
  const Buffer buffer = allocator.allocate(100);
  CHECK(SmallDevice::taken == buffer.size());
  CHECK(allocator.limit() == 4096);
}

TEST_CASE("a buffer outlives its allocator, and moves", "[allocator]") {
  std::optional<Allocator> allocator(std::in_place);
  Buffer buffer = allocator->allocate(100);
  void* data = buffer.data();
  allocator.reset();
  Buffer moved = std::move(buffer);
  CHECK(moved.data() == data);
  static_cast<char*>(moved.data())[99] = 1;
}

TEST_CASE("copies of an allocator share its memory, also between threads", "[allocator]") {
  Allocator allocator;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([copy = allocator]() mutable {
      for (int round = 0; round < 200; ++round) {
        const Buffer a = copy.allocate(100);
        const Buffer b = copy.allocate(200);
        static_cast<char*>(a.data())[0] = static_cast<char*>(b.data())[0] = 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(allocator.statistics().in_use == 0);
  CHECK(allocator.statistics().system_calls <= 6);
}
