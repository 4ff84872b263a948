#pragma once

#include "nasnet/core/allocator.hpp"

#include <cstddef>  // size_t
#include <map>      // map
#include <memory>   // shared_ptr
#include <mutex>    // lock_guard, mutex
#include <new>      // align_val_t, nothrow
#include <vector>   // vector

#if defined(__linux__)
#include <sys/mman.h>  // madvise
#endif

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Large blocks start at a large page, which the system is asked to use: fewer faults, and a kernel that walks over a
/// map needs fewer translations of addresses.
inline constexpr std::size_t large_page = std::size_t{2} << 20U;

[[nodiscard]] constexpr std::align_val_t block_alignment(std::size_t size) {
  return std::align_val_t{size >= large_page ? large_page : 64};
}

/// The memory of the host.
NASNET_LAZY [[nodiscard]] inline MemorySource host_memory() {
  return {.take = [](std::size_t size) -> void* {
            void* block = ::operator new(size, block_alignment(size), std::nothrow);
#if defined(__linux__)
            if (block != nullptr && size >= large_page) madvise(block, size / large_page * large_page, MADV_HUGEPAGE);
#endif
            return block;
          },
          .give_back = [](void* block, std::size_t size) { ::operator delete(block, block_alignment(size)); }};
}

/// What the copies of an allocator share, and its buffers.
struct AllocatorState : BlockOwner {
  std::mutex mutex;
  std::map<std::size_t, std::vector<void*>> free;  // rounded size -> blocks
  std::size_t limit = 0;
  MemorySource source{};
  MemoryStatistics statistics;

  NASNET_LAZY [[nodiscard]] void* take(std::size_t size) {
    auto& blocks = free[size];
    if (!blocks.empty()) {
      void* block = blocks.back();
      blocks.pop_back();
      return block;
    }
    void* block = source.take(size);
    if (block == nullptr) {
      release_cache();
      block = source.take(size);
    }
    if (block == nullptr) fail<MemoryError>("allocator: the system has no ", size, " bytes left");
    statistics.reserved += size;
    ++statistics.system_calls;
    return block;
  }

  NASNET_LAZY void release_cache() {
    for (auto& [size, blocks] : free) {
      for (void* block : blocks) source.give_back(block, size);
      statistics.reserved -= size * blocks.size();
    }
    free.clear();
  }
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Allocator::Allocator(std::size_t limit) : Allocator(limit, detail::host_memory()) {}

NASNET_BODY Allocator::Allocator(std::size_t limit, MemorySource source)
    : state_(new detail::AllocatorState, [](detail::AllocatorState* state) {
        state->release_cache();
        delete state;
      }) {
  state_->limit = limit;
  state_->source = source;
  state_->take_back = [](detail::BlockOwner& owner, void* block, std::size_t size) {
    auto& state = static_cast<detail::AllocatorState&>(owner);
    const std::lock_guard lock(state.mutex);
    state.statistics.in_use -= size;
    state.free[size].push_back(block);
  };
}

NASNET_BODY Buffer Allocator::allocate(std::size_t bytes) {
  const std::size_t size = rounded(bytes);
  const std::lock_guard lock(state_->mutex);
  MemoryStatistics& statistics = state_->statistics;
  if (size > state_->limit || statistics.in_use > state_->limit - size) {
    fail<MemoryError>("allocator: ", bytes, " bytes on top of the ", statistics.in_use,
                      " in use would exceed the limit of ", state_->limit);
  }
  void* block = state_->take(size);
  statistics.in_use += size;
  if (statistics.in_use > statistics.peak) statistics.peak = statistics.in_use;
  return Buffer(block, size, state_);
}

NASNET_BODY std::size_t Allocator::limit() const { return state_->limit; }

NASNET_BODY MemoryStatistics Allocator::statistics() const {
  const std::lock_guard lock(state_->mutex);
  return state_->statistics;
}

NASNET_BODY void Allocator::reset_peak() {
  const std::lock_guard lock(state_->mutex);
  state_->statistics.peak = state_->statistics.in_use;
}

NASNET_BODY void Allocator::release_cache() {
  const std::lock_guard lock(state_->mutex);
  state_->release_cache();
}

NASNET_BODY std::size_t Allocator::rounded(std::size_t bytes) {
  std::size_t step = 64;
  while (bytes / step > 16) step *= 2;
  return bytes == 0 ? 64 : (bytes + step - 1) / step * step;
}

}  // namespace nasnet::inline NASNET_ABI
