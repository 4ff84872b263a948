/// Memory for tensors: aligned, cached, limited and counted.
#pragma once

#include <cstddef>  // size_t
#include <memory>   // shared_ptr
#include <utility>  // exchange, move

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Bytes that an allocator has handed out.
struct MemoryStatistics {
  std::size_t in_use = 0;        ///< bytes held by live buffers
  std::size_t peak = 0;          ///< largest `in_use` so far
  std::size_t reserved = 0;      ///< bytes taken from the source: live and cached
  std::size_t system_calls = 0;  ///< allocations that the cache could not serve
};

/// Where an allocator's blocks come from. Both functions may be called from several threads at once.
struct MemorySource {
  void* (*take)(std::size_t bytes);                   ///< aligned to 64 bytes; null where there is no memory left
  void (*give_back)(void* block, std::size_t bytes);  ///< a block of `take`, with the bytes that were asked for
};

namespace detail {

struct AllocatorState;

/// Whom a block goes back to. A pointer, so that a file which moves tensors does not compile the allocator's cache.
struct BlockOwner {
  void (*take_back)(BlockOwner& self, void* block, std::size_t size);
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
    if (this == &other) return *this;
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    owner_ = std::move(other.owner_);
    return *this;
  }
  ~Buffer() { release(); }

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  friend class Allocator;
  Buffer(void* data, std::size_t size, std::shared_ptr<detail::BlockOwner> owner)
      : data_(data), size_(size), owner_(std::move(owner)) {}

  void release() {
    if (data_ != nullptr) owner_->take_back(*owner_, std::exchange(data_, nullptr), size_);
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
  std::shared_ptr<detail::BlockOwner> owner_;
};

/// A caching allocator of blocks aligned to 64 bytes. Copies share one cache; safe to use from several threads.
///
/// A released block serves the next request of its size, so that a training step after the first takes nothing from the
/// system.
class Allocator {
 public:
  /// Of the host's memory. @param limit most bytes that live buffers may hold together
  NASNET_LAZY explicit Allocator(std::size_t limit = static_cast<std::size_t>(-1));

  /// @param source of memory that the host reads and writes: pinned, shared or in a file. For another device's memory
  /// there is DeviceAllocator.
  NASNET_LAZY Allocator(std::size_t limit, MemorySource source);

  /// A block of at least `bytes` bytes, contents undefined.
  /// @throws MemoryError beyond the limit, or where the source has no memory.
  NASNET_LAZY [[nodiscard]] Buffer allocate(std::size_t bytes);

  /// Most bytes that live buffers may hold together.
  NASNET_LAZY [[nodiscard]] std::size_t limit() const;

  NASNET_LAZY [[nodiscard]] MemoryStatistics statistics() const;

  /// Begins a new measurement of the peak.
  NASNET_LAZY void reset_peak();

  /// Gives the cached blocks back to the source.
  NASNET_LAZY void release_cache();

 private:
  // Eight sizes per power of two: little waste, and networks that differ by a few channels share blocks.
  NASNET_LAZY [[nodiscard]] static std::size_t rounded(std::size_t bytes);

  std::shared_ptr<detail::AllocatorState> state_;
};

/// An allocator of a device's memory, with the cache, the limit and the statistics of Allocator. It is no Allocator, so
/// that no tensor of the host gets a block of a device.
///
/// A device is a type with two functions, those of a MemorySource:
///
///     struct Gpu {
///       static void* take(std::size_t bytes);
///       static void give_back(void* block, std::size_t bytes);
///     };
template <class Device>
class DeviceAllocator : private Allocator {
 public:
  /// @param limit most bytes that live buffers may hold together
  explicit DeviceAllocator(std::size_t limit = static_cast<std::size_t>(-1))
      : Allocator(limit, MemorySource{&Device::take, &Device::give_back}) {}

  using Allocator::allocate;
  using Allocator::limit;
  using Allocator::release_cache;
  using Allocator::reset_peak;
  using Allocator::statistics;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/allocator.ipp"
#endif
