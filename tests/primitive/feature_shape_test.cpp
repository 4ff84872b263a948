#include "nasnet/primitive/feature_shape.hpp"

#include <cstdint>  // int64_t

#include "catch.hpp"
#include "nasnet/core/error.hpp"

using nasnet::FeatureShape;

TEST_CASE("a map has a size, elements and a text", "[feature_shape]") {
  constexpr FeatureShape shape{28, 14, 32};
  STATIC_REQUIRE(shape.size() == nasnet::Size{28, 14});
  STATIC_REQUIRE(shape.elements() == 28 * 14 * 32);
  CHECK(to_string(shape) == "28x14x32");
}

TEST_CASE("elements that cannot be counted are refused", "[feature_shape]") {
  const FeatureShape shape{std::int64_t{1} << 40, std::int64_t{1} << 20, 8};
  CHECK_THROWS_AS(shape.elements(), nasnet::ShapeError);
}
