/// Where a computation runs: its threads and its memory.
#pragma once

#include <cstdint>  // int64_t
#include <memory>   // shared_ptr, make_shared
#include <utility>  // move

#include "nasnet/core/allocator.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/core/thread_pool.hpp"

namespace nasnet::inline NASNET_ABI {

/// The share of the machine that a run may use, passed to every run. Copies share the pool and the memory.
///
/// A context serves one run at a time; give each trial worker its own, over the same pool.
class Context {
 public:
  /// A pool of its own. @param threads its size, 0 for one per core
  NASNET_LAZY explicit Context(int threads = 0);

  /// A share of a pool. @param allocator memory of this run, with its limit
  explicit Context(std::shared_ptr<ThreadPool> pool, Allocator allocator = Allocator{})
      : pool_(std::move(pool)), allocator_(std::move(allocator)) {}

  [[nodiscard]] const std::shared_ptr<ThreadPool>& pool() const { return pool_; }
  [[nodiscard]] Allocator& allocator() { return allocator_; }
  [[nodiscard]] const Allocator& allocator() const { return allocator_; }

  /// An uninitialised tensor from this context's memory.
  template <class Scalar>
  [[nodiscard]] Tensor<Scalar> tensor(Shape shape) {
    return Tensor<Scalar>(shape, allocator_);
  }

  template <class Scalar>
  [[nodiscard]] Tensor<Scalar> zeros(Shape shape) {
    Tensor<Scalar> result(shape, allocator_);
    result.fill(Scalar{0});
    return result;
  }

  /// See ThreadPool::parallel_for.
  template <class Body>
  void parallel_for(std::int64_t count, std::int64_t grain, const Body& body) {
    pool_->parallel_for(count, grain, body);
  }

 private:
  std::shared_ptr<ThreadPool> pool_;
  Allocator allocator_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/context.ipp"
#endif
