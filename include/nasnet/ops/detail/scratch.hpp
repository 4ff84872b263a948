/// Memory for the bodies of a parallel loop.
#pragma once

#include <atomic>   // atomic_flag
#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <memory>   // make_unique, unique_ptr

#include "nasnet/core/context.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// One block of scalars for each thread that can work on a loop at a time. Made before the loop; bodies lease a block.
template <class Scalar>
class Scratch {
 public:
  /// @param elements size of a block
  Scratch(Context& context, std::int64_t elements)
      : blocks_(context.pool()->size()),
        stride_((elements + alignment - 1) / alignment * alignment),
        memory_(context.tensor<Scalar>({blocks_, stride_})),
        taken_(std::make_unique<std::atomic_flag[]>(static_cast<std::size_t>(blocks_))) {}

  /// A block that belongs to its holder until the end of the scope.
  class Lease {
   public:
    explicit Lease(Scratch& owner) : owner_(owner), index_(owner.take()) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { owner_.taken_[static_cast<std::size_t>(index_)].clear(std::memory_order_release); }

    [[nodiscard]] Scalar* data() const { return owner_.memory_.data() + index_ * owner_.stride_; }

   private:
    Scratch& owner_;
    std::int64_t index_;
  };

  [[nodiscard]] Lease lease() { return Lease(*this); }

 private:
  // Blocks start on cache lines of their own.
  static constexpr std::int64_t alignment = 64;

  [[nodiscard]] std::int64_t take() {
    for (std::int64_t index = 0;; index = (index + 1) % blocks_) {
      if (!taken_[static_cast<std::size_t>(index)].test_and_set(std::memory_order_acquire)) return index;
    }
  }

  std::int64_t blocks_;
  std::int64_t stride_;
  Tensor<Scalar> memory_;
  std::unique_ptr<std::atomic_flag[]> taken_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
