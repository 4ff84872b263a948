#include "nasnet/genotype/cell_genotype.hpp"

#include <string>

#include "catch.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/genotype/published.hpp"
#include "random_architecture.hpp"

namespace {

using nasnet::AllOps;
using nasnet::Fault;
using nasnet::NasnetOps;
using SmallGenotype = nasnet::ArchitectureGenotype<AllOps, 3, 2>;

// Genotypes are template arguments.
template <auto Genotype>
struct Network {
  static constexpr int blocks = Genotype.blocks;
};
static_assert(Network<nasnet::nasnet_a>::blocks == 5);
static_assert(!std::is_same_v<Network<nasnet::nasnet_a>, Network<nasnet::nasnet_a_figure_4>>);

// Validity is known at compile time.
constexpr SmallGenotype broken(int state, int op, nasnet::Combiner combine) {
  constexpr auto cell = nasnet::make_cell<AllOps>(
      {{{0, "identity"}, {1, "zero"}}, {{2, "conv_1x1"}, {0, "zero"}}, {{0, "zero"}, {3, "conv_3x3"}}});
  SmallGenotype genotype{cell, cell};
  genotype.reduction.blocks[1] = {{0, 0}, {state, op}, combine};
  return genotype;
}
static_assert(!validate(broken(2, 18, nasnet::Combiner::concat)));
static_assert(validate(broken(3, 0, nasnet::Combiner::add)).kind == Fault::Kind::reads_itself);
static_assert(validate(broken(4, 0, nasnet::Combiner::add)).kind == Fault::Kind::reads_later_block);
static_assert(validate(broken(5, 0, nasnet::Combiner::add)).kind == Fault::Kind::no_such_state);
static_assert(validate(broken(-1, 0, nasnet::Combiner::add)).kind == Fault::Kind::negative_state);
static_assert(validate(broken(0, 19, nasnet::Combiner::add)).kind == Fault::Kind::unknown_op);
static_assert(validate(broken(0, 0, static_cast<nasnet::Combiner>(4))).kind == Fault::Kind::unknown_combiner);

TEST_CASE("a broken genotype does not become an architecture") {
  CHECK_THROWS_WITH(to_architecture(broken(0, 19, nasnet::Combiner::add)),
                    "reduction.blocks[1].right: op 19 of an op set of 19");
  SmallGenotype genotype = broken(0, 0, nasnet::Combiner::add);
  genotype.normal.concat = {};
  CHECK_THROWS_WITH(
      to_architecture(genotype),
      "normal.concat: an empty list passes every block's output on, which needs as many blocks as inputs; "
      "found 3 blocks and 2 inputs");
}

TEST_CASE("cells are made from names") {
  constexpr auto cell = nasnet::make_cell<NasnetOps>(
      {{{0, "identity"}, {1, "conv_1x1"}}, {{2, "sep_conv_7x7"}, {0, "conv_3x3"}, nasnet::Combiner::concat}});
  static_assert(cell.concat == std::array{false, false, false, true});
  static_assert(cell.blocks[1].combine == nasnet::Combiner::concat && cell.blocks[1].left.op == 12);
  CHECK_THROWS_WITH(nasnet::make_cell<NasnetOps>({{{0, "identity"}, {2, "identity"}}}),
                    "normal.blocks[0].right: state 2 is the block's own output; it may read states 0 to 1");
  CHECK_THROWS_WITH(nasnet::make_cell<NasnetOps>({{{0, "identity"}, {1, "identity"}}}, {2, 1}),
                    "normal.concat[1]: state 1 after state 2; the list must ascend");
}

TEST_CASE("random architectures survive the compile-time form") {
  nasnet::RandomStream random(2);
  for (int i = 0; i < 300; ++i) {
    const nasnet::Architecture architecture{2, nasnet_test::random_cell(random, 3, 2, false),
                                            nasnet_test::random_cell(random, 3, 2, false)};
    const auto genotype = nasnet::from_architecture<SmallGenotype>(architecture);
    CHECK_FALSE(validate(genotype));
    CHECK(to_architecture(genotype) == architecture);
  }
}

TEST_CASE("an architecture that does not fit the type is refused") {
  using Five = nasnet::ArchitectureGenotype<NasnetOps, 5>;
  using FourInputs = nasnet::ArchitectureGenotype<NasnetOps, 5, 4>;
  const auto nasnet_a = nasnet::published_architecture("nasnet-a");
  CHECK(nasnet::from_architecture<Five>(nasnet_a) == nasnet::nasnet_a);
  CHECK_THROWS_WITH(nasnet::from_architecture<SmallGenotype>(nasnet_a),
                    "normal.blocks: 5 blocks, the genotype type has 3");
  CHECK_THROWS_WITH(nasnet::from_architecture<FourInputs>(nasnet_a), "inputs: 2 inputs, the genotype type has 4");
  CHECK_THROWS_WITH(nasnet::from_architecture<Five>(nasnet::published_architecture("darts-v1")),
                    Catch::Matchers::StartsWith("normal.blocks[1].left: unknown op 'skip_connect'"));
}

}  // namespace
