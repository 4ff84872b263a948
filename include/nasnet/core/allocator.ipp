#pragma once

#include "nasnet/core/allocator.hpp"

#include <cstddef>  // size_t
#include <mutex>    // mutex
#include <new>      // align_val_t
#include <utility>  // exchange

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Large blocks start at a large page, which the system is asked to use: fewer faults, and a kernel that walks over a
/// map needs fewer translations of addresses.
inline constexpr std::size_t large_page = std::size_t{2} << 20U;

[[nodiscard]] constexpr std::align_val_t block_alignment(std::size_t size) {
  return std::align_val_t{size >= large_page ? large_page : 64};
}

/// Null where the system has no memory.
NASNET_LAZY [[nodiscard]] inline void* new_block(std::size_t size) {
  void* block = ::operator new(size, block_alignment(size), std::nothrow);
#if defined(__linux__)
  if (block != nullptr && size >= large_page) madvise(block, size / large_page * large_page, MADV_HUGEPAGE);
#endif
  return block;
}

NASNET_LAZY inline void delete_block(void* block, std::size_t size) { ::operator delete(block, block_alignment(size)); }

NASNET_BODY void AllocatorState::release_cache() {
  for (auto& [size, blocks] : free) {
    for (void* block : blocks) delete_block(block, size);
    statistics.reserved -= size * blocks.size();
  }
  free.clear();
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_INLINE Buffer& Buffer::operator=(Buffer&& other) noexcept {
  if (this != &other) {
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    owner_ = std::move(other.owner_);
  }
  return *this;
}

NASNET_BODY void Buffer::release() {
  if (data_ == nullptr) return;
  const std::lock_guard lock(owner_->mutex);
  owner_->statistics.in_use -= size_;
  owner_->free[size_].push_back(data_);
  data_ = nullptr;
}

NASNET_BODY Allocator::Allocator(std::size_t limit) : state_(std::make_shared<detail::AllocatorState>(limit)) {}

NASNET_BODY Buffer Allocator::allocate(std::size_t bytes) {
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

NASNET_BODY void* Allocator::take(std::size_t size) {
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

}  // namespace nasnet::inline NASNET_ABI
