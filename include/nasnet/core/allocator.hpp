/// Memory for tensors: aligned, cached, limited and counted.
#pragma once

#include <cstddef>  // size_t
#include <map>      // map
#include <memory>   // shared_ptr
#include <mutex>    // mutex
#include <utility>  // exchange
#include <vector>   // vector

#if defined(__linux__)
#include <sys/mman.h>  // madvise
#endif

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Bytes that an allocator has handed out.
struct MemoryStatistics {
  std::size_t in_use = 0;        ///< bytes held by live buffers
  std::size_t peak = 0;          ///< largest `in_use` so far
  std::size_t reserved = 0;      ///< bytes taken from the system: live and cached
  std::size_t system_calls = 0;  ///< allocations that the cache could not serve
};

namespace detail {

struct AllocatorState {
  std::mutex mutex;
  std::map<std::size_t, std::vector<void*>> free;  // rounded size -> blocks
  std::size_t limit;
  MemoryStatistics statistics;

  NASNET_LAZY explicit AllocatorState(std::size_t bytes) : limit(bytes) {}
  AllocatorState(const AllocatorState&) = delete;
  AllocatorState& operator=(const AllocatorState&) = delete;
  ~AllocatorState() { release_cache(); }

  NASNET_LAZY void release_cache();
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
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer() { release(); }

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  friend class Allocator;
  Buffer(void* data, std::size_t size, std::shared_ptr<detail::AllocatorState> owner)
      : data_(data), size_(size), owner_(std::move(owner)) {}

  NASNET_LAZY void release();

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
  NASNET_LAZY explicit Allocator(std::size_t limit = static_cast<std::size_t>(-1));

  /// A block of at least `bytes` bytes, contents undefined.
  /// @throws MemoryError beyond the limit, or where the system has no memory.
  NASNET_LAZY [[nodiscard]] Buffer allocate(std::size_t bytes);

  /// Most bytes that live buffers may hold together.
  [[nodiscard]] std::size_t limit() const { return state_->limit; }

  NASNET_LAZY [[nodiscard]] MemoryStatistics statistics() const;

  /// Begins a new measurement of the peak.
  NASNET_LAZY void reset_peak();

  /// Gives the cached blocks back to the system.
  NASNET_LAZY void release_cache();

 private:
  // Eight sizes per power of two: little waste, and networks that differ by a few channels share blocks.
  NASNET_LAZY [[nodiscard]] static std::size_t rounded(std::size_t bytes);

  NASNET_LAZY [[nodiscard]] void* take(std::size_t size);

  std::shared_ptr<detail::AllocatorState> state_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/allocator.ipp"
#endif
