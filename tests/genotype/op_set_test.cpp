#include "nasnet/genotype/op_set.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/graph_builder.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using nasnet::AllOps;
using nasnet::GenotypeError;
using nasnet::NasnetOps;

template <int Node>
struct Numbered {
  static constexpr auto name = nasnet::op_name("numbered_", Node);
  static constexpr bool is_zero = Node == 0;
  static nasnet::Value expand(nasnet::GraphBuilder&, nasnet::Value, nasnet::OpContext) {
    nasnet::Value value;
    value.node = Node;
    return value;
  }
};
using NumberedOps = nasnet::OpSet<Numbered<0>, Numbered<12>>;

static_assert(std::string_view(nasnet::op_name("a", nasnet::KernelSize{1, 3}, "_", 15)) == "a1x3_15x15");
static_assert(nasnet::Op<Numbered<1>>);
static_assert(!nasnet::Op<int>);
static_assert(nasnet::is_op_name("sep_conv_3x3") && nasnet::is_op_name("_A-9"));
static_assert(!nasnet::is_op_name("") && !nasnet::is_op_name("3x3") && !nasnet::is_op_name("-a") &&
              !nasnet::is_op_name("a b") && !nasnet::is_op_name("a(1)"));

TEST_CASE("the paper's ops stand in its listing order") {
  const std::vector<std::string_view> expected{
      "identity",     "conv_1x3_3x1", "conv_1x7_7x1", "dil_conv_3x3", "avg_pool_3x3", "max_pool_3x3", "max_pool_5x5",
      "max_pool_7x7", "conv_1x1",     "conv_3x3",     "sep_conv_3x3", "sep_conv_5x5", "sep_conv_7x7"};
  const auto names = NasnetOps::names();
  CHECK(std::vector<std::string_view>(names.begin(), names.end()) == expected);
  for (std::size_t i = 0; i < names.size(); ++i) {
    CHECK(AllOps::names()[i] == names[i]);
    CHECK(NasnetOps::index(names[i]) == static_cast<int>(i));
  }
}

TEST_CASE("ops of other papers follow") {
  for (const char* name :
       {"zero", "conv_7x1_1x7", "dil_sep_conv_3x3", "dil_sep_conv_5x5", "skip_connect", "bottleneck_1x7_7x1"}) {
    CHECK(AllOps::find(name) >= 13);
    CHECK(NasnetOps::find(name) == -1);
  }
  CHECK(AllOps::size == 19);
}

TEST_CASE("an op's statements reach the infos") {
  for (const nasnet::OpInfo& info : AllOps::infos()) {
    CHECK(info.is_identity == (info.name == "identity" || info.name == "skip_connect"));
    CHECK(info.is_zero == (info.name == "zero"));
  }
}

TEST_CASE("an unknown op is answered with the known ones and the nearest") {
  CHECK_THROWS_AS(NasnetOps::index("sepconv_3x3"), GenotypeError);
  CHECK_THROWS_WITH(
      NasnetOps::index("sepconv_3x3"),
      StartsWith("unknown op 'sepconv_3x3', did you mean 'sep_conv_3x3'? Known are identity, conv_1x3_3x1, "));
  CHECK_THROWS_WITH(NumberedOps::index("banana"), "unknown op 'banana'; known are numbered_0x0, numbered_12x12");
  CHECK_THROWS_WITH(
      NumberedOps::table().at("numbered_12x13"),
      "unknown op 'numbered_12x13', did you mean 'numbered_12x12'? Known are numbered_0x0, numbered_12x12");
  const std::string endless(100'000, 'x');
  CHECK_THROWS_WITH(NumberedOps::index(endless), ContainsSubstring("xxx...'; known are"));
}

TEST_CASE("a table has names, flags and expansions") {
  const nasnet::OpTable table = NumberedOps::table();
  REQUIRE(table.size() == 2);
  CHECK(table.at("numbered_12x12").name == "numbered_12x12");
  CHECK(table[0].is_zero);
  CHECK_FALSE(table[1].is_zero);
  CHECK(table.find("numbered_1x1") == nullptr);
  nasnet::GraphBuilder builder(3, {});
  CHECK(table[1].expand(builder, {}, {}).node == 12);
  CHECK(table.infos() == std::vector<nasnet::OpInfo>{{"numbered_0x0", false, true}, {"numbered_12x12", false, false}});
}

TEST_CASE("a table of one's own refuses bad names") {
  CHECK_THROWS_WITH(nasnet::OpTable({{.name = "a"}, {.name = "a"}}), "op table: two ops are named 'a'");
  CHECK_THROWS_WITH(nasnet::OpTable({{.name = "a b"}}), "op table: 'a b' cannot name an op");
}

}  // namespace
