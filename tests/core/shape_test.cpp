#include "nasnet/core/shape.hpp"

#include <cstdint>  // int64_t
#include <limits>   // numeric_limits
#include <span>     // span
#include <vector>   // vector

#include "catch.hpp"
#include "nasnet/core/error.hpp"

namespace {

using nasnet::checked_product;
using nasnet::Shape;

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("a shape knows its extents", "[shape]") {
  constexpr Shape shape{8, 28, 14, 3};
  STATIC_REQUIRE(shape.rank() == 4);
  STATIC_REQUIRE(shape[2] == 14);
  STATIC_REQUIRE(shape.elements() == 8 * 28 * 14 * 3);
  CHECK(shape.to_string() == "[8,28,14,3]");
  CHECK(Shape{}.to_string() == "[]");
  CHECK(Shape{}.elements() == 1);
  CHECK(Shape{5, 0}.elements() == 0);
}

TEST_CASE("shapes are equal when rank and extents are", "[shape]") {
  STATIC_REQUIRE(Shape{2, 3} == Shape{2, 3});
  STATIC_REQUIRE(Shape{2, 3} != Shape{3, 2});
  STATIC_REQUIRE(Shape{2} != Shape{2, 0});
  STATIC_REQUIRE(Shape{0} != Shape{});
}

TEST_CASE("impossible shapes are refused", "[shape]") {
  CHECK_THROWS_WITH((Shape{2, -1}), "shape: extent -1 is negative");
  const std::vector<std::int64_t> five{1, 2, 3, 4, 5};
  CHECK_THROWS_WITH(Shape(std::span<const std::int64_t>(five)), "shape: 5 extents, at most 4 are possible");
}

TEST_CASE("products never overflow in silence", "[shape]") {
  CHECK(checked_product(largest, 1) == largest);
  CHECK(checked_product(0, largest) == 0);
  CHECK(checked_product(largest, 0) == 0);
  CHECK(checked_product(3037000499, 3037000499) == 3037000499 * 3037000499);
  CHECK_THROWS_AS(checked_product(3037000500, 3037000500), nasnet::ShapeError);
  CHECK_THROWS_AS((Shape{largest, 2}.elements()), nasnet::ShapeError);
}
