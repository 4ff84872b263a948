#include "nasnet/primitive/parameter.hpp"

#include "catch.hpp"
#include "nasnet/core/shape.hpp"

using nasnet::ParameterLayout;
using nasnet::ParameterRole;
using nasnet::ParameterSpec;
using nasnet::Shape;

namespace {

ParameterSpec parameter(Shape shape, ParameterLayout layout) {
  return {.name = "weight", .shape = shape, .layout = layout};
}

}  // namespace

TEST_CASE("fan-out is the number of outputs that one input feeds", "[parameter]") {
  CHECK(parameter({3, 5, 7, 11}, ParameterLayout::convolution).fan_out() == 3 * 5 * 11);
  CHECK(parameter({3, 5, 7}, ParameterLayout::depthwise).fan_out() == 3 * 5);
  CHECK(parameter({7, 11}, ParameterLayout::dense).fan_out() == 11);
  CHECK(parameter({7}, ParameterLayout::vector).fan_out() == 7);
}

TEST_CASE("files have kernels with the outputs first", "[parameter]") {
  CHECK(parameter({3, 5, 7, 11}, ParameterLayout::convolution).file_shape() == Shape{11, 7, 3, 5});
  CHECK(parameter({3, 5, 7}, ParameterLayout::depthwise).file_shape() == Shape{7, 1, 3, 5});
  CHECK(parameter({7, 11}, ParameterLayout::dense).file_shape() == Shape{11, 7});
  CHECK(parameter({7}, ParameterLayout::vector).file_shape() == Shape{7});
}

TEST_CASE("decay applies to trained kernels alone", "[parameter]") {
  ParameterSpec kernel = parameter({7, 11}, ParameterLayout::dense);
  CHECK(kernel.decays());
  CHECK_FALSE(parameter({7}, ParameterLayout::vector).decays());
  kernel.role = ParameterRole::fixed;
  CHECK_FALSE(kernel.decays());
}
