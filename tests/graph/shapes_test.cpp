#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "graph/random_cells.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/shapes.hpp"

using namespace nasnet;
using namespace graph_probe;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

FeatureShape shape_of(const NetworkGraph& graph, Size image, int node) {
  return infer_shapes(graph, image)[static_cast<std::size_t>(node)];
}

std::vector<FeatureShape> cell_shapes(const NetworkGraph& graph, Size image) {
  std::vector<FeatureShape> shapes;
  for (int cell = 0; cell < static_cast<int>(graph.cells.size()); ++cell) {
    shapes.push_back(shape_of(graph, image, cell_output(graph, cell)));
  }
  return shapes;
}

// Heights at the stem's convolution, after its cells, and after each reduction.
std::vector<std::int64_t> imagenet_chain(const NetworkGraph& graph, std::int64_t image) {
  const auto cells = cell_shapes(graph, {image, image});
  return {shape_of(graph, {image, image}, find(graph, "stem.bn")).height, cells[0].height, cells[1].height,
          cells[cells.size() / 2].height, cells.back().height};
}

}  // namespace

TEST_CASE("the maps of the CIFAR network have the published sizes") {
  const NetworkGraph graph = build(released_nasnet_a(), cifar_config(6, 32));
  CHECK(shape_of(graph, {32, 32}, find(graph, "stem.bn")) == FeatureShape{32, 32, 96});
  const auto shapes = cell_shapes(graph, {32, 32});
  REQUIRE(shapes.size() == 20);
  for (std::size_t cell = 0; cell < 20; ++cell) {
    INFO("cell " << cell);
    const FeatureShape wanted = cell < 6     ? FeatureShape{32, 32, 192}
                                : cell == 6  ? FeatureShape{16, 16, 256}
                                : cell < 13  ? FeatureShape{16, 16, 384}
                                : cell == 13 ? FeatureShape{8, 8, 512}
                                             : FeatureShape{8, 8, 768};
    CHECK(shapes[cell] == wanted);
  }
  CHECK(shape_of(graph, {32, 32}, graph.output) == FeatureShape{1, 1, 10});
}

TEST_CASE("the maps of the mobile network have the published sizes") {
  const NetworkGraph graph = build(released_nasnet_a(), mobile_config());
  CHECK(shape_of(graph, {224, 224}, find(graph, "stem.bn")) == FeatureShape{111, 111, 32});
  const auto shapes = cell_shapes(graph, {224, 224});
  REQUIRE(shapes.size() == 16);
  CHECK(shapes[0] == FeatureShape{56, 56, 44});
  CHECK(shapes[1] == FeatureShape{28, 28, 88});
  CHECK(shapes[2] == FeatureShape{28, 28, 264});
  CHECK(shapes[5] == FeatureShape{28, 28, 264});
  CHECK(shapes[6] == FeatureShape{14, 14, 352});
  CHECK(shapes[7] == FeatureShape{14, 14, 528});
  CHECK(shapes[11] == FeatureShape{7, 7, 704});
  CHECK(shapes[15] == FeatureShape{7, 7, 1056});
}

TEST_CASE("the maps of the large network have the published sizes") {
  const NetworkGraph graph = build(released_nasnet_a(), large_config());
  CHECK(shape_of(graph, {331, 331}, find(graph, "stem.bn")) == FeatureShape{165, 165, 96});
  const auto shapes = cell_shapes(graph, {331, 331});
  REQUIRE(shapes.size() == 22);
  CHECK(shapes[0] == FeatureShape{83, 83, 168});
  CHECK(shapes[1] == FeatureShape{42, 42, 336});
  CHECK(shapes[7] == FeatureShape{42, 42, 1008});
  CHECK(shapes[8] == FeatureShape{21, 21, 1344});
  CHECK(shapes[14] == FeatureShape{21, 21, 2016});
  CHECK(shapes[15] == FeatureShape{11, 11, 2688});
  CHECK(shapes[21] == FeatureShape{11, 11, 4032});
}

TEST_CASE("every size of image gives the published chain of sizes") {
  auto config = NetworkConfig::imagenet();
  config.cells_per_stack = 1;
  config.filters = 8;
  const NetworkGraph graph = build(released_nasnet_a(), config);
  using Chain = std::vector<std::int64_t>;
  CHECK(imagenet_chain(graph, 299) == Chain{149, 75, 38, 19, 10});
  CHECK(imagenet_chain(graph, 320) == Chain{159, 80, 40, 20, 10});
  CHECK(imagenet_chain(graph, 224) == Chain{111, 56, 28, 14, 7});
  CHECK(imagenet_chain(graph, 800) == Chain{399, 200, 100, 50, 25});
  CHECK(imagenet_chain(graph, 1200) == Chain{599, 300, 150, 75, 38});
  CHECK(imagenet_chain(graph, 32) == Chain{15, 8, 4, 2, 1});
}

TEST_CASE("each axis of a rectangular image has its own chain") {
  auto config = NetworkConfig::imagenet();
  config.cells_per_stack = 1;
  config.filters = 8;
  const NetworkGraph graph = build(released_nasnet_a(), config);
  for (const Size image : {Size{672, 224}, Size{225, 150}, Size{3, 71}, Size{160, 7}}) {
    const auto shapes = cell_shapes(graph, image);
    const auto tall = cell_shapes(graph, {image.height, image.height});
    const auto wide = cell_shapes(graph, {image.width, image.width});
    for (std::size_t cell = 0; cell < shapes.size(); ++cell) {
      CHECK(shapes[cell] == FeatureShape{tall[cell].height, wide[cell].width, shapes[cell].channels});
    }
  }
}

TEST_CASE("the smallest images pass and smaller ones are refused by name") {
  const NetworkGraph cifar = build(released_nasnet_a(), cifar_config(1, 2));
  CHECK(cell_shapes(cifar, {1, 1}).back() == FeatureShape{1, 1, 48});
  CHECK(cell_shapes(cifar, {1, 9}).back() == FeatureShape{1, 3, 48});
  REQUIRE_THROWS_MATCHES(infer_shapes(cifar, {0, 4}), ShapeError, MessageMatches(ContainsSubstring("0x4")));
  REQUIRE_THROWS_AS(infer_shapes(cifar, {4, -1}), ShapeError);
  auto config = NetworkConfig::imagenet();
  config.filters = 8;
  const NetworkGraph imagenet = build(released_nasnet_a(), config);
  CHECK(cell_shapes(imagenet, {3, 3}).back() == FeatureShape{1, 1, 192});
  REQUIRE_THROWS_MATCHES(infer_shapes(imagenet, {2, 3}), ShapeError,
                         MessageMatches(ContainsSubstring("stem.conv") && ContainsSubstring("2x3")));
}

TEST_CASE("the structure does not depend on the size of the image") {
  const auto describe = [](const NetworkGraph& graph) {
    std::vector<std::string> text;
    for (const auto& node : graph.nodes) {
      if (node.part == NetworkPart::auxiliary) continue;
      text.push_back(node.name + " " + token(node) + " " + std::to_string(node.channels) + " " +
                     std::to_string(node.stride));
      for (const int parameter : node.parameters) {
        const auto& spec = graph.parameters[static_cast<std::size_t>(parameter)].spec;
        text.back() += " " + spec.shape.to_string();
      }
    }
    return text;
  };
  auto config = cifar_config(2, 4);
  const auto wanted = describe(build(released_nasnet_a(), config));
  for (const Size size : {Size{32, 32}, Size{33, 47}, Size{9, 10}}) {
    config.image_size = size;
    CHECK(describe(build(released_nasnet_a(), config)) == wanted);
  }
}

TEST_CASE("a tiny map keeps the factorised reduction after a reduction cell") {
  // Where both maps are 1x1, equal sizes must not turn it into a plain convolution.
  const NetworkGraph graph = build(released_nasnet_a(), cifar_config(1, 4));
  CHECK(cell_shapes(graph, {1, 1})[0].size() == cell_shapes(graph, {1, 1})[1].size());
  CHECK(has_parameter(graph, "cells.2.fit_previous.path1.weight"));
}

TEST_CASE("a network with an auxiliary head takes other sizes in evaluation and its own in training") {
  auto config = cifar_config(1, 4);
  config.image_size = Size{32, 32};
  const NetworkGraph graph = build(released_nasnet_a(), config);
  CHECK(shape_of(graph, {8, 8}, graph.output) == FeatureShape{1, 1, 10});
  CHECK(shape_of(graph, {64, 48}, graph.output) == FeatureShape{1, 1, 10});
  const auto whole = infer_shapes(graph, {32, 32}, AuxiliaryHead::included);
  CHECK(whole[static_cast<std::size_t>(*graph.auxiliary_output)] == FeatureShape{1, 1, 10});
  REQUIRE_THROWS_AS(infer_shapes(graph, {64, 48}, AuxiliaryHead::included), ShapeError);
}

TEST_CASE("random architectures of all ops and both combiners build, with the declared filters and strides") {
  std::mt19937 random(3);
  for (int trial = 0; trial < 150; ++trial) {
    const int blocks = 1 + random_below(random, 6);
    const Architecture architecture = random_cells(random, blocks);
    auto config = trial % 2 == 0 ? cifar_config(1, 3) : NetworkConfig::imagenet();
    if (trial % 2 == 1) {
      config.cells_per_stack = 1;
      config.filters = 11;
    }
    config.skip_reduction_input = trial % 3 == 0;
    const NetworkGraph graph = build(architecture, config);
    const auto shapes = infer_shapes(graph, {37, 22});
    for (const GraphCell& cell : graph.cells) {
      const Cell& genotype = cell_of(architecture, cell.role);
      std::int64_t channels = 0;
      for (const int state : genotype.concat) {
        const auto& block = genotype.blocks[static_cast<std::size_t>(state - 2)];
        channels += cell.filters * (block.combine == Combiner::concat ? 2 : 1);
      }
      CHECK(at(graph, cell.output).channels == channels);
      const GraphNode& source = at(graph, cell.sources[0]);
      CHECK(at(graph, cell.output).stride == source.stride * (cell.role == CellRole::reduction ? 2 : 1));
    }
    CHECK(shapes.back() == FeatureShape{1, 1, config.classes});
  }
}

TEST_CASE("options out of range are refused with the value") {
  const auto refused = [](auto change, const std::string& part) {
    NetworkConfig config;
    change(config);
    REQUIRE_THROWS_MATCHES(build(released_nasnet_a(), config), ArgumentError, MessageMatches(ContainsSubstring(part)));
  };
  refused([](NetworkConfig& c) { c.cells_per_stack = 0; }, "cells per stack are 0");
  refused([](NetworkConfig& c) { c.filters = -3; }, "filters are -3");
  refused([](NetworkConfig& c) { c.classes = 0; }, "classes are 0");
  refused([](NetworkConfig& c) { c.input_channels = 0; }, "input channels are 0");
  refused([](NetworkConfig& c) { c.filters = 1'000'000'000'000; }, "filters are 1000000000000");
  refused([](NetworkConfig& c) { c.stem_filters = -1; }, "stem filters are -1");
  refused([](NetworkConfig& c) { c.dropout_keep = 0; }, "dropout");
  refused([](NetworkConfig& c) { c.dropout_keep = 1.5; }, "dropout");
  refused([](NetworkConfig& c) { c.batch_norm.epsilon = 0; }, "epsilon");
  refused([](NetworkConfig& c) { c.batch_norm.decay = 1.5; }, "decay");
  refused([](NetworkConfig& c) { c.image_size = Size{0, 5}; }, "0x5");
  refused(
      [](NetworkConfig& c) {
        c.stem = Stem::imagenet;
        c.filters = 7;
      },
      "7 filters");
}

TEST_CASE("an invalid architecture is refused before anything is built") {
  Architecture architecture = released_nasnet_a();
  architecture.normal.blocks[1].left = {6, "identity"};
  REQUIRE_THROWS_AS(build(architecture, cifar_config(1, 4)), GenotypeError);
  architecture = released_nasnet_a();
  architecture.reduction.blocks[0].right.op = "sep_conv_9x9";
  REQUIRE_THROWS_MATCHES(build(architecture, cifar_config(1, 4)), GenotypeError,
                         MessageMatches(ContainsSubstring("sep_conv_9x9")));
}
