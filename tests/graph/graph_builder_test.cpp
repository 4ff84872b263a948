#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/op_expansions.hpp"
#include "nasnet/primitive/primitives.hpp"

using namespace nasnet;
using namespace graph_probe;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

// An op that does not keep what it promises.
struct WrongFilters {
  static constexpr std::string_view name = "wrong_filters";
  static Value expand(GraphBuilder& g, Value x, OpContext at) { return g.pointwise(x, at.filters + 1); }
};
struct WrongStride {
  static constexpr std::string_view name = "wrong_stride";
  static Value expand(GraphBuilder& g, Value x, OpContext at) {
    return g.batch_norm(g.convolution(x, at.filters, {.kernel = 3}));
  }
};
struct TwiceTheSameName {
  static constexpr std::string_view name = "twice";
  static Value expand(GraphBuilder& g, Value x, OpContext at) {
    x = g.convolution(x, at.filters, {.kernel = 3, .stride = at.stride});
    return g.convolution(x, at.filters, {.kernel = 3});
  }
};

template <class Op>
NetworkGraph with_op(std::string_view name) {
  using Ops = OpSet<Identity, Op>;
  Architecture architecture;
  architecture.normal.blocks = {{{0, "identity"}, {0, "identity"}}};
  architecture.normal.concat = {2};
  architecture.reduction = architecture.normal;
  architecture.reduction.blocks[0].left.op = std::string(name);
  return build_network(architecture, Ops::table(), cifar_config(1, 4));
}

}  // namespace

TEST_CASE("names are made of the open scopes and the primitive's own") {
  GraphBuilder g(3);
  Value x = g.input();
  {
    const auto outer = g.scope("cells.0");
    {
      const auto inner = g.scope("sep", 2);
      x = g.pointwise(x, 4);
      CHECK(g.place("x") == "cells.0.sep2.x");
    }
    x = g.batch_norm(x);
  }
  x = g.dense(g.global_average_pool(x), 2, "head");
  const NetworkGraph graph = std::move(g).finish(x);
  std::vector<std::string> names;
  for (const auto& parameter : graph.parameters) names.push_back(parameter.name);
  CHECK(names == std::vector<std::string>{"cells.0.sep2.pointwise.weight", "cells.0.bn.weight", "cells.0.bn.bias",
                                          "cells.0.bn.running_mean", "cells.0.bn.running_var", "head.weight",
                                          "head.bias"});
  CHECK(graph.output == find(graph, "head"));
  CHECK(graph.input_channels == 3);
}

TEST_CASE("nodes know their inputs, channels, strides and parameters") {
  GraphBuilder g(3);
  const Value a = g.convolution(g.input(), 4, {.kernel = 3, .stride = 2}, "a");
  const Value b = g.max_pool(g.pointwise(g.input(), 4, "b"), {.stride = 2});
  const Value sum = g.add(a, b);
  const Value both = g.concat(std::vector<Value>{sum, a});
  const NetworkGraph graph = std::move(g).finish(both);
  CHECK(at(graph, sum.node).inputs == std::vector<int>{a.node, b.node});
  CHECK(at(graph, both.node).channels == 8);
  CHECK(at(graph, both.node).stride == 2);
  CHECK(at(graph, a.node).inputs == std::vector<int>{-1});
  REQUIRE(at(graph, a.node).parameters.size() == 1);
  CHECK(graph.parameters[static_cast<std::size_t>(at(graph, a.node).parameters[0])].node == a.node);
}

TEST_CASE("the concatenation of one map is that map") {
  GraphBuilder g(3);
  const Value x = g.relu(g.input());
  CHECK(g.concat(std::vector<Value>{x}).node == x.node);
}

TEST_CASE("a repeated parameter name is an error, a repeated name without parameters is none") {
  GraphBuilder g(3);
  Value x = g.relu(g.relu(g.input()));
  x = g.pointwise(x, 3);
  REQUIRE_THROWS_MATCHES(g.pointwise(x, 3), ShapeError, MessageMatches(ContainsSubstring("'pointwise.weight'")));
  GraphBuilder other(3);
  {
    const auto scope = other.scope("a");
    static_cast<void>(other.batch_norm(other.input()));
  }
  const auto scope = other.scope("a");
  REQUIRE_THROWS_MATCHES(other.batch_norm(other.input()), ShapeError,
                         MessageMatches(ContainsSubstring("'a.bn.weight'")));
}

TEST_CASE("an op with a repeated parameter name is refused when the network is built") {
  REQUIRE_THROWS_MATCHES(with_op<TwiceTheSameName>("twice"), ShapeError,
                         MessageMatches(ContainsSubstring("'cells.1.blocks.0.left.conv.weight'")));
}

TEST_CASE("an op that does not return the declared filters or stride is refused with its place") {
  REQUIRE_THROWS_MATCHES(
      with_op<WrongFilters>("wrong_filters"), ShapeError,
      MessageMatches(ContainsSubstring("cells.1.blocks.0.left") && ContainsSubstring("wrong_filters") &&
                     ContainsSubstring("9 channels") && ContainsSubstring("8 channels")));
  REQUIRE_THROWS_MATCHES(with_op<WrongStride>("wrong_stride"), ShapeError,
                         MessageMatches(ContainsSubstring("'wrong_stride'") && ContainsSubstring("stride 1") &&
                                        ContainsSubstring("stride 2")));
}

TEST_CASE("maps that do not fit together are refused") {
  GraphBuilder g(3);
  const Value x = g.relu(g.input());
  const Value half = g.max_pool(x, {.stride = 2});
  const Value wide = g.pointwise(x, 5, "wide");
  REQUIRE_THROWS_MATCHES(g.add(x, half), ShapeError,
                         MessageMatches(ContainsSubstring("add") && ContainsSubstring("strides 1 and 2")));
  REQUIRE_THROWS_MATCHES(g.add(x, wide), ShapeError, MessageMatches(ContainsSubstring("3 and 5 channels")));
  REQUIRE_THROWS_AS(g.concat(std::vector<Value>{x, half}), ShapeError);
  REQUIRE_THROWS_AS(g.add(std::vector<Value>{}), ShapeError);
  REQUIRE_THROWS_MATCHES(g.apply(Relu{}, {x, x}, "relu"), ShapeError,
                         MessageMatches(ContainsSubstring("2 inputs") && ContainsSubstring("1 wanted")));
  CHECK(g.concat(std::vector<Value>{x, wide}).channels == 8);
}

TEST_CASE("windows, strides and channels below 1 are refused") {
  GraphBuilder g(3);
  const Value x = g.input();
  REQUIRE_THROWS_AS(GraphBuilder(0), ShapeError);
  REQUIRE_THROWS_AS(g.convolution(x, 0, {.kernel = 3}, "a"), ShapeError);
  REQUIRE_THROWS_AS(g.pointwise(x, -1, "b"), ShapeError);
  REQUIRE_THROWS_AS(g.convolution(x, 2, {.kernel = 0}, "c"), ShapeError);
  REQUIRE_THROWS_AS(g.depthwise(x, {.kernel = 3, .stride = 0}, "d"), ShapeError);
  REQUIRE_THROWS_AS(g.depthwise(x, {.kernel = 3, .dilation = 0}, "e"), ShapeError);
  REQUIRE_THROWS_AS(g.max_pool(x, {.kernel = -3}), ShapeError);
  REQUIRE_THROWS_AS(g.subsample(x, 0, 0), ShapeError);
  REQUIRE_THROWS_AS(g.zero(x, 4, 0), ShapeError);
  REQUIRE_THROWS_AS(g.dense(x, 0, "f"), ShapeError);
  REQUIRE_THROWS_MATCHES(g.factorized_reduction(x, 1), ShapeError, MessageMatches(ContainsSubstring("1 filters")));
}

TEST_CASE("a fixed kernel is a constant parameter, the same for every channel") {
  GraphBuilder g(2);
  const Value x =
      g.depthwise(g.input(), {.kernel = 3, .stride = 2, .fixed_weight = {1, 2, 1, 2, 4, 2, 1, 2, 1}}, "blur");
  const NetworkGraph graph = std::move(g).finish(x);
  const ParameterSpec& spec = parameter(graph, "blur.weight").spec;
  CHECK(spec.role == ParameterRole::fixed);
  CHECK(spec.initializer == Initializer::values);
  CHECK_FALSE(spec.decays());
  CHECK(spec.values == std::vector<double>{1, 1, 2, 2, 1, 1, 2, 2, 4, 4, 2, 2, 1, 1, 2, 2, 1, 1});
  CHECK(parameter_count(graph) == 0);
  GraphBuilder wrong(2);
  REQUIRE_THROWS_MATCHES(
      wrong.depthwise(wrong.input(), {.kernel = 3, .fixed_weight = {1, 2, 1}}, "blur"), ShapeError,
      MessageMatches(ContainsSubstring("blur") && ContainsSubstring("3 values") && ContainsSubstring("9 taps")));
}

TEST_CASE("a 1x1 convolution at stride 1 is a pointwise product, at a stride it is none") {
  GraphBuilder g(2);
  CHECK(token(at(g.graph(), g.convolution(g.input(), 3, {}, "a").node)) == "pw");
  CHECK(token(at(g.graph(), g.convolution(g.input(), 3, {.stride = 2}, "b").node)) == "conv1/2");
}

TEST_CASE("parameters state their layouts, first values and whether they decay") {
  GraphBuilder g(3);
  Value x = g.convolution(g.input(), 4, {.kernel_height = 5, .kernel_width = 3}, "c");
  x = g.depthwise(x, {.kernel = 7}, "d");
  x = g.batch_norm(x);
  x = g.dense(g.global_average_pool(x), 6, "head");
  const NetworkGraph graph = std::move(g).finish(x);
  const auto spec = [&](const std::string& name) { return parameter(graph, name).spec; };
  CHECK(spec("c.weight").shape == Shape{5, 3, 3, 4});
  CHECK(spec("c.weight").file_shape() == Shape{4, 3, 5, 3});
  CHECK(spec("c.weight").fan_out() == 5 * 3 * 4);
  CHECK(spec("d.weight").shape == Shape{7, 7, 4});
  CHECK(spec("d.weight").file_shape() == Shape{4, 1, 7, 7});
  CHECK(spec("d.weight").fan_out() == 49);
  CHECK(spec("head.weight").file_shape() == Shape{6, 4});
  CHECK(spec("head.weight").fan_out() == 6);
  for (const char* name : {"c.weight", "d.weight", "head.weight"}) {
    CHECK(spec(name).initializer == Initializer::variance_scaling);
    CHECK(spec(name).decays());
  }
  for (const char* name : {"bn.weight", "bn.bias", "head.bias"}) {
    CHECK(spec(name).role == ParameterRole::trainable);
    CHECK_FALSE(spec(name).decays());
  }
  CHECK(spec("bn.weight").initializer == Initializer::ones);
  CHECK(spec("bn.bias").initializer == Initializer::zeros);
  CHECK(spec("bn.running_mean").initializer == Initializer::zeros);
  CHECK(spec("bn.running_var").initializer == Initializer::ones);
  CHECK(spec("bn.running_var").role == ParameterRole::statistic);
}

TEST_CASE("a factorised reduction is two shifted halves and one batch norm") {
  GraphBuilder g(4);
  const Value y = g.factorized_reduction(g.input(), 5);
  CHECK(y.channels == 5);
  CHECK(y.stride == 2);
  const NetworkGraph graph = std::move(g).finish(y);
  const GraphNode& bn = at(graph, y.node);
  const GraphNode& both = at(graph, bn.inputs[0]);
  CHECK(token(bn) == "bn");
  CHECK(token(both) == "concat");
  const auto half = [&](std::size_t i) { return at(graph, at(graph, both.inputs[i]).inputs[0]); };
  CHECK(token(half(0)) == "sub2+0");
  CHECK(token(half(1)) == "sub2+1");
  CHECK(at(graph, both.inputs[0]).channels == 2);
  CHECK(at(graph, both.inputs[1]).channels == 3);
}
