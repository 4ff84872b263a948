#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/model/initialization.hpp"
#include "nasnet/model/model.hpp"

using namespace nasnet;
using namespace graph_probe;

namespace {

struct Moments {
  double mean = 0, deviation = 0, largest = 0;
};

Moments moments(const Tensor<double>& values) {
  Moments m;
  for (const double v : values.values()) m.mean += v / static_cast<double>(values.elements());
  for (const double v : values.values()) {
    m.deviation += (v - m.mean) * (v - m.mean) / static_cast<double>(values.elements());
    m.largest = (std::max)(m.largest, std::abs(v));
  }
  m.deviation = std::sqrt(m.deviation);
  return m;
}

// Deviation of a standard normal cut off beyond two deviations.
constexpr double truncated_deviation = 0.87962566;

std::map<std::string, std::vector<float>> values_by_name(const Model<float>& model) {
  std::map<std::string, std::vector<float>> values;
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    const auto span = model.parameters()[p].value().values();
    values[model.graph().parameters[p].name] = {span.begin(), span.end()};
  }
  return values;
}

}  // namespace

TEST_CASE("kernels start as truncated normals of deviation sqrt(2.6 / fan-out)") {
  const auto check = [](ParameterLayout layout, Shape shape, std::int64_t fan_out) {
    const ParameterSpec spec{
        .name = "weight", .shape = shape, .layout = layout, .initializer = Initializer::variance_scaling};
    const double deviation = std::sqrt(1.3 * 2.0 / static_cast<double>(fan_out));
    const Moments m = moments(initial_values<double>(spec, RandomStream(3).split("a")));
    const double n = static_cast<double>(shape.elements());
    CHECK(std::abs(m.mean) < 5 * deviation / std::sqrt(n));
    CHECK(m.deviation == Approx(truncated_deviation * deviation).epsilon(5 / std::sqrt(n)));
    CHECK(m.largest <= 2 * deviation);
    CHECK(m.largest > 1.95 * deviation);
  };
  check(ParameterLayout::convolution, {3, 3, 32, 64}, 3 * 3 * 64);
  check(ParameterLayout::convolution, {1, 1, 128, 96}, 96);
  check(ParameterLayout::convolution, {1, 7, 64, 32}, 7 * 32);
  check(ParameterLayout::depthwise, {5, 5, 900}, 25);
  check(ParameterLayout::dense, {400, 50}, 50);
}

TEST_CASE("scales start at one, shifts and biases at zero, statistics at mean 0 and variance 1") {
  const Model<float> model(build(released_nasnet_a(), cifar_config(1, 4)), RandomStream(1));
  for (const auto& [name, values] : values_by_name(model)) {
    INFO(name);
    const auto all = [&values = values](float v) {
      return std::all_of(values.begin(), values.end(), [v](float x) { return x == v; });
    };
    const bool norm = name.find("bn.") != std::string::npos;
    if (norm && name.find("weight") != std::string::npos) CHECK(all(1));
    if (name.find("bias") != std::string::npos) CHECK(all(0));
    if (name.find("running_mean") != std::string::npos) CHECK(all(0));
    if (name.find("running_var") != std::string::npos) CHECK(all(1));
    if (!norm && name.find("weight") != std::string::npos) CHECK_FALSE(all(values[0]));
  }
}

TEST_CASE("fixed parameters start at their values") {
  GraphBuilder g(2);
  const Value x = g.depthwise(g.input(), {.kernel = 2, .fixed_weight = {1, 2, 3, 4}}, "blur");
  const Model<float> model(std::move(g).finish(x), RandomStream(9));
  CHECK(values_by_name(model).at("blur.weight") == std::vector<float>{1, 1, 2, 2, 3, 3, 4, 4});
  CHECK_FALSE(model.parameters()[0].wants_gradient());
}

TEST_CASE("a parameter depends on its name and the seed alone") {
  const RandomStream seed(5);
  const auto small = values_by_name(Model<float>(build(released_nasnet_a(), cifar_config(1, 4)), seed));
  CHECK(small == values_by_name(Model<float>(build(released_nasnet_a(), cifar_config(1, 4)), seed)));
  // Another architecture shares the names of the first cell's squeeze and of the stem.
  Architecture other = released_nasnet_a();
  std::swap(other.normal.blocks[0], other.normal.blocks[1]);
  const auto swapped = values_by_name(Model<float>(build(other, cifar_config(1, 4)), seed));
  for (const auto& [name, values] : small) {
    const auto found = swapped.find(name);
    if (found == swapped.end() || found->second.size() != values.size()) continue;
    INFO(name);
    CHECK(found->second == values);
  }
  const auto reseeded = values_by_name(Model<float>(build(released_nasnet_a(), cifar_config(1, 4)), RandomStream(6)));
  CHECK(reseeded.at("stem.conv.weight") != small.at("stem.conv.weight"));
  // Kernels of one shape differ from each other.
  CHECK(small.at("cells.0.blocks.1.right.sep1.depthwise.weight") !=
        small.at("cells.0.blocks.0.right.sep1.depthwise.weight"));
}

TEST_CASE("the model allocates as many trainable elements as the graph counts") {
  for (const auto* name : {"nasnet-a", "nasnet-b", "nasnet-c", "pnasnet-5", "amoebanet-a", "darts-v2"}) {
    auto config = cifar_config(1, 4);
    config.image_size = Size{16, 16};
    const NetworkGraph graph = build(published_architecture(name), config);
    const Model<float> model(graph, RandomStream(1));
    std::int64_t trainable = 0;
    for (std::size_t p = 0; p < model.parameters().size(); ++p) {
      const Variable<float>& variable = model.parameters()[p];
      CHECK(variable.wants_gradient() == (graph.parameters[p].spec.role == ParameterRole::trainable));
      CHECK(variable.shape() == graph.parameters[p].spec.shape);
      if (variable.wants_gradient()) trainable += variable.value().elements();
    }
    CHECK(trainable == parameter_count(graph, AuxiliaryHead::included));
  }
}
