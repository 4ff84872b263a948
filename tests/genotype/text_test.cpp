#include "nasnet/genotype/text.hpp"

#include <string>

#include "catch.hpp"
#include "nasnet/genotype/published.hpp"
#include "random_architecture.hpp"

namespace {

using nasnet::architecture_from_text;
using nasnet::to_text;

TEST_CASE("random architectures survive the text form") {
  nasnet::RandomStream random(3);
  for (int i = 0; i < 1000; ++i) {
    const auto architecture = nasnet_test::random_architecture(random);
    const std::string text = to_text(architecture);
    CHECK(text.find('\n') == std::string::npos);
    CHECK(architecture_from_text(text) == architecture);
  }
}

TEST_CASE("the text form is fixed") {
  CHECK(to_text(nasnet::published_architecture("nasnet-a")) ==
        "normal[sep_conv_5x5(0) + sep_conv_3x3(1); sep_conv_5x5(1) + sep_conv_3x3(1); avg_pool_3x3(0) + identity(1); "
        "avg_pool_3x3(1) + avg_pool_3x3(1); sep_conv_3x3(0) + identity(0) -> 1 2 3 4 5 6] "
        "reduction[sep_conv_5x5(0) + sep_conv_7x7(1); max_pool_3x3(0) + sep_conv_7x7(1); avg_pool_3x3(0) + "
        "sep_conv_5x5(1); identity(3) + avg_pool_3x3(2); sep_conv_3x3(2) + max_pool_3x3(0) -> 3 4 5 6]");
}

TEST_CASE("white space is free, and no arrow means the loose ends") {
  const auto a =
      architecture_from_text("inputs = 1\nnormal[a(0)++b-c(0);a(1)+a(0)]\treduction [ a ( 0 )+layer_norm a(0) ]");
  CHECK(to_text(a) == "inputs=1 normal[a(0) ++ b-c(0); a(1) + a(0) -> 2] reduction[a(0) +layer_norm a(0) -> 1]");
}

TEST_CASE("cells that pass their outputs on have no list: NASNet-B as drawn") {
  const std::string text =
      "inputs=4 normal[sep_conv_5x5(1) +layer_norm identity(2); sep_conv_5x5(0) +layer_norm sep_conv_3x3(3); "
      "sep_conv_3x3(1) "
      "+layer_norm identity(3); identity(0) +layer_norm sep_conv_3x3(1) -> none] reduction[sep_conv_3x3(0) +layer_norm "
      "sep_conv_3x3(1); sep_conv_3x3(1) +layer_norm identity(3); identity(2) + avg_pool_3x3(3); avg_pool_3x3(0) + "
      "conv_1x3_3x1(4) -> none]";
  const auto architecture = architecture_from_text(text);
  CHECK(architecture.inputs == 4);
  CHECK(architecture.normal.concat.empty());
  CHECK(to_text(architecture) == text);
}

TEST_CASE("a broken text is answered with line and column") {
  const auto sentence = [](const char* text) {
    std::string found;
    CHECK_THROWS_AS(architecture_from_text(text), nasnet::GenotypeError);
    try {
      static_cast<void>(architecture_from_text(text));
    } catch (const nasnet::GenotypeError& error) {
      found = error.what();
    }
    return found;
  };
  CHECK(sentence("") == "genotype text: line 1, column 1: 'normal' expected, found the end");
  CHECK(sentence("normal\n  (") == "genotype text: line 2, column 3: '[' expected, found '('");
  CHECK(sentence("normal[]") == "genotype text: line 1, column 8: name of an op expected, found ']'");
  CHECK(sentence("normal[a[0] + a(0)]") == "genotype text: line 1, column 9: '(' expected, found '['");
  CHECK(sentence("normal[a(x) + a(0)]") == "genotype text: line 1, column 10: state expected, found 'x'");
  CHECK(sentence("normal[a(-) + a(0)]") == "genotype text: line 1, column 10: state expected, found '-'");
  CHECK(sentence("normal[a(99999999999999999999) + a(0)]") == "genotype text: line 1, column 10: state is too large");
  CHECK(sentence("normal[a(0) - a(0)]") ==
        "genotype text: line 1, column 13: combiner expected: +, ++, +layer_norm or +instance_norm");
  CHECK(sentence("normal[a(0) + a(0) -> ]") == "genotype text: line 1, column 23: state expected, found ']'");
  CHECK(sentence("normal[a(0) + a(0) -> 2 \x01]") == "genotype text: line 1, column 25: state expected, found byte 1");
  CHECK(sentence("inputs=0 normal[a(0) + a(0)]") ==
        "genotype text: line 1, column 8: inputs: a cell has 1 to 1000 inputs, found 0");
  CHECK(sentence("normal[a(0) + a(0)] reduction[a(0) + a(0)] x") ==
        "genotype text: line 1, column 44: text after the reduction cell");
  CHECK(sentence("normal[a(0) + a(5)] reduction[a(0) + a(0)]") ==
        "normal.blocks[0].right: state 5 does not exist in this cell; it may read states 0 to 1");
}

TEST_CASE("more blocks than a cell can have are refused early") {
  std::string text("normal[a(0) + a(0)");
  for (int i = 0; i < 1000; ++i) text.append("; a(0) + a(0)");
  CHECK_THROWS_WITH(architecture_from_text(text), Catch::Matchers::EndsWith("more than 1000 blocks"));
}

TEST_CASE("no prefix and no changed byte of a text crashes") {
  const std::string text = to_text(nasnet::published_architecture("darts-v2"));
  nasnet::RandomStream random(4);
  int refused = 0;
  for (std::size_t size = 0; size < text.size(); ++size) {
    std::string changed = text;
    changed[size] = static_cast<char>(random.below(256));
    for (const std::string& broken : {text.substr(0, size), changed}) {
      try {
        static_cast<void>(architecture_from_text(broken));
      } catch (const nasnet::GenotypeError&) {
        ++refused;
      }
    }
  }
  CHECK(refused > static_cast<int>(text.size()));
}

}  // namespace
