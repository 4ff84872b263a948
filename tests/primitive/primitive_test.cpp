#include "nasnet/primitive/primitive.hpp"

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <string_view>  // string_view
#include <type_traits>  // decay_t, is_same_v
#include <utility>      // index_sequence
#include <variant>      // get_if, variant_alternative_t, variant_size_v
#include <vector>       // vector

#include "catch.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/run_primitive.hpp"
#include "nasnet/primitive/custom_primitive.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

// A user's primitive with what it must have, and no more.
namespace my {

struct Double {
  static constexpr std::string_view name = "double";
};

template <class Scalar>
void forward(const Double&, nasnet::OpCall<Scalar>& call) {
  nasnet::Tensor<Scalar>& y = call.allocate_output(call.input().shape());
  for (std::int64_t i = 0; i < y.elements(); ++i) y[i] = 2 * call.input()[i];
}

template <class Scalar>
void backward(const Double&, const nasnet::OpCall<Scalar>&, const nasnet::OpGradients<Scalar>&) {}

// One that computes in float alone.
struct FloatOnly {
  static constexpr std::string_view name = "float_only";
  [[nodiscard]] static std::int64_t input_count() { return 2; }
  [[nodiscard]] std::int64_t multiply_adds(nasnet::Features inputs) const { return inputs[0].elements(); }
};
inline void forward(const FloatOnly&, nasnet::OpCall<float>&) {}
inline void backward(const FloatOnly&, const nasnet::OpCall<float>&, const nasnet::OpGradients<float>&) {}

}  // namespace my

namespace {

using nasnet::FeatureShape;
using nasnet::Primitive;
using nasnet::Shape;
using nasnet::Window;

std::int64_t parameter_count(const Primitive& primitive, const std::vector<std::int64_t>& channels) {
  std::int64_t sum = 0;
  for (const nasnet::ParameterSpec& spec : parameters_of(primitive, channels)) {
    if (spec.role == nasnet::ParameterRole::trainable) sum += spec.shape.elements();
  }
  return sum;
}

FeatureShape shape_of(const Primitive& primitive, const std::vector<FeatureShape>& inputs) {
  return output_shape(primitive, inputs);
}

std::int64_t cost_of(const Primitive& primitive, const std::vector<FeatureShape>& inputs) {
  return multiply_adds(primitive, inputs);
}

}  // namespace

TEST_CASE("parameters are counted as published", "[primitive]") {
  // One separable 5x5 of 8 to 16 channels: C k^2 + C F + 2 F.
  CHECK(parameter_count(nasnet::Depthwise{.window = Window::square(5)}, {8}) == 200);
  CHECK(parameter_count(nasnet::Pointwise{.filters = 16}, {8}) == 128);
  CHECK(parameter_count(nasnet::BatchNorm{}, {16}) == 32);
  CHECK(parameter_count(nasnet::Convolution{.window = Window::square(3), .filters = 96}, {3}) == 2592);
  CHECK(parameter_count(nasnet::Dense{.units = 1000}, {1056}) == 1057000);
  CHECK(parameter_count(nasnet::LayerNorm{}, {7}) == 14);
  CHECK(parameter_count(nasnet::Depthwise{.window = Window::square(3), .fixed_weight = std::vector<double>(9, 1)},
                        {4}) == 0);
}

TEST_CASE("multiply-adds are those of convolutions and dense layers", "[primitive]") {
  const FeatureShape map{28, 14, 8};
  CHECK(cost_of(nasnet::Depthwise{.window = Window::square(5, 2)}, {map}) == 14 * 7 * 25 * 8);
  CHECK(cost_of(nasnet::Pointwise{.filters = 16}, {map}) == 28 * 14 * 8 * 16);
  CHECK(cost_of(nasnet::Convolution{.window = Window::square(3), .filters = 4}, {map}) == 28 * 14 * 9 * 8 * 4);
  CHECK(cost_of(nasnet::Dense{.units = 10}, {{1, 1, 8}}) == 80);
  CHECK(cost_of(nasnet::BatchNorm{}, {map}) == 0);
  CHECK(cost_of(nasnet::AveragePool{.window = Window::square(3)}, {map}) == 0);
}

TEST_CASE("output shapes follow from input shapes", "[primitive]") {
  const FeatureShape map{7, 10, 6};
  CHECK(shape_of(nasnet::Relu{}, {map}) == map);
  CHECK(shape_of(nasnet::Subsample{.step = 2, .offset = 1}, {map}) == FeatureShape{4, 5, 6});
  CHECK(shape_of(nasnet::Zeros{.step = 2, .filters = 9}, {map}) == FeatureShape{4, 5, 9});
  CHECK(shape_of(nasnet::Concat{}, {map, {7, 10, 5}}) == FeatureShape{7, 10, 11});
  CHECK(shape_of(nasnet::GlobalAveragePool{}, {map}) == FeatureShape{1, 1, 6});
  CHECK(shape_of(nasnet::MaximumPool{.window = Window::square(3, 2)}, {map}) == FeatureShape{4, 5, 6});
}

TEST_CASE("parameters know their fan-out, their shape in files, and whether they decay", "[primitive]") {
  const std::vector<std::int64_t> channels{5};
  const auto convolution =
      parameters_of(Primitive{nasnet::Convolution{.window = Window::square(3), .filters = 7}}, channels);
  CHECK(convolution[0].fan_out() == 63);
  CHECK(convolution[0].file_shape() == Shape{7, 5, 3, 3});
  CHECK(convolution[0].decays());
  const auto depthwise = parameters_of(Primitive{nasnet::Depthwise{.window = Window::square(5)}}, channels);
  CHECK(depthwise[0].fan_out() == 25);
  CHECK(depthwise[0].file_shape() == Shape{5, 1, 5, 5});
  const auto dense = parameters_of(Primitive{nasnet::Dense{.units = 2}}, channels);
  CHECK(dense[0].file_shape() == Shape{2, 5});
  CHECK(dense[0].decays());
  CHECK_FALSE(dense[1].decays());
  for (const auto& spec : parameters_of(Primitive{nasnet::BatchNorm{}}, channels)) CHECK_FALSE(spec.decays());
}

TEST_CASE("a user's primitive has the defaults for what it does not state", "[primitive]") {
  const Primitive mine = nasnet::CustomPrimitive(my::Double{});
  CHECK(name_of(mine) == "double");
  CHECK(input_count(mine) == 1);
  CHECK(backward_reads_inputs(mine));
  CHECK_FALSE(backward_reads_output(mine));
  CHECK(stride_of(mine) == 1);
  CHECK(parameter_count(mine, {3}) == 0);
  CHECK(shape_of(mine, {{2, 3, 4}}) == FeatureShape{2, 3, 4});
  CHECK(cost_of(mine, {{2, 3, 4}}) == 0);
}

TEMPLATE_TEST_CASE("a user's primitive computes behind the variant", "[primitive]", float, double) {
  nasnet::Context context(1);
  nasnet::Tensor<TestType> x({2});
  x[0] = 3, x[1] = -1;
  nasnet::OpCall<TestType> call{.context = context, .inputs = {&x}};
  forward(Primitive{nasnet::CustomPrimitive(my::Double{})}, call);
  CHECK(call.output[0] == 6);
  CHECK(call.output[1] == -2);
}

TEST_CASE("a primitive without double says so", "[primitive]") {
  nasnet::Context context(1);
  const Primitive mine = nasnet::CustomPrimitive(my::FloatOnly{});
  CHECK(input_count(mine) == 2);
  CHECK(cost_of(mine, {{2, 3, 4}}) == 24);
  nasnet::OpCall<float> in_float{.context = context};
  CHECK_NOTHROW(forward(mine, in_float));
  nasnet::OpCall<double> in_double{.context = context};
  CHECK_THROWS_WITH(forward(mine, in_double), "float_only: the primitive has no forward in double");
}

namespace {

template <std::size_t Index>
void check_visit() {
  using P = std::variant_alternative_t<Index, Primitive>;
  const Primitive primitive = nasnet::make_primitive(P{});
  CHECK(primitive.index() == Index);
  const void* visited = visit_primitive(primitive, [](const auto& p) -> const void* {
    return std::is_same_v<std::decay_t<decltype(p)>, P> ? &p : nullptr;
  });
  CHECK(visited == std::get_if<Index>(&primitive));
}

}  // namespace

TEST_CASE("a visitor is called with the alternative", "[primitive]") {
  [&]<std::size_t... Index>(std::index_sequence<Index...>) { (check_visit<Index>(), ...); }
  (std::make_index_sequence<std::variant_size_v<Primitive> - 1>{});
  const Primitive mine = nasnet::make_primitive(my::Double{});
  CHECK(visit_primitive(mine, [](const auto& p) { return name_of(p); }) == "double");
}
