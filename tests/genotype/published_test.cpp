#include "nasnet/genotype/published.hpp"

#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "nasnet/genotype/darts.hpp"
#include "nasnet/genotype/text.hpp"

namespace {

using nasnet::Architecture;
using nasnet::published_architecture;

static_assert(!validate(nasnet::nasnet_a) && !validate(nasnet::nasnet_a_figure_4) && !validate(nasnet::pnasnet_5));
static_assert(!validate(nasnet::nasnet_b) && !validate(nasnet::nasnet_c));
static_assert(!validate(nasnet::amoebanet_a) && !validate(nasnet::darts_v1) && !validate(nasnet::darts_v2));

std::vector<std::pair<int, int>> wiring(const nasnet::Cell& cell) {
  std::vector<std::pair<int, int>> pairs;
  for (const nasnet::Block& block : cell.blocks) pairs.emplace_back(block.left.state, block.right.state);
  return pairs;
}

std::vector<std::string> ops(const nasnet::Cell& cell) {
  std::vector<std::string> names;
  for (const nasnet::Block& block : cell.blocks) {
    names.push_back(block.left.op);
    names.push_back(block.right.op);
  }
  return names;
}

TEST_CASE("NASNet-A has the index vectors, ops and outputs of the released code") {
  const Architecture a = published_architecture("nasnet-a");
  using Pairs = std::vector<std::pair<int, int>>;
  CHECK(wiring(a.normal) == Pairs{{0, 1}, {1, 1}, {0, 1}, {1, 1}, {0, 0}});
  CHECK(wiring(a.reduction) == Pairs{{0, 1}, {0, 1}, {0, 1}, {3, 2}, {2, 0}});
  CHECK(ops(a.normal) == std::vector<std::string>{"sep_conv_5x5", "sep_conv_3x3", "sep_conv_5x5", "sep_conv_3x3",
                                                  "avg_pool_3x3", "identity", "avg_pool_3x3", "avg_pool_3x3",
                                                  "sep_conv_3x3", "identity"});
  CHECK(ops(a.reduction) == std::vector<std::string>{"sep_conv_5x5", "sep_conv_7x7", "max_pool_3x3", "sep_conv_7x7",
                                                     "avg_pool_3x3", "sep_conv_5x5", "identity", "avg_pool_3x3",
                                                     "sep_conv_3x3", "max_pool_3x3"});
  CHECK(a.normal.concat == std::vector<int>{1, 2, 3, 4, 5, 6});
  CHECK(a.reduction.concat == std::vector<int>{3, 4, 5, 6});
}

TEST_CASE("figure 4 concatenates the loose ends of the same blocks") {
  const Architecture released = published_architecture("nasnet-a");
  const Architecture figure = published_architecture("nasnet-a-figure-4");
  CHECK(figure.normal.blocks == released.normal.blocks);
  CHECK(figure.reduction.blocks == released.reduction.blocks);
  CHECK(figure.normal.concat == std::vector<int>{2, 3, 4, 5, 6});
  CHECK(figure.reduction.concat == std::vector<int>{4, 5, 6});
}

TEST_CASE("NASNet-A in the DARTS numbering is figure 4's") {
  const char* literal = R"(NASNet = Genotype(
    normal = [('sep_conv_5x5', 1), ('sep_conv_3x3', 0), ('sep_conv_5x5', 0), ('sep_conv_3x3', 0), ('avg_pool_3x3', 1),
              ('skip_connect', 0), ('avg_pool_3x3', 0), ('avg_pool_3x3', 0), ('sep_conv_3x3', 1), ('skip_connect', 1)],
    normal_concat = [2, 3, 4, 5, 6],
    reduce = [('sep_conv_5x5', 1), ('sep_conv_7x7', 0), ('max_pool_3x3', 1), ('sep_conv_7x7', 0), ('avg_pool_3x3', 1),
              ('sep_conv_5x5', 0), ('skip_connect', 3), ('avg_pool_3x3', 2), ('sep_conv_3x3', 2), ('max_pool_3x3', 1)],
    reduce_concat = [4, 5, 6],
  ))";
  CHECK(nasnet::architecture_from_darts(literal, {.skip_connect = "identity"}) ==
        published_architecture("nasnet-a-figure-4"));
}

TEST_CASE("NASNet-B is that of the figure: four states in, four blocks out, nothing concatenated") {
  const Architecture b = published_architecture("nasnet-b");
  CHECK(b.inputs == 4);
  CHECK(nasnet::to_text(b) ==
        "inputs=4 normal[sep_conv_5x5(1) +layer_norm identity(2); sep_conv_5x5(0) +layer_norm sep_conv_3x3(3); "
        "sep_conv_3x3(1) +layer_norm identity(3); identity(0) +layer_norm sep_conv_3x3(1) -> none] "
        "reduction[sep_conv_3x3(0) +layer_norm sep_conv_3x3(1); sep_conv_3x3(1) +layer_norm identity(3); "
        "identity(2) + avg_pool_3x3(3); avg_pool_3x3(0) + conv_1x3_3x1(4) -> none]");
}

TEST_CASE("NASNet-C is that of the figure, with three kinds of sums and a concatenation") {
  const Architecture c = published_architecture("nasnet-c");
  CHECK(nasnet::to_text(c) ==
        "normal[sep_conv_3x3(0) + sep_conv_5x5(0); sep_conv_3x3(0) +instance_norm sep_conv_3x3(1); "
        "sep_conv_3x3(0) ++ sep_conv_3x3(1); sep_conv_3x3(1) +layer_norm conv_1x3_3x1(1) -> 2 3 4 5] "
        "reduction[max_pool_3x3(0) ++ max_pool_3x3(0); conv_1x7_7x1(0) +layer_norm max_pool_3x3(1); "
        "max_pool_3x3(0) +instance_norm max_pool_3x3(1); sep_conv_7x7(1) +layer_norm max_pool_5x5(1) -> 2 3 4 5]");
}

TEST_CASE("the literals of AmoebaNet-A in the DARTS code and in the TPU release are different cells") {
  const char* literal = R"(AmoebaNet = Genotype(
    normal = [('avg_pool_3x3', 0), ('max_pool_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_5x5', 2), ('sep_conv_3x3', 0),
              ('avg_pool_3x3', 3), ('sep_conv_3x3', 1), ('skip_connect', 1), ('skip_connect', 0), ('avg_pool_3x3', 1)],
    normal_concat = [4, 5, 6],
    reduce = [('avg_pool_3x3', 0), ('sep_conv_3x3', 1), ('max_pool_3x3', 0), ('sep_conv_7x7', 2), ('sep_conv_7x7', 0),
              ('avg_pool_3x3', 1), ('max_pool_3x3', 0), ('max_pool_3x3', 1), ('conv_7x1_1x7', 0), ('sep_conv_3x3', 5)],
    reduce_concat = [3, 4, 6],
  ))";
  const Architecture darts = nasnet::architecture_from_darts(literal, {.skip_connect = "identity"});
  const Architecture released = published_architecture("amoebanet-a");
  CHECK(darts.normal.concat == std::vector<int>{4, 5, 6});
  CHECK(darts.normal.blocks[0] == nasnet::Block{{1, "avg_pool_3x3"}, {0, "max_pool_3x3"}});
  CHECK(released.normal.blocks[0] == nasnet::Block{{0, "avg_pool_3x3"}, {0, "max_pool_3x3"}});
  CHECK_FALSE(darts.normal == released.normal);
  CHECK_FALSE(darts.reduction == released.reduction);
  // Each form carries its numbering, so neither is lost on the way through the other's text.
  CHECK(nasnet::architecture_from_darts(nasnet::to_darts(darts), {.skip_connect = "identity"}) == darts);
}

TEST_CASE("PNASNet-5 has one cell for both roles and concatenates a state that it reads") {
  const Architecture a = published_architecture("pnasnet-5");
  CHECK(a.normal == a.reduction);
  CHECK(a.normal.concat == std::vector<int>{2, 3, 4, 5, 6});
  CHECK(is_read(a.normal, 4));
}

TEST_CASE("AmoebaNet-A is that of the TPU release") {
  const Architecture a = published_architecture("amoebanet-a");
  CHECK(a.normal.concat == std::vector<int>{1, 3, 4, 6});
  CHECK(a.reduction.concat == std::vector<int>{2, 3, 4, 5, 6});
  CHECK(a.normal.blocks[4] == nasnet::Block{{5, "avg_pool_3x3"}, {0, "sep_conv_3x3"}});
  CHECK(a.reduction.blocks[3] == nasnet::Block{{4, "sep_conv_3x3"}, {0, "bottleneck_1x7_7x1"}});
}

TEST_CASE("DARTS V1 and V2 are those of the literals") {
  const std::string v1 =
      "Genotype(normal=[('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('skip_connect', 0), ('sep_conv_3x3', 1), "
      "('skip_connect', "
      "0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('skip_connect', 2)], normal_concat=[2, 3, 4, 5], "
      "reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 0), ('max_pool_3x3', "
      "0), "
      "('skip_connect', 2), ('skip_connect', 2), ('avg_pool_3x3', 0)], reduce_concat=[2, 3, 4, 5])";
  const std::string v2 =
      "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_3x3', 1), "
      "('sep_conv_3x3', "
      "1), ('skip_connect', 0), ('skip_connect', 0), ('dil_conv_3x3', 2)], normal_concat=[2, 3, 4, 5], "
      "reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 1), ('max_pool_3x3', "
      "0), "
      "('skip_connect', 2), ('skip_connect', 2), ('max_pool_3x3', 1)], reduce_concat=[2, 3, 4, 5])";
  CHECK(nasnet::to_darts(published_architecture("darts-v1")) == v1);
  CHECK(nasnet::to_darts(published_architecture("darts-v2")) == v2);
}

TEST_CASE("an unknown name is answered with the known ones") {
  CHECK_THROWS_WITH(published_architecture("nasnet_a"),
                    "unknown architecture 'nasnet_a', did you mean 'nasnet-a'? Known are nasnet-a, nasnet-a-figure-4, "
                    "nasnet-b, nasnet-c, pnasnet-5, amoebanet-a, darts-v1, darts-v2");
}

}  // namespace
