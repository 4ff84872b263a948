#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/primitive/primitives.hpp"

using namespace nasnet;
using namespace graph_probe;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

// What a block's operand does and which state of the cell it reads.
struct Operand {
  std::string ops;
  int state;
};

struct GoldenBlock {
  Operand left, right;
};

std::string separable(int kernel, int stride = 1) {
  const std::string k = std::to_string(kernel);
  const std::string s = stride == 1 ? "" : "/" + std::to_string(stride);
  return "relu dw" + k + s + " pw bn relu dw" + k + " pw bn dp";
}

const std::vector<GoldenBlock> normal_blocks{
    {{separable(5), 0}, {separable(3), 1}}, {{separable(5), 1}, {separable(3), 1}}, {{"avg3 dp", 0}, {"", 1}},
    {{"avg3 dp", 1}, {"avg3 dp", 1}},       {{separable(3), 0}, {"", 0}},
};

const std::vector<GoldenBlock> reduction_blocks{
    {{separable(5, 2), 0}, {separable(7, 2), 1}}, {{"max3/2 dp", 0}, {separable(7, 2), 1}},
    {{"avg3/2 dp", 0}, {separable(5, 2), 1}},     {{"", 3}, {"avg3 dp", 2}},
    {{separable(3), 2}, {"max3/2 dp", 0}},
};

// The nodes of a cell's states, from names alone: the fitted inputs, then the sums of the blocks.
std::vector<int> states_of(const NetworkGraph& graph, int cell, int h1) {
  std::vector<int> states{find(graph, cell_scope(cell) + "fit_current.bn"), h1};
  for (int b = 0; b < 5; ++b) states.push_back(find(graph, cell_scope(cell) + "blocks." + std::to_string(b) + ".add"));
  return states;
}

void check_operand(const NetworkGraph& graph, const std::string& scope, int node, const Operand& wanted,
                   const std::vector<int>& states) {
  INFO(scope);
  const Chain chain = chain_below(graph, node, scope);
  CHECK(chain.ops == wanted.ops);
  CHECK(chain.source == states[static_cast<std::size_t>(wanted.state)]);
}

// Each block: its two operands' ops and the states that they read; then the sums and the concatenation.
void check_cell(const NetworkGraph& graph, int cell, int h1, const std::vector<GoldenBlock>& blocks,
                const std::vector<int>& concat) {
  const std::vector<int> states = states_of(graph, cell, h1);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const std::string scope = cell_scope(cell) + "blocks." + std::to_string(b) + ".";
    const GraphNode& sum = at(graph, states[2 + b]);
    REQUIRE(token(sum) == "add");
    REQUIRE(sum.inputs.size() == 2);
    check_operand(graph, scope + "left.", sum.inputs[0], blocks[b].left, states);
    check_operand(graph, scope + "right.", sum.inputs[1], blocks[b].right, states);
  }
  CHECK(count_of(graph, cell, "add") == 5);
  std::vector<int> wanted;
  for (const int state : concat) wanted.push_back(states[static_cast<std::size_t>(state)]);
  CHECK(at(graph, cell_output(graph, cell)).inputs == wanted);
}

NetworkGraph two_cells(bool skip) {
  auto config = cifar_config(2, 4);
  config.skip_reduction_input = skip;
  return build(released_nasnet_a(), config);
}

// Where a cell's fit_current begins.
int current_of(const NetworkGraph& graph, int cell) {
  return chain_below(graph, find(graph, cell_scope(cell) + "fit_current.bn"), cell_scope(cell)).source;
}

// Where a cell's fit_previous begins, through a 1x1 convolution or through both paths of a factorised reduction.
int previous_of(const NetworkGraph& graph, int cell) {
  const std::string scope = cell_scope(cell) + "fit_previous.";
  const int bn = find(graph, scope + "bn");
  const int below = at(graph, bn).inputs[0];
  if (at(graph, below).inputs.size() == 1) return chain_below(graph, bn, scope).source;
  const Chain even = chain_below(graph, at(graph, below).inputs[0], scope);
  const Chain odd = chain_below(graph, at(graph, below).inputs[1], scope);
  CHECK(even.ops == "relu sub2+0 pw");
  CHECK(odd.ops == "relu sub2+1 pw");
  CHECK(even.source == odd.source);
  return even.source;
}

// "stem" or the number of the cell that ends in this node.
std::string map_name(const NetworkGraph& graph, int node) {
  if (node == find(graph, "stem.bn")) return "stem";
  for (int cell = 0; cell < static_cast<int>(graph.cells.size()); ++cell) {
    if (node == cell_output(graph, cell)) return std::to_string(cell);
  }
  return "neither stem nor cell";
}

struct Sources {
  int cell;
  std::string current, previous;
  bool halves;  // the previous map passes through a factorised reduction
};

void check_sources(const NetworkGraph& graph, const std::vector<Sources>& wanted) {
  for (const Sources& w : wanted) {
    INFO("cell " << w.cell);
    CHECK(map_name(graph, current_of(graph, w.cell)) == w.current);
    CHECK(map_name(graph, previous_of(graph, w.cell)) == w.previous);
    CHECK(has_parameter(graph, cell_scope(w.cell) + "fit_previous.path1.weight") == w.halves);
  }
}

}  // namespace

TEST_CASE("NASNet-A's normal cell is wired block by block as its released graph") {
  const NetworkGraph graph = two_cells(false);
  for (const int cell : {1, 3, 4, 6, 7}) {
    INFO("cell " << cell);
    check_cell(graph, cell, find(graph, cell_scope(cell) + "fit_previous.bn"), normal_blocks, {1, 2, 3, 4, 5, 6});
  }
}

TEST_CASE("NASNet-A's reduction cell is wired block by block as its released graph") {
  const NetworkGraph graph = two_cells(false);
  for (const int cell : {2, 5}) {
    INFO("cell " << cell);
    check_cell(graph, cell, find(graph, cell_scope(cell) + "fit_previous.bn"), reduction_blocks, {3, 4, 5, 6});
  }
}

TEST_CASE("the cells of the ImageNet stem are reduction cells with the same wiring") {
  auto config = NetworkConfig::imagenet();
  config.cells_per_stack = 1;
  config.filters = 16;
  const NetworkGraph graph = build(released_nasnet_a(), config);
  check_cell(graph, 0, find(graph, "stem.bn"), reduction_blocks, {3, 4, 5, 6});  // no older map: the raw convolution
  check_cell(graph, 1, find(graph, "cells.1.fit_previous.bn"), reduction_blocks, {3, 4, 5, 6});
  check_cell(graph, 2, find(graph, "cells.2.fit_previous.bn"), normal_blocks, {1, 2, 3, 4, 5, 6});
}

TEST_CASE("figure 4's reading concatenates the unused states only") {
  const NetworkGraph graph = build(published_architecture("nasnet-a-figure-4"), cifar_config(2, 4));
  check_cell(graph, 1, find(graph, "cells.1.fit_previous.bn"), normal_blocks, {2, 3, 4, 5, 6});
  check_cell(graph, 2, find(graph, "cells.2.fit_previous.bn"), reduction_blocks, {4, 5, 6});
}

TEST_CASE("the two average pools of one block are two nodes with a drop path each") {
  const NetworkGraph graph = two_cells(false);
  const GraphNode& sum = at(graph, find(graph, "cells.1.blocks.3.add"));
  CHECK(sum.inputs[0] != sum.inputs[1]);
  CHECK(token(at(graph, sum.inputs[0])) == "dp");
  CHECK(token(at(graph, sum.inputs[1])) == "dp");
  CHECK(at(graph, sum.inputs[0]).inputs != at(graph, sum.inputs[1]).inputs);
}

TEST_CASE("the first CIFAR cell reads the raw stem as its previous map and fits each use by itself") {
  const NetworkGraph graph = two_cells(false);
  const int stem = find(graph, "stem.bn");
  CHECK(at(graph, stem).channels == 12);
  CHECK(names_below(graph, "cells.0.fit_previous").empty());
  CHECK(chain_below(graph, find(graph, "cells.0.fit_current.bn"), "cells.0.").ops == "relu pw bn");
  CHECK(current_of(graph, 0) == stem);
  std::vector<GoldenBlock> blocks = normal_blocks;
  blocks[2].right.ops = "relu pw bn";                        // identity at other channels, without drop path
  blocks[3] = {{"avg3 pw bn dp", 1}, {"avg3 pw bn dp", 1}};  // the pool comes first, no ReLU
  const std::vector<int> states = states_of(graph, 0, stem);
  for (std::size_t b = 0; b < 5; ++b) {
    const std::string scope = "cells.0.blocks." + std::to_string(b) + ".";
    const GraphNode& sum = at(graph, states[2 + b]);
    check_operand(graph, scope + "left.", sum.inputs[0], blocks[b].left, states);
    check_operand(graph, scope + "right.", sum.inputs[1], blocks[b].right, states);
  }
  for (const char* side : {"left", "right"}) {
    CHECK(parameter(graph, std::string("cells.0.blocks.3.") + side + ".fit.conv.weight").spec.file_shape() ==
          Shape{4, 12, 1, 1});
  }
}

TEST_CASE("a concatenated input of other channels is fitted without a ReLU") {
  const NetworkGraph graph = two_cells(false);
  const GraphNode& output = at(graph, cell_output(graph, 0));
  REQUIRE(output.inputs.size() == 6);
  const Chain chain = chain_below(graph, output.inputs[0], "cells.0.");
  CHECK(chain.ops == "pw bn");
  CHECK(chain.source == find(graph, "stem.bn"));
  CHECK(names_below(graph, "cells.0.fit_concat.") ==
        std::vector<std::string>{"1.conv.weight", "1.bn.weight", "1.bn.bias", "1.bn.running_mean", "1.bn.running_var"});
  CHECK(output.channels == 24);
  CHECK(names_below(graph, "cells.1.fit_concat").empty());
}

TEST_CASE("a stem of F filters passes through the first cell without fits") {
  auto config = cifar_config(1, 4);
  config.stem_filters = 4;
  const NetworkGraph graph = build(released_nasnet_a(), config);
  CHECK(names_below(graph, "cells.0.fit_concat").empty());
  CHECK(names_below(graph, "cells.0.blocks.2.right").empty());
  CHECK(at(graph, cell_output(graph, 0)).inputs[0] == find(graph, "stem.bn"));
  CHECK(count_below(graph, "cells.0.fit_current.") == 4 * 4 + 2 * 4);  // the squeeze is there even at equal channels
}

TEST_CASE("a reduction cell that concatenates its inputs halves them without a ReLU") {
  Architecture architecture = released_nasnet_a();
  architecture.reduction.concat = {0, 1, 6};
  const NetworkGraph graph = build(architecture, cifar_config(1, 3));
  const GraphNode& output = at(graph, cell_output(graph, 1));
  REQUIRE(output.inputs.size() == 3);
  for (const int state : {0, 1}) {
    const std::string scope = "cells.1.fit_concat." + std::to_string(state) + ".";
    const GraphNode& bn = at(graph, output.inputs[static_cast<std::size_t>(state)]);
    CHECK(bn.name == scope + "bn");
    const GraphNode& both = at(graph, bn.inputs[0]);
    CHECK(chain_below(graph, both.inputs[0], scope).ops == "sub2+0 pw");
    CHECK(chain_below(graph, both.inputs[1], scope).ops == "sub2+1 pw");
  }
  CHECK(output.channels == 3 * 6);
}

TEST_CASE("the previous map of a cell after a reduction is what entered the reduction") {
  check_sources(two_cells(false), {{1, "0", "stem", false},
                                   {2, "1", "0", false},
                                   {3, "2", "1", true},
                                   {4, "3", "2", false},
                                   {5, "4", "3", false},
                                   {6, "5", "4", true},
                                   {7, "6", "5", false}});
}

TEST_CASE("with skip_reduction_input it is what the reduction itself had as previous") {
  check_sources(two_cells(true), {{1, "0", "stem", false},
                                  {2, "1", "0", false},
                                  {3, "2", "0", true},
                                  {4, "3", "2", false},
                                  {5, "4", "3", false},
                                  {6, "5", "3", true},
                                  {7, "6", "5", false}});
}

TEST_CASE("both rules hold in the published networks") {
  const NetworkGraph large = build(released_nasnet_a(), large_config());
  // Stem cells 0 and 1, normal cells 2 to 7, reduction 8, normal 9 to 14, reduction 15, normal 16 to 21.
  check_sources(large, {{1, "0", "stem", true},
                        {2, "1", "0", true},
                        {3, "2", "1", false},
                        {8, "7", "6", false},
                        {9, "8", "6", true},
                        {10, "9", "8", false},
                        {16, "15", "13", true},
                        {17, "16", "15", false}});
  const NetworkGraph mobile = build(released_nasnet_a(), mobile_config());
  check_sources(mobile, {{6, "5", "4", false}, {7, "6", "5", true}, {8, "7", "6", false}, {12, "11", "10", true}});
}

TEST_CASE("with one cell a stack the skip reaches back to the reduction's own previous map") {
  auto config = cifar_config(1, 4);
  config.skip_reduction_input = true;
  check_sources(build(released_nasnet_a(), config),
                {{1, "0", "stem", false}, {2, "1", "stem", true}, {3, "2", "1", false}, {4, "3", "1", true}});
}

TEST_CASE("the ImageNet stem is a strided convolution and two cells of a quarter and half of the filters") {
  const NetworkGraph graph = build(released_nasnet_a(), mobile_config());
  const Chain stem = chain_below(graph, find(graph, "stem.bn"), "stem.");
  CHECK(stem.ops == "conv3/2v bn");
  CHECK(stem.source == -1);
  CHECK(parameter(graph, "stem.conv.weight").spec.file_shape() == Shape{32, 3, 3, 3});
  REQUIRE(graph.cells.size() == 16);
  const std::vector<std::int64_t> filters{11, 22, 44, 44, 44, 44, 88, 88, 88, 88, 88, 176, 176, 176, 176, 176};
  for (std::size_t cell = 0; cell < filters.size(); ++cell) {
    CHECK(graph.cells[cell].filters == filters[cell]);
    CHECK(graph.cells[cell].in_stem == (cell < 2));
    CHECK((graph.cells[cell].role == CellRole::reduction) == (cell < 2 || cell == 6 || cell == 11));
  }
  // Stem cell 0 has no older map and reads the raw convolution.
  CHECK(names_below(graph, "cells.0.fit_previous").empty());
  const int sum = find(graph, "cells.0.blocks.0.add");
  CHECK(chain_below(graph, at(graph, sum).inputs[1], "cells.0.blocks.0.right.").source == find(graph, "stem.bn"));
  // Stem cell 1 halves the convolution's map, to 22 filters in two paths of 11.
  CHECK(parameter(graph, "cells.1.fit_previous.path1.weight").spec.file_shape() == Shape{11, 32, 1, 1});
  CHECK(parameter(graph, "cells.1.fit_previous.path2.weight").spec.file_shape() == Shape{11, 32, 1, 1});
}

TEST_CASE("the CIFAR stem is one convolution at stride 1 to 3F channels, batch norm, no ReLU") {
  const NetworkGraph graph = build(released_nasnet_a(), cifar_config(6, 32));
  CHECK(chain_below(graph, find(graph, "stem.bn"), "stem.") == Chain{"conv3 bn", -1});
  CHECK(names_below(graph, "stem.") ==
        std::vector<std::string>{"conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"});
  CHECK(parameter(graph, "stem.conv.weight").spec.file_shape() == Shape{96, 3, 3, 3});
}

TEST_CASE("odd filters give the second path of a factorised reduction the extra one") {
  const NetworkGraph graph = build(released_nasnet_a(), cifar_config(1, 4));
  CHECK(parameter(graph, "cells.2.fit_previous.path1.weight").spec.file_shape()[0] == 4);
  auto config = NetworkConfig::imagenet();
  config.cells_per_stack = 1;
  config.filters = 54;  // the stem cells have 13 and 27
  const NetworkGraph odd = build(released_nasnet_a(), config);
  CHECK(odd.cells[0].filters == 13);
  CHECK(odd.cells[1].filters == 27);
  CHECK(parameter(odd, "cells.1.fit_previous.path1.weight").spec.file_shape() == Shape{13, 32, 1, 1});
  CHECK(parameter(odd, "cells.1.fit_previous.path2.weight").spec.file_shape() == Shape{14, 32, 1, 1});
  CHECK(parameter(odd, "cells.1.fit_previous.bn.weight").spec.shape == Shape{27});
}

TEST_CASE("the head is ReLU, global average, dropout on ImageNet, and a dense layer with bias") {
  const NetworkGraph cifar = build(released_nasnet_a(), cifar_config(1, 4));
  std::string ops;
  std::string imagenet_ops;
  for (const auto& node : cifar.nodes) ops += node.part == NetworkPart::head ? token(node) + " " : "";
  for (const auto& node : build(released_nasnet_a(), mobile_config()).nodes) {
    imagenet_ops += node.part == NetworkPart::head ? token(node) + " " : "";
  }
  CHECK(ops == "relu gap dense ");
  CHECK(imagenet_ops == "relu gap dropout dense ");
  CHECK(names_below(cifar, "head.") == std::vector<std::string>{"weight", "bias"});
  CHECK(parameter(cifar, "head.weight").spec.file_shape() == Shape{10, 6 * 16});
  CHECK(at(cifar, cifar.output).name == "head");
}

TEST_CASE("the auxiliary head follows the last normal cell before the second reduction") {
  for (const std::int64_t cells : {1, 2, 3}) {
    auto config = cifar_config(cells, 4);
    config.image_size = Size{32, 32};
    const NetworkGraph graph = build(released_nasnet_a(), config);
    REQUIRE(graph.auxiliary_output.has_value());
    CHECK(graph.image_size == Size{32, 32});
    const Chain chain = chain_below(graph, *graph.auxiliary_output, "aux.");
    CHECK(chain.ops == "relu avg5/3v pw bn relu conv4v bn relu dense");
    // Cell 2N - 1 of the normal ones, one reduction cell before it.
    CHECK(chain.source == cell_output(graph, static_cast<int>(2 * cells)));
    CHECK(names_below(graph, "aux.") == std::vector<std::string>{"conv1.weight", "bn1.weight", "bn1.bias",
                                                                 "bn1.running_mean", "bn1.running_var", "conv2.weight",
                                                                 "bn2.weight", "bn2.bias", "bn2.running_mean",
                                                                 "bn2.running_var", "dense.weight", "dense.bias"});
  }
  auto imagenet = mobile_config();
  imagenet.image_size = Size{224, 224};
  const NetworkGraph graph = build(released_nasnet_a(), imagenet);
  CHECK(chain_below(graph, *graph.auxiliary_output, "aux.").source == cell_output(graph, 10));
}

TEST_CASE("where cells pass all outputs on, the auxiliary head reads the four side by side") {
  auto config = cifar_config(1, 4);
  config.image_size = Size{32, 30};
  const NetworkGraph graph = build(published_architecture("nasnet-b"), config);
  const GraphNode& read = at(graph, find(graph, "aux.concat"));
  const GraphCell& cell = graph.cells[2];
  CHECK(read.inputs == std::vector<int>{cell.states[4], cell.states[5], cell.states[6], cell.states[7]});
  CHECK(read.channels == 4 * 8);
  CHECK(read.part == NetworkPart::auxiliary);  // evaluation does without it
  CHECK(parameter(graph, "aux.conv2.weight").spec.shape == Shape{4, 4, 128, 768});
}

TEST_CASE("the auxiliary head's last kernel covers what the pool leaves of the map") {
  const auto kernel = [](NetworkConfig config, Size size) {
    config.image_size = size;
    return parameter(build(released_nasnet_a(), config), "aux.conv2.weight").spec.shape;
  };
  CHECK(kernel(cifar_config(1, 4), {32, 32}) == Shape{4, 4, 128, 768});
  CHECK(kernel(cifar_config(1, 4), {28, 28}) == Shape{4, 4, 128, 768});  // 14
  CHECK(kernel(cifar_config(1, 4), {10, 34}) == Shape{1, 5, 128, 768});  // 5 x 17
  CHECK(kernel(mobile_config(), {224, 224}) == Shape{4, 4, 128, 768});   // 14
  CHECK(kernel(large_config(), {331, 331}) == Shape{6, 6, 128, 768});    // 21
  CHECK(kernel(large_config(), {299, 299}) == Shape{5, 5, 128, 768});    // 19
}

TEST_CASE("an image too small for the auxiliary head is refused with its size and its map's") {
  auto config = mobile_config();
  config.image_size = Size{64, 64};
  REQUIRE_THROWS_AS(build(released_nasnet_a(), config), ShapeError);
  REQUIRE_THROWS_MATCHES(
      build(released_nasnet_a(), config), ShapeError,
      MessageMatches(ContainsSubstring("auxiliary") && ContainsSubstring("64x64") && ContainsSubstring("4x4")));
  config.image_size = std::nullopt;
  CHECK_FALSE(build(released_nasnet_a(), config).auxiliary_output.has_value());
}

TEST_CASE("a drop path follows every op but the identity, whatever the identity carries") {
  const NetworkGraph graph = build(released_nasnet_a(), mobile_config());
  int paths = 0;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (token(graph.nodes[n]) != "dp") continue;
    ++paths;
    const std::string& name = graph.nodes[n].name;
    CHECK(name.find(".blocks.") != std::string::npos);
  }
  // 8 of the 10 operands of a normal cell and 9 of a reduction cell's are no identities.
  CHECK(paths == 12 * 8 + 4 * 9);
  CHECK(count_of(build(released_nasnet_a(), cifar_config(1, 4)), 0, "drop_path") == 8);
}

TEST_CASE("the depth ratio of a drop path counts every cell, stem and reduction cells included") {
  const auto ratio = [](const NetworkGraph& graph, int cell) {
    double found = -1;
    for (const auto& node : graph.nodes) {
      if (node.cell != cell || token(node) != "dp") continue;
      const double here = std::get<DropPath>(node.primitive).depth_ratio;
      if (found >= 0) CHECK(here == found);
      found = here;
    }
    return found;
  };
  const NetworkGraph cifar = build(released_nasnet_a(), cifar_config(6, 32));
  REQUIRE(cifar.cells.size() == 20);
  for (int cell = 0; cell < 20; ++cell) CHECK(ratio(cifar, cell) == Approx((cell + 1) / 20.0).epsilon(1e-15));
  const NetworkGraph large = build(released_nasnet_a(), large_config());
  REQUIRE(large.cells.size() == 22);
  for (int cell = 0; cell < 22; ++cell) CHECK(ratio(large, cell) == Approx((cell + 1) / 22.0).epsilon(1e-15));
  const NetworkGraph mobile = build(released_nasnet_a(), mobile_config());
  CHECK(ratio(mobile, 0) == Approx(1 / 16.0).epsilon(1e-15));
  CHECK(ratio(mobile, 15) == Approx(1.0).epsilon(1e-15));
}

TEST_CASE("a drop path's probability of staying is linear in depth and time") {
  const auto keep = [](double cell, double cells, double base, double progress) {
    return DropPath{(cell + 1) / cells}.keep(base, progress);
  };
  CHECK(keep(0, 20, 0.6, 1) == Approx(0.98).epsilon(1e-12));
  CHECK(keep(19, 20, 0.6, 1) == Approx(0.6).epsilon(1e-12));
  CHECK(keep(0, 22, 0.7, 1) == Approx(0.98636).epsilon(1e-5));
  CHECK(keep(21, 22, 0.7, 1) == Approx(0.7).epsilon(1e-12));
  CHECK(keep(19, 20, 0.6, 0.5) == Approx(0.8).epsilon(1e-12));
  CHECK(keep(21, 22, 0.7, 0.5) == Approx(0.85).epsilon(1e-12));
  CHECK(keep(19, 20, 0.6, 0) == 1.0);  // step 0 is a value: nothing is dropped
  CHECK(keep(19, 20, 0.6, 1.5) == Approx(0.6).epsilon(1e-12));
  CHECK(keep(19, 20, 1.0, 1) == 1.0);
}

TEST_CASE("batch norm constants belong to one network and never to the next") {
  const NetworkGraph cifar = build(released_nasnet_a(), cifar_config(1, 4));
  const NetworkGraph imagenet = build(released_nasnet_a(), mobile_config());
  const NetworkGraph again = build(released_nasnet_a(), cifar_config(1, 4));
  const auto check = [](const NetworkGraph& graph, double epsilon, double decay) {
    for (const auto& node : graph.nodes) {
      const auto* norm = std::get_if<BatchNorm>(&node.primitive);
      if (norm == nullptr) continue;
      CHECK(norm->epsilon == epsilon);
      CHECK(norm->decay == decay);
    }
  };
  check(cifar, 1e-5, 0.9);
  check(imagenet, 1e-3, 0.9997);
  check(again, 1e-5, 0.9);
}

TEST_CASE("a block that concatenates has 2F channels and its readers fit them") {
  Architecture architecture = released_nasnet_a();
  for (Cell* cell : {&architecture.normal, &architecture.reduction}) {
    cell->blocks = {{{0, "sep_conv_3x3"}, {1, "conv_3x3"}, Combiner::concat},
                    {{2, "identity"}, {2, "max_pool_3x3"}, Combiner::add},
                    {{2, "sep_conv_5x5"}, {3, "avg_pool_3x3"}, Combiner::add_layer_norm},
                    {{2, "conv_1x1"}, {3, "identity"}, Combiner::add_instance_norm}};
    cell->concat = {2, 3, 4, 5};
  }
  const NetworkGraph graph = build(architecture, cifar_config(1, 4));
  CHECK(at(graph, find(graph, "cells.0.blocks.0.concat")).channels == 8);
  const auto operand = [&](const std::string& block, std::size_t side) {
    const std::string scope = "cells.0.blocks." + block;
    const int sum = find(graph, scope + ".add");
    return chain_below(graph, at(graph, sum).inputs[side], scope + (side == 0 ? ".left." : ".right.")).ops;
  };
  CHECK(operand("1", 0) == "relu pw bn");
  CHECK(operand("1", 1) == "max3 pw bn dp");
  CHECK(operand("2", 0) == separable(5));
  CHECK(operand("2", 1) == "avg3 dp");
  CHECK(operand("3", 0) == "relu pw bn dp");
  CHECK(operand("3", 1).empty());
  CHECK(parameter(graph, "cells.0.blocks.2.left.sep1.depthwise.weight").spec.file_shape() == Shape{8, 1, 5, 5});
  CHECK(names_below(graph, "cells.0.blocks.2.norm.") == std::vector<std::string>{"weight", "bias"});
  CHECK(names_below(graph, "cells.0.blocks.3.norm.") == std::vector<std::string>{"weight", "bias"});
  CHECK(std::get<LayerNorm>(at(graph, find(graph, "cells.0.blocks.2.norm")).primitive).epsilon == 1e-6);
  CHECK(std::get<InstanceNorm>(at(graph, find(graph, "cells.0.blocks.3.norm")).primitive).epsilon == 1e-6);
  CHECK(at(graph, cell_output(graph, 0)).channels == 8 + 4 + 4 + 4);
}

TEST_CASE("what nothing reads exists, is named and is counted") {
  Architecture architecture = released_nasnet_a();
  architecture.normal.blocks = {{{0, "sep_conv_3x3"}, {0, "identity"}}, {{0, "conv_1x1"}, {0, "identity"}}};
  architecture.normal.concat = {3};
  const NetworkGraph graph = build(architecture, cifar_config(2, 4));
  CHECK(count_below(graph, "cells.1.fit_previous.") > 0);  // no block reads state 1
  CHECK(count_below(graph, "cells.1.blocks.0.left.sep1.") > 0);
}

TEST_CASE("the notes of the cells agree with the graph") {
  const NetworkGraph graph = two_cells(true);
  REQUIRE(graph.cells.size() == 8);
  for (int number = 0; number < 8; ++number) {
    const GraphCell& cell = graph.cells[static_cast<std::size_t>(number)];
    INFO("cell " << number);
    CHECK(cell.output == cell_output(graph, number));
    CHECK(cell.states ==
          states_of(graph, number,
                    number == 0 ? find(graph, "stem.bn") : find(graph, cell_scope(number) + "fit_previous.bn")));
    CHECK(cell.sources.at(0) == current_of(graph, number));
    REQUIRE(cell.sources.size() == (number == 0 ? 1U : 2U));
    if (number > 0) CHECK(cell.sources.at(1) == previous_of(graph, number));
    REQUIRE(cell.blocks.size() == 5);
    for (std::size_t b = 0; b < 5; ++b) {
      const GraphNode& sum = at(graph, cell.blocks[b].output);
      CHECK(cell.blocks[b].output == cell.states[2 + b]);
      CHECK(sum.inputs == std::vector<int>{cell.blocks[b].left, cell.blocks[b].right});
    }
  }
}

TEST_CASE("cells that pass all outputs on: input j is output j of the layer j + 1 back, halved once per reduction") {
  Architecture architecture{.inputs = 4, .normal = {}, .reduction = {}};
  architecture.normal.blocks = {{{1, "sep_conv_5x5"}, {2, "identity"}, Combiner::add_layer_norm},
                                {{0, "sep_conv_5x5"}, {3, "sep_conv_3x3"}, Combiner::add_layer_norm},
                                {{1, "sep_conv_3x3"}, {3, "identity"}, Combiner::add_layer_norm},
                                {{0, "identity"}, {1, "sep_conv_3x3"}, Combiner::add_layer_norm}};
  architecture.reduction = architecture.normal;
  architecture.reduction.blocks[3] = {{0, "avg_pool_3x3"}, {4, "conv_1x3_3x1"}, Combiner::add};
  const NetworkGraph graph = build(architecture, cifar_config(1, 4));
  const auto output = [&](int cell, int block) {
    if (cell < 0) return find(graph, "stem.bn");
    const bool norm = block < 3 || cell == 0 || cell == 2 || cell == 4;
    return find(graph, cell_scope(cell) + "blocks." + std::to_string(block) + (norm ? ".norm" : ".add"));
  };
  for (int cell = 0; cell < 5; ++cell) {
    INFO("cell " << cell);
    const GraphCell& notes = graph.cells[static_cast<std::size_t>(cell)];
    REQUIRE(notes.sources.size() == 4);
    for (int j = 0; j < 4; ++j) CHECK(notes.sources[static_cast<std::size_t>(j)] == output(cell - 1 - j, j));
    for (int j = 0; j < 4; ++j) {
      const GraphNode& state = at(graph, notes.states[static_cast<std::size_t>(j)]);
      CHECK(state.channels == notes.filters);
      CHECK(state.stride == at(graph, notes.sources[0]).stride);
    }
  }
  // The last cell's fourth input is from before both reductions.
  CHECK(names_below(graph, "cells.4.fit_previous3.half2.").size() == 6);
  CHECK(names_below(graph, "cells.4.fit_previous2.half2.").empty());
  // The head reads the last layer's four outputs side by side.
  const GraphNode& relu = at(graph, at(graph, at(graph, graph.output).inputs[0]).inputs[0]);
  const GraphNode& last = at(graph, relu.inputs[0]);
  CHECK(last.inputs == std::vector<int>{output(4, 0), output(4, 1), output(4, 2), output(4, 3)});
  CHECK(last.channels == 4 * 16);  // 16 times the first stack's 4 filters
}
