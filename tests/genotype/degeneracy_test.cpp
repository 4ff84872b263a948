#include "nasnet/genotype/degeneracy.hpp"

#include <vector>

#include "catch.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/genotype/text.hpp"

namespace {

TEST_CASE("what does not reach the output is found and described") {
  const auto architecture = nasnet::architecture_from_text(
      "normal[a(0) + a(0); a(1) + a(2); a(0) + a(0) -> 4] reduction[a(0) + a(1); a(2) + a(1) -> 1 2]");
  const auto found = degeneracies(architecture);
  std::vector<std::string> sentences;
  for (const auto& each : found) sentences.push_back(describe(each));
  CHECK(sentences == std::vector<std::string>{"normal: input 1 does not reach the cell's output",
                                              "normal: block 0 does not reach the cell's output",
                                              "normal: block 1 does not reach the cell's output",
                                              "reduction: block 1 does not reach the cell's output"});
}

TEST_CASE("published cells are not degenerate") {
  for (const auto name : nasnet::published_names) CHECK(degeneracies(nasnet::published_architecture(name)).empty());
}

TEST_CASE("without a concat list every block counts, and an input that none reads does not") {
  const auto architecture = nasnet::architecture_from_text(
      "normal[a(0) + a(0); a(0) + a(0) -> none] reduction[a(0) + a(1); a(0) + a(0) -> none]");
  const auto found = degeneracies(architecture);
  REQUIRE(found.size() == 1);
  CHECK(describe(found[0]) == "normal: input 1 does not reach the cell's output");
}

}  // namespace
