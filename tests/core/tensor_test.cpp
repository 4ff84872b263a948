#include "nasnet/core/tensor.hpp"

#include <cstddef>      // size_t
#include <cstdint>      // int32_t, int64_t
#include <new>          // operator new
#include <type_traits>  // is_constructible_v, is_copy_constructible_v
#include <utility>      // move

#include "catch.hpp"
#include "nasnet/core/allocator.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"

using nasnet::Allocator;
using nasnet::Shape;
using nasnet::Tensor;

TEST_CASE("elements lie channels last", "[tensor]") {
  Tensor<float> x({2, 3, 4, 5});
  for (std::int64_t i = 0; i < x.elements(); ++i) x[i] = static_cast<float>(i);
  CHECK(x(0, 0, 0, 4) == 4.0F);
  CHECK(x(0, 0, 1, 0) == 5.0F);
  CHECK(x(0, 1, 0, 0) == 20.0F);
  CHECK(x(1, 0, 0, 0) == 60.0F);
  CHECK(x(1, 2, 3, 4) == 119.0F);
}

TEST_CASE("tensors move and are cloned, never copied", "[tensor]") {
  STATIC_REQUIRE(!std::is_copy_constructible_v<Tensor<float>>);
  Tensor<double> x({3});
  x.fill(7);
  const Tensor<double> copy = x.clone();
  const double* data = x.data();
  const Tensor<double> moved = std::move(x);
  CHECK(moved.data() == data);
  CHECK(copy.data() != data);
  CHECK(copy[2] == 7.0);
  CHECK(x.empty());  // NOLINT(bugprone-use-after-move): moved-from tensors are empty
  CHECK(x.shape() == Shape{0});
}

TEST_CASE("a tensor of no elements takes no memory", "[tensor]") {
  Allocator allocator;
  const Tensor<float> none({0, 5}, allocator);
  CHECK(none.empty());
  CHECK(none.extent(1) == 5);
  CHECK(none.values().empty());
  CHECK(allocator.statistics().system_calls == 0);
  CHECK(Tensor<float>{}.empty());
}

TEST_CASE("a tensor outlives its allocator", "[tensor]") {
  Tensor<float> x;
  {
    Allocator allocator;
    x = Tensor<float>({1000}, allocator);
  }
  x.fill(1);
  CHECK(x[999] == 1.0F);
}

TEST_CASE("reshaping keeps the elements", "[tensor]") {
  Tensor<std::int32_t> x({2, 6});
  x[11] = 5;
  x.reshape({3, 1, 1, 4});
  CHECK(x(2, 0, 0, 3) == 5);
  CHECK_THROWS_WITH(x.reshape({5}), "reshape: [3,1,1,4] has 12 elements, [5] has 5");
}

TEST_CASE("sizes that cannot be counted are refused", "[tensor]") {
  const std::int64_t huge = std::int64_t{1} << 61;
  CHECK_THROWS_AS((Tensor<double>({huge, 2, 2})), nasnet::ShapeError);
  CHECK_THROWS_AS((Tensor<double>({huge})), nasnet::ShapeError);
}

namespace {

/// Memory of the host behind the functions of a device.
struct FakeDevice {
  static inline int blocks = 0;

  static void* take(std::size_t bytes) {
    ++blocks;
    return ::operator new(bytes);
  }
  static void give_back(void* block, std::size_t) {
    --blocks;
    ::operator delete(block);
  }
};

}  // namespace

TEST_CASE("a device's tensor has the device's memory, and a shape", "[tensor]") {
  using DeviceTensor = Tensor<float, FakeDevice>;
  {
    nasnet::DeviceAllocator<FakeDevice> allocator;
    DeviceTensor x({2, 6}, allocator);
    CHECK(FakeDevice::blocks == 1);
    CHECK(x.data() != nullptr);
    CHECK(x.elements() == 12);
    x.reshape({3, 4});
    const DeviceTensor moved = std::move(x);
    CHECK(moved.shape() == Shape{3, 4});
    CHECK(allocator.statistics().in_use == 64);
    const DeviceTensor alone({100});
    CHECK(FakeDevice::blocks == 2);
  }
  CHECK(FakeDevice::blocks == 0);
  STATIC_REQUIRE(!std::is_constructible_v<DeviceTensor, Shape, Allocator>);
  STATIC_REQUIRE(!std::is_constructible_v<Tensor<float>, Shape, nasnet::DeviceAllocator<FakeDevice>>);
  STATIC_REQUIRE(nasnet::HostMemory<nasnet::Cpu>);
  STATIC_REQUIRE(!nasnet::HostMemory<FakeDevice>);
}
