// The headers in emitted/ are what emit_header writes for the architectures below: compared byte for byte, and compiled
// here to compare the values. After a change of the form, NASNET_WRITE_EMITTED=1 genotype_tests "[emit_header]" writes
// them again.
#include "nasnet/genotype/emit_header.hpp"

#include <cstdlib>
#include <regex>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "emitted/four_inputs.hpp"
#include "emitted/nasnet_a.hpp"
#include "emitted/one_block.hpp"
#include "emitted/own_ops.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/genotype/published.hpp"
#include "random_architecture.hpp"
#include "tests_folder.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

// Constants of a header are known at compile time.
static_assert(best == nasnet_a);
static_assert(!validate(emitted::deep::four_inputs));

// Every combiner, four inputs, no concatenation, ops beyond the 13.
Architecture four_inputs() {
  Architecture architecture{.inputs = 4};
  architecture.normal.blocks = {{{0, "zero"}, {3, "skip_connect"}},
                                {{4, "conv_7x1_1x7"}, {1, "identity"}, Combiner::concat},
                                {{5, "dil_sep_conv_5x5"}, {2, "sep_conv_3x3"}, Combiner::add_layer_norm},
                                {{6, "avg_pool_3x3"}, {0, "max_pool_7x7"}, Combiner::add_instance_norm}};
  architecture.reduction = architecture.normal;
  architecture.reduction.blocks[0].left = {2, "conv_1x1"};
  return architecture;
}

// The states that are concatenated are no loose ends; one block is the least.
Architecture one_block() {
  return {.normal = {{{{1, "identity"}, {0, "conv_3x3"}}}, {0, 2}},
          .reduction = {{{{0, "max_pool_3x3"}, {0, "identity"}}}, {1}}};
}

Architecture own_ops() {
  return {.normal = {{{{1, "my-blur"}, {0, "identity"}}, {{2, "my-blur"}, {2, "my-blur"}}}, {2, 3}},
          .reduction = {{{{0, "identity"}, {0, "identity"}}, {{1, "my-blur"}, {2, "identity"}}}, {3}}};
}

void check_emitted(const std::string& file, const Architecture& architecture, const HeaderOptions& options,
                   const Architecture& compiled) {
  CHECK(compiled == architecture);
  const auto path = tests_folder() / "genotype" / "emitted" / file;
  if (std::getenv("NASNET_WRITE_EMITTED") != nullptr) write_header(architecture, path, options);
  CHECK(read_text_file(path) == emit_header(architecture, options));
}

// The architecture that a header's text declares.
BlockInput operand(const std::smatch& match, std::size_t group) { return {std::stoi(match[group]), match[group + 1]}; }

Combiner combiner(const std::string& name) { return name.empty() ? Combiner::add : combiner_named(name).value(); }

Architecture read_back(const std::string& text) {
  static const std::regex type(R"(ArchitectureGenotype<nasnet::\w+, (\d+)(?:, (\d+))?>)");
  static const std::regex block(
      R"re(\{\{(\d+), "([\w-]+)"\}, \{(\d+), "([\w-]+)"\}(?:, nasnet::Combiner::(\w+))?\},\n)re");
  static const std::regex number(R"(\d+)");
  Architecture architecture;
  std::smatch match;
  REQUIRE(std::regex_search(text, match, type));
  if (match[2].matched) architecture.inputs = std::stoi(match[2]);
  const auto second = text.find(".reduction");
  for (const CellRole role : {CellRole::normal, CellRole::reduction}) {
    const std::string part = role == CellRole::normal ? text.substr(0, second) : text.substr(second);
    Cell& cell = role == CellRole::normal ? architecture.normal : architecture.reduction;
    for (std::sregex_iterator at(part.begin(), part.end(), block), end; at != end; ++at) {
      cell.blocks.push_back({operand(*at, 1), operand(*at, 3), combiner((*at)[5])});
    }
    const auto begin = part.rfind("}, {");
    const std::string list = part.substr(begin + 4, part.find("})", begin) - begin - 4);
    for (std::sregex_iterator at(list.begin(), list.end(), number), end; at != end; ++at) {
      cell.concat.push_back(std::stoi(at->str()));
    }
    CHECK(std::stoul(match[1]) == cell.blocks.size());
  }
  return architecture;
}

void check_refused(const HeaderOptions& options, const std::string& part) {
  INFO(options.name << " | " << options.op_set << " | " << options.include);
  REQUIRE_THROWS_MATCHES(emit_header(one_block(), options), ArgumentError,
                         MessageMatches(ContainsSubstring("genotype header") && ContainsSubstring(part)));
}

}  // namespace

TEST_CASE("an emitted header compiles and gives the architecture back", "[emit_header]") {
  check_emitted("nasnet_a.hpp", to_architecture(nasnet_a), {}, to_architecture(best));
  check_emitted("four_inputs.hpp", four_inputs(), {.name = "emitted::deep::four_inputs"},
                to_architecture(emitted::deep::four_inputs));
  check_emitted("one_block.hpp", one_block(), {.name = "emitted::one_block", .op_set = "nasnet::AllOps"},
                to_architecture(emitted::one_block));
  check_emitted("own_ops.hpp", own_ops(),
                {.name = "own_cells", .op_set = "my_ops::Ops", .include = "genotype/emitted/my_ops.hpp"},
                to_architecture(own_cells));
}

TEST_CASE("the text of a header holds any architecture", "[emit_header]") {
  RandomStream random(11);
  int emitted_ones = 0;
  for (int i = 0; i < 300; ++i) {
    const Architecture architecture = nasnet_test::random_architecture(random);
    if (architecture.normal.blocks.size() != architecture.reduction.blocks.size()) continue;
    CHECK(read_back(emit_header(architecture)) == architecture);
    ++emitted_ones;
  }
  CHECK(emitted_ones > 50);
  for (const std::string_view name : published_names) {
    const Architecture architecture = published_architecture(name);
    CHECK(read_back(emit_header(architecture)) == architecture);
  }
}

TEST_CASE("the op set is the paper's where its ops suffice", "[emit_header]") {
  CHECK_THAT(emit_header(published_architecture("pnasnet-5")), ContainsSubstring("<nasnet::NasnetOps, 5>"));
  CHECK_THAT(emit_header(published_architecture("darts-v2")), ContainsSubstring("<nasnet::AllOps, 4>"));
}

TEST_CASE("names that C++ does not allow are refused", "[emit_header]") {
  for (const std::string name : {"", "1st", "a b", "a-b", "a.b", "a;int b", "a\nb", "\"", "caf\xC3\xA9", "_a", "a__b",
                                 "::a", "a::", "a::::b", "a:b", "a::1", "a<int>", "\\u0041"}) {
    check_refused({.name = name}, "cannot name a constant");
    if (!name.empty()) check_refused({.op_set = name, .include = "ops.hpp"}, "cannot name an op set");
  }
  for (const std::string name :
       {"int", "nasnet", "a::new", "std::best", "nasnet::best", "co_yield", "alignas", "xor_eq"}) {
    check_refused({.name = name}, "has a meaning in C++");
  }
  check_refused({.name = std::string(1000, '!')}, "...'");
  check_refused({.op_set = "my::Ops"}, "'my::Ops'");
  for (const std::string include : {"a\"b", "a\nb", "a\\b", "\xFF"}) {
    check_refused({.op_set = "my::Ops", .include = include}, "cannot be included");
  }
}

TEST_CASE("an architecture that is none has no header", "[emit_header]") {
  REQUIRE_THROWS_MATCHES(emit_header({}), GenotypeError, MessageMatches(ContainsSubstring("normal.blocks")));
  Architecture architecture = one_block();
  architecture.reduction.blocks[0].right.op = "conv_9x9";
  REQUIRE_THROWS_MATCHES(
      emit_header(architecture), GenotypeError,
      MessageMatches(ContainsSubstring("reduction.blocks[0].right") && ContainsSubstring("conv_9x9")));
  architecture.reduction.blocks[0].right.op = "a\"; int evil; //";
  CHECK_THROWS_AS(emit_header(architecture, {.op_set = "my::Ops", .include = "ops.hpp"}), GenotypeError);
  architecture = one_block();
  architecture.reduction.blocks.push_back(architecture.reduction.blocks[0]);
  REQUIRE_THROWS_MATCHES(emit_header(architecture), GenotypeError,
                         MessageMatches(ContainsSubstring("1 blocks") && ContainsSubstring("2")));
}

TEST_CASE("a header is written whole or not at all", "[emit_header]") {
  const TemporaryFolder folder;
  write_header(one_block(), folder / "best.hpp");
  CHECK(folder.read("best.hpp") == emit_header(one_block()));
  CHECK_THROWS_AS(write_header({}, folder / "best.hpp"), GenotypeError);
  CHECK(folder.read("best.hpp") == emit_header(one_block()));
  CHECK_THROWS_AS(write_header(one_block(), folder / "no" / "best.hpp"), IoError);
  CHECK(folder.entries() == 1);
}
