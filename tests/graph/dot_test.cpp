#include "nasnet/graph/dot.hpp"

#include <algorithm>
#include <random>
#include <string>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/detail/cell_labels.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/graph/named_networks.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/network_scale.hpp"
#include "random_cells.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

Architecture with_normal(const std::string& cell) {
  return architecture_from_text("normal[" + cell + "] reduction[identity(0) + identity(1)]");
}

std::string normal_dot(const std::string& cell) { return cell_dot(with_normal(cell).normal, CellRole::normal); }

}  // namespace

TEST_CASE("dot: one cell, word for word") {
  const std::string text = normal_dot("sep_conv_5x5(0) + avg_pool_3x3(1); identity(2) ++ max_pool_7x7(0)");
  const std::string body = text.substr(text.find("  normal_h0"));
  CHECK(body == R"(  normal_h0 [label=<h<SUB>i</SUB>>, fillcolor="#ffffff", color="#8a8a8a"];
  normal_h1 [label=<h<SUB>i&#8722;1</SUB>>, fillcolor="#ffffff", color="#8a8a8a"];
  { rank=same; normal_h1; normal_h0; }
  subgraph cluster_normal_block0 { label=""; style="rounded,filled"; color="#f3f5f8"; margin=5;
  normal_block0_left [label="sep 5x5", fillcolor="#fff3c4", color="#c9a227"];
  normal_block0_left -> normal_block0;
  normal_block0_right [label="avg 3x3", fillcolor="#fff3c4", color="#c9a227"];
  normal_block0_right -> normal_block0;
  normal_block0 [label="add", fillcolor="#d5ecd4", color="#5a9e5d"];
  }
  normal_h0 -> normal_block0_left;
  normal_h1 -> normal_block0_right;
  subgraph cluster_normal_block1 { label=""; style="rounded,filled"; color="#f3f5f8"; margin=5;
  normal_block1_left [label="identity", fillcolor="#fff3c4", color="#c9a227"];
  normal_block1_left -> normal_block1;
  normal_block1_right [label="max 7x7", fillcolor="#fff3c4", color="#c9a227"];
  normal_block1_right -> normal_block1;
  normal_block1 [label="concat", fillcolor="#d5ecd4", color="#5a9e5d"];
  }
  normal_block0 -> normal_block1_left;
  normal_h0 -> normal_block1_right;
  normal_concat [label="concat", fillcolor="#f8d7df", color="#c2627d"];
  normal_output [label=<h<SUB>i+1</SUB>>, fillcolor="#ffffff", color="#8a8a8a"];
  normal_block1 -> normal_concat;
  normal_concat -> normal_output;
}
)");
}

TEST_CASE("dot: NASNet-A is drawn block by block, with the released lists of states") {
  const std::string text = architecture_dot(published_architecture("nasnet-a"));
  CHECK_THAT(text, ContainsSubstring("subgraph cluster_normal {") && ContainsSubstring("subgraph cluster_reduction {"));
  CHECK(count(text, "label=\"sep 5x5\"") == 2 + 2);
  CHECK(count(text, "label=\"sep 7x7\"") == 2);
  CHECK(count(text, "label=\"identity\"") == 2 + 1);
  CHECK(count(text, "label=\"add\"") == 5 + 5);
  CHECK(count(text, "-> normal_concat;") == 6);
  CHECK(count(text, "-> reduction_concat;") == 4);
  CHECK_THAT(text, ContainsSubstring("normal_h1 -> normal_concat;"));
  CHECK(count(text, "dashed") == 0);
}

TEST_CASE("dot: what does not reach the output is dashed") {
  const std::string text = normal_dot("identity(0) + identity(0); conv_3x3(0) + conv_1x1(0) -> 2");
  CHECK_THAT(text, ContainsSubstring("normal_h1 [label=<h<SUB>i&#8722;1</SUB>>, fillcolor=\"#f4f4f4\""));
  CHECK(count(text, "dashed") == 1 + 3);  // the older input, and two ops and the sum of the second block
}

TEST_CASE("dot: without a concat list each block is an output") {
  const Architecture cells = architecture_from_text(
      "normal[identity(0) +layer_norm conv_1x1(1); identity(1) +instance_norm conv_1x1(0) -> none] "
      "reduction[identity(0) + conv_1x1(1); identity(1) + conv_1x1(0) -> none]");
  const std::string text = architecture_dot(cells);
  CHECK_THAT(text, ContainsSubstring("normal_block1 -> normal_output1;") && ContainsSubstring("label=\"output 0\""));
  CHECK_THAT(text, ContainsSubstring("add, layer norm") && ContainsSubstring("add, instance norm"));
  CHECK(count(text, "_concat") == 0);
}

TEST_CASE("dot: names of ops are readable") {
  CHECK(detail::op_label("sep_conv_5x5") == "sep 5x5");
  CHECK(detail::op_label("dil_sep_conv_3x3") == "dil sep 3x3");
  CHECK(detail::op_label("dil_conv_3x3") == "dil 3x3");
  CHECK(detail::op_label("conv_1x7_7x1") == "conv 1x7 7x1");
  CHECK(detail::op_label("skip_connect") == "skip connect");
  CHECK(detail::op_label("my_op") == "my op");
}

TEST_CASE("dot: a name that would end its quotes is refused") {
  Cell cell = with_normal("identity(0) + identity(1)").normal;
  cell.blocks[0].left.op = "a\"b";
  CHECK_THROWS_AS(cell_dot(cell, CellRole::normal), GenotypeError);
}

TEST_CASE("dot: an invalid cell is refused") {
  Cell cell = with_normal("identity(0) + identity(1)").normal;
  cell.blocks[0].left.state = 2;
  CHECK_THROWS_AS(cell_dot(cell, CellRole::normal), GenotypeError);
  CHECK_THROWS_AS(cell_dot(Cell{}, CellRole::reduction), GenotypeError);
}

TEST_CASE("dot: each edge joins declared nodes, in random cells") {
  std::mt19937 random(1);
  for (int n = 0; n < 200; ++n) {
    const Cell cell = graph_probe::random_cell(random, 1 + n % 7);
    const std::string text = cell_dot(cell, CellRole::reduction);
    CHECK(text == cell_dot(cell, CellRole::reduction));
    CHECK(count(text, " -> ") == 4 * cell.blocks.size() + cell.concat.size() + 1);
    for (std::size_t at = text.find(" -> "); at != std::string::npos; at = text.find(" -> ", at + 1)) {
      const std::string reader = text.substr(at + 4, text.find(';', at) - at - 4);
      const std::size_t line = text.rfind('\n', at) + 1;
      const std::string source = text.substr(text.find_first_not_of(' ', line), at - text.find_first_not_of(' ', line));
      CHECK(count(text, "  " + source + " [") == 1);
      CHECK(count(text, "  " + reader + " [") == 1);
    }
  }
}

TEST_CASE("dot: a network has one node a cell, with channels and strides") {
  const NetworkDescription mobile = nasnet_a_mobile();
  const NetworkGraph graph = build_network(mobile.architecture, NasnetOps::table(), mobile.config);
  const std::string text = network_dot(graph);
  CHECK_THAT(text, ContainsSubstring("image [label=\"image\\n3 channels\""));
  CHECK_THAT(text, ContainsSubstring("cell0 [label=\"0: stem, reduction\\nstride 4, 44 channels\""));
  CHECK_THAT(text, ContainsSubstring("cell2 [label=\"2: normal\\nstride 8, 264 channels\""));
  CHECK_THAT(text, ContainsSubstring("cell15 [label=\"15: normal\\nstride 32, 1056 channels\""));
  CHECK_THAT(text, ContainsSubstring("head [label=\"head\\n1000 classes\""));
  CHECK_THAT(text,
             ContainsSubstring("cell14 -> cell15 [weight=20];") && ContainsSubstring("cell13 -> cell15 [style=dashed"));
  CHECK_THAT(text, ContainsSubstring("cell10 -> cell12 [style=dashed"));  // past the reduction cell: its input
  CHECK(count(text, "auxiliary") == 0);
}

TEST_CASE("dot: with the size of an image, the sizes of the maps") {
  NetworkConfig config{.cells_per_stack = 1, .filters = 4, .image_size = Size{32, 24}};
  const NetworkGraph graph = build_network(published_architecture("nasnet-a"), NasnetOps::table(), config);
  const std::string text = network_dot(graph, Size{32, 24});
  CHECK_THAT(text, ContainsSubstring("\\n32x24x3\"") && ContainsSubstring("stem [label=\"stem\\n32x24x12\""));
  CHECK_THAT(text, ContainsSubstring("1: reduction\\n16x12x32") && ContainsSubstring("auxiliary_head [label"));
  CHECK_THAT(network_dot(graph, Size{16, 16}), ContainsSubstring("1: reduction\\n8x8x32"));
  CHECK_THROWS_AS(network_dot(graph, Size{0, 16}), ShapeError);
}

TEST_CASE("dot: a graph made by hand is drawn as well") {
  GraphBuilder builder(1);
  const NetworkGraph graph =
      std::move(builder).finish(builder.dense(builder.global_average_pool(builder.input()), 2, "out"));
  CHECK_THAT(network_dot(graph),
             ContainsSubstring("image [label=\"image\\n1 channel\"") && ContainsSubstring("image -> stem"));
}

TEST_CASE("dot: files appear whole, and errors name them") {
  const TemporaryFolder folder;
  const Architecture architecture = published_architecture("darts-v2");
  write_dot(architecture, folder / "cells.dot");
  CHECK(folder.read("cells.dot") == architecture_dot(architecture));
  CHECK(folder.entries() == 1);
  CHECK_THROWS_AS(write_dot(architecture, folder / "no" / "cells.dot"), IoError);
}
