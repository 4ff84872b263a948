#include "nasnet/core/context.hpp"

#include <memory>  // make_shared

#include "catch.hpp"
#include "nasnet/core/allocator.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/core/thread_pool.hpp"

using nasnet::Allocator;
using nasnet::Context;
using nasnet::Tensor;
using nasnet::ThreadPool;

TEST_CASE("a context gives memory within its own limit", "[context]") {
  const auto pool = std::make_shared<ThreadPool>(1);
  Context small(pool, Allocator(1024));
  Context large(pool);
  CHECK(small.pool() == large.pool());
  CHECK_THROWS_AS(small.tensor<float>({1000}), nasnet::MemoryError);
  CHECK(large.tensor<float>({1000}).elements() == 1000);
}

TEST_CASE("copies of a context share pool and memory", "[context]") {
  Context context(1);
  Context copy = context;
  const Tensor<float> x = copy.zeros<float>({4});
  CHECK(x[3] == 0.0F);
  CHECK(context.allocator().statistics().in_use > 0);
  CHECK(copy.pool() == context.pool());
}

TEST_CASE("the second run of the same work takes nothing from the system", "[context]") {
  Context context(1);
  const auto work = [&] {
    const Tensor<float> a = context.tensor<float>({100, 100});
    const Tensor<double> b = context.tensor<double>({7});
    const Tensor<float> c = context.tensor<float>({100, 100});
  };
  work();
  const auto calls = context.allocator().statistics().system_calls;
  work();
  CHECK(context.allocator().statistics().system_calls == calls);
}
