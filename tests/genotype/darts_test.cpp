#include "nasnet/genotype/darts.hpp"

#include <string>

#include "catch.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/genotype/text.hpp"
#include "random_architecture.hpp"

namespace {

using nasnet::architecture_from_darts;
using nasnet::to_darts;

std::string sentence_of(const std::string& text) {
  try {
    static_cast<void>(architecture_from_darts(text));
  } catch (const nasnet::GenotypeError& error) {
    return error.what();
  }
  return "nothing wrong";
}

bool has_full_dilated(const nasnet::Architecture& a) {
  return nasnet::to_text(a).find(" dil_conv_") != std::string::npos ||
         nasnet::to_text(a).find("[dil_conv_") != std::string::npos;
}

TEST_CASE("random sums of two inputs survive the literal") {
  nasnet::RandomStream random(7);
  int written = 0;
  for (int i = 0; i < 1000; ++i) {
    auto architecture = nasnet_test::random_architecture(random, {.only_sums = true, .pass_on = false});
    if (architecture.inputs != 2) continue;
    if (has_full_dilated(architecture)) {
      CHECK_THROWS_WITH(to_darts(architecture), "DARTS genotype: op 'dil_conv_3x3' has no name in such a literal");
      continue;
    }
    CHECK(architecture_from_darts(to_darts(architecture)) == architecture);
    ++written;
  }
  CHECK(written > 50);
}

TEST_CASE("inputs are swapped, in blocks and concat lists, and names mapped") {
  const auto a = architecture_from_darts(R"(
    DARTS = Genotype(reduce_concat=range(2, 4), reduce=[("none", 0), ('dil_conv_5x5', 1,), ('conv_7x1_1x7', 2), ('max_pool_3x3', 1)],
                     normal=[('skip_connect', 0), ('sep_conv_7x7', 1),], normal_concat=[0, 2],))");
  CHECK(nasnet::to_text(a) ==
        "normal[skip_connect(1) + sep_conv_7x7(0) -> 1 2] "
        "reduction[zero(1) + dil_sep_conv_5x5(0); conv_7x1_1x7(2) + max_pool_3x3(0) -> 2 3]");
}

TEST_CASE("skip_connect may be an identity") {
  const std::string literal =
      "Genotype(normal=[('skip_connect', 0), ('skip_connect', 1)], normal_concat=[2], reduce=[('none', 0), ('none', "
      "1)], "
      "reduce_concat=[2])";
  const auto a = architecture_from_darts(literal, {.skip_connect = "identity"});
  CHECK(a.normal.blocks[0] == nasnet::Block{{1, "identity"}, {0, "identity"}});
  CHECK(to_darts(a, {.skip_connect = "identity"}) == literal);
}

TEST_CASE("a broken literal is answered with its place") {
  CHECK(sentence_of("") == "DARTS genotype: line 1, column 1: Genotype(...) expected, found the end");
  CHECK(sentence_of("Genotype[") == "DARTS genotype: line 1, column 9: '(' expected, found '['");
  CHECK(sentence_of("A B") == "DARTS genotype: line 1, column 3: '=' expected, found 'B'");
  CHECK(sentence_of("Genotype(norml=[])") ==
        "DARTS genotype: line 1, column 10: unknown argument 'norml'; known are normal, normal_concat, reduce, "
        "reduce_concat");
  CHECK(sentence_of("Genotype(normal=[],\nnormal=[])") ==
        "DARTS genotype: line 2, column 1: argument normal stands there twice");
  CHECK(sentence_of("Genotype(normal=[('a', 0)])") ==
        "DARTS genotype: line 1, column 17: 1 pairs found; two make a block");
  CHECK(sentence_of("Genotype(normal=[('a, 0)])") ==
        "DARTS genotype: line 1, column 19: name of an op lacks its closing quote");
  CHECK(sentence_of("Genotype(normal=[(a, 0)])") ==
        "DARTS genotype: line 1, column 19: name of an op in quotes expected, found 'a'");
  CHECK(sentence_of("Genotype(normal=[('a', b)])") == "DARTS genotype: line 1, column 24: state expected, found 'b'");
  CHECK(sentence_of("Genotype(normal_concat=range(2, 99999))") ==
        "DARTS genotype: line 1, column 30: range from 2 to 99999 is out of range");
  CHECK(sentence_of("Genotype()") == "DARTS genotype: line 1, column 11: argument normal is missing");
  CHECK(sentence_of("Genotype() x") == "DARTS genotype: line 1, column 12: text after the literal");
  const std::string rest = ", normal_concat=[2], reduce=[('a', 0), ('a', 1)], reduce_concat=[2])";
  CHECK(sentence_of("Genotype(normal=[('a', 0), ('a', 2)]" + rest) ==
        "DARTS genotype, inputs swapped: normal.blocks[0].right: state 2 is the block's own output; it may read states "
        "0 to 1");
  CHECK(sentence_of("Genotype(normal=[('a', 0), ('a b', 1)]" + rest) ==
        "DARTS genotype, inputs swapped: normal.blocks[0].right: the name of an op is made of letters, digits, '_' and "
        "'-', "
        "the first a letter or '_', found 'a b'");
}

TEST_CASE("what a literal cannot say is refused") {
  auto architecture = nasnet::published_architecture("darts-v1");
  architecture.normal.blocks[1].combine = nasnet::Combiner::concat;
  CHECK_THROWS_WITH(to_darts(architecture),
                    "DARTS genotype: a block of the normal cell combines by concat; such a literal only adds");
  const auto one = nasnet::architecture_from_text("inputs=1 normal[a(0) + a(0)] reduction[a(0) + a(0)]");
  CHECK_THROWS_WITH(to_darts(one), "DARTS genotype: 1 inputs; such a literal has two");
}

}  // namespace
