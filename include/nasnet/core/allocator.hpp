/// Memory for tensors: aligned, cached, limited and counted.
#pragma once

#include <cstddef>  // size_t
#include <map>      // map
#include <memory>   // shared_ptr
#include <mutex>    // mutex
#include <new>      // align_val_t
#include <utility>  // exchange
#include <vector>   // vector

#include "nasnet/core/error.hpp"

#if defined(__linux__)
#include <sys/mman.h>  // madvise
#endif

namespace nasnet::inline NASNET_ABI {

/// Bytes that an allocator has handed out.
struct MemoryStatistics {
  std::size_t in_use = 0;        ///< bytes held by live buffers
  std::size_t peak = 0;          ///< largest `in_use` so far
  std::size_t reserved = 0;      ///< bytes taken from the system: live and cached
  std::size_t system_calls = 0;  ///< allocations that the cache could not serve
};

namespace detail {

/// Large blocks start at a large page, which the system is asked to use: fewer faults, and a kernel that walks over a
/// map needs fewer translations of addresses.
inline constexpr std::size_t large_page = std::size_t{2} << 20U;

[[nodiscard]] constexpr std::align_val_t block_alignment(std::size_t size) {
  return std::align_val_t{size >= large_page ? large_page : 64};
}

/// Null where the system has no memory.
[[nodiscard]] inline void* new_block(std::size_t size) {
  void* block = ::operator new(size, block_alignment(size), std::nothrow);
#if defined(__linux__)
  if (block != nullptr && size >= large_page) madvise(block, size / large_page * large_page, MADV_HUGEPAGE);
#endif
  return block;
}

inline void delete_block(void* block, std::size_t size) { ::operator delete(block, block_alignment(size)); }

struct AllocatorState {
  std::mutex mutex;
  std::map<std::size_t, std::vector<void*>> free;  // rounded size -> blocks
  std::size_t limit;
  MemoryStatistics statistics;

  explicit AllocatorState(std::size_t bytes) : limit(bytes) {}
  AllocatorState(const AllocatorState&) = delete;
  AllocatorState& operator=(const AllocatorState&) = delete;
  ~AllocatorState() { release_cache(); }

  void release_cache() {
    for (auto& [size, blocks] : free) {
      for (void* block : blocks) delete_block(block, size);
      statistics.reserved -= size * blocks.size();
    }
    free.clear();
  }
};

}  // namespace detail

/// A block of memory that goes back to its allocator. The allocator may be gone first.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        owner_(std::move(other.owner_)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    if (this != &other) {
      release();
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
      owner_ = std::move(other.owner_);
    }
    return *this;
  }
  ~Buffer() { release(); }

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  friend class Allocator;
  Buffer(void* data, std::size_t size, std::shared_ptr<detail::AllocatorState> owner)
      : data_(data), size_(size), owner_(std::move(owner)) {}

  void release() {
    if (data_ == nullptr) return;
    const std::lock_guard lock(owner_->mutex);
    owner_->statistics.in_use -= size_;
    owner_->free[size_].push_back(data_);
    data_ = nullptr;
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
  std::shared_ptr<detail::AllocatorState> owner_;
};

/// A caching allocator of blocks aligned to 64 bytes. Copies share one cache; safe to use from several threads.
///
/// A released block serves the next request of its size, so that a training step after the first takes nothing from the
/// system.
class Allocator {
 public:
  /// @param limit most bytes that live buffers may hold together
  explicit Allocator(std::size_t limit = static_cast<std::size_t>(-1))
      : state_(std::make_shared<detail::AllocatorState>(limit)) {}

  /// A block of at least `bytes` bytes, contents undefined.
  /// @throws MemoryError beyond the limit, or where the system has no memory.
  [[nodiscard]] Buffer allocate(std::size_t bytes) {
    const std::size_t size = rounded(bytes);
    const std::lock_guard lock(state_->mutex);
    MemoryStatistics& statistics = state_->statistics;
    if (size > state_->limit || statistics.in_use > state_->limit - size) {
      fail<MemoryError>("allocator: ", bytes, " bytes more than the ", statistics.in_use, " in use pass the limit of ",
                        state_->limit);
    }
    void* block = take(size);
    statistics.in_use += size;
    if (statistics.in_use > statistics.peak) statistics.peak = statistics.in_use;
    return Buffer(block, size, state_);
  }

  /// Most bytes that live buffers may hold together.
  [[nodiscard]] std::size_t limit() const { return state_->limit; }

  [[nodiscard]] MemoryStatistics statistics() const {
    const std::lock_guard lock(state_->mutex);
    return state_->statistics;
  }

  /// Begins a new measurement of the peak.
  void reset_peak() {
    const std::lock_guard lock(state_->mutex);
    state_->statistics.peak = state_->statistics.in_use;
  }

  /// Gives the cached blocks back to the system.
  void release_cache() {
    const std::lock_guard lock(state_->mutex);
    state_->release_cache();
  }

 private:
  // Eight sizes per power of two: little waste, and networks that differ by a few channels share blocks.
  [[nodiscard]] static std::size_t rounded(std::size_t bytes) {
    std::size_t step = 64;
    while (bytes / step > 16) step *= 2;
    return bytes == 0 ? 64 : (bytes + step - 1) / step * step;
  }

  [[nodiscard]] void* take(std::size_t size) {
    auto& blocks = state_->free[size];
    if (!blocks.empty()) {
      void* block = blocks.back();
      blocks.pop_back();
      return block;
    }
    void* block = detail::new_block(size);
    if (block == nullptr) {
      state_->release_cache();
      block = detail::new_block(size);
    }
    if (block == nullptr) fail<MemoryError>("allocator: the system has no ", size, " bytes left");
    state_->statistics.reserved += size;
    ++state_->statistics.system_calls;
    return block;
  }

  std::shared_ptr<detail::AllocatorState> state_;
};

}  // namespace nasnet::inline NASNET_ABI
