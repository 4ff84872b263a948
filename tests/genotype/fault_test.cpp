#include "nasnet/genotype/fault.hpp"

#include <limits>
#include <set>
#include <string>

#include "catch.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/genotype/published.hpp"
#include "random_architecture.hpp"

namespace {

using Kind = nasnet::Fault::Kind;
using nasnet::Architecture;
using nasnet::Combiner;

Architecture nasnet_a() { return nasnet::published_architecture("nasnet-a"); }

struct BrokenRule {
  Kind kind;
  std::string sentence;
  void (*break_rule)(Architecture&);
};

const BrokenRule broken_rules[] = {
    {Kind::input_count, "inputs: a cell has 1 to 1000 inputs, found 0", [](Architecture& a) { a.inputs = 0; }},
    {Kind::input_count, "inputs: a cell has 1 to 1000 inputs, found 2147483647",
     [](Architecture& a) { a.inputs = (std::numeric_limits<int>::max)(); }},
    {Kind::no_blocks, "reduction.blocks: a cell needs at least one block",
     [](Architecture& a) { a.reduction.blocks.clear(); }},
    {Kind::too_many_blocks, "normal.blocks: a cell has at most 1000 blocks, found 1001",
     [](Architecture& a) { a.normal.blocks.resize(1001); }},
    {Kind::negative_state, "normal.blocks[2].left: state -1 is negative; it may read states 0 to 3",
     [](Architecture& a) { a.normal.blocks[2].left.state = -1; }},
    {Kind::reads_itself, "reduction.blocks[2].right: state 4 is the block's own output; it may read states 0 to 3",
     [](Architecture& a) { a.reduction.blocks[2].right.state = 4; }},
    {Kind::reads_later_block,
     "normal.blocks[0].left: state 6 is the output of a later block; it may read states 0 to 1",
     [](Architecture& a) { a.normal.blocks[0].left.state = 6; }},
    {Kind::no_such_state, "normal.blocks[4].right: state 7 does not exist in this cell; it may read states 0 to 5",
     [](Architecture& a) { a.normal.blocks[4].right.state = 7; }},
    {Kind::malformed_op_name,
     "normal.blocks[1].right: the name of an op is made of letters, digits, '_' and '-', the first a letter or '_', "
     "found "
     "'3x3'",
     [](Architecture& a) { a.normal.blocks[1].right.op = "3x3"; }},
    {Kind::unknown_combiner,
     "normal.blocks[3].combine: value 9 is no combiner; known are add, concat, add_layer_norm, add_instance_norm",
     [](Architecture& a) { a.normal.blocks[3].combine = static_cast<Combiner>(9); }},
    {Kind::concat_empty,
     "normal.concat: an empty list passes every block's output on, which needs as many blocks as inputs; found 5 "
     "blocks and "
     "2 inputs",
     [](Architecture& a) { a.normal.concat.clear(); }},
    {Kind::concat_in_one_cell,
     "normal.concat: empty here but not in the other cell; both cells concatenate or neither does",
     [](Architecture& a) {
       a.normal.blocks.resize(2);
       a.normal.concat.clear();
     }},
    {Kind::concat_in_one_cell,
     "reduction.concat: empty here but not in the other cell; both cells concatenate or neither does",
     [](Architecture& a) {
       a.reduction.blocks.resize(2);
       a.reduction.concat.clear();
     }},
    {Kind::concat_no_such_state, "reduction.concat[4]: state 7 does not exist; the cell has states 0 to 6",
     [](Architecture& a) { a.reduction.concat.push_back(7); }},
    {Kind::concat_no_such_state, "normal.concat[0]: state -3 does not exist; the cell has states 0 to 6",
     [](Architecture& a) { a.normal.concat[0] = -3; }},
    {Kind::concat_repeated, "normal.concat[6]: state 3 stands in the list twice",
     [](Architecture& a) { a.normal.concat.push_back(3); }},
    {Kind::concat_unsorted, "reduction.concat[1]: state 3 after state 4; the list must ascend",
     [](Architecture& a) { std::swap(a.reduction.concat[0], a.reduction.concat[1]); }},
};

TEST_CASE("each broken rule has its sentence") {
  std::set<Kind> seen;
  for (const BrokenRule& rule : broken_rules) {
    Architecture architecture = nasnet_a();
    rule.break_rule(architecture);
    const nasnet::Fault fault = validate(architecture);
    CHECK(fault.kind == rule.kind);
    CHECK(describe(fault, architecture) == rule.sentence);
    CHECK_THROWS_WITH(nasnet::require_valid(architecture), rule.sentence);
    CHECK_THROWS_AS(nasnet::require_valid(architecture), nasnet::GenotypeError);
    seen.insert(fault.kind);
  }
  CHECK(seen.size() == static_cast<std::size_t>(Kind::concat_unsorted) - 1);  // all but none and unknown_op
}

TEST_CASE("a first block of one input may read state 0 only") {
  Architecture architecture{1, {{{{0, "identity"}, {1, "identity"}}}, {1}}, {}};
  CHECK(describe(validate(architecture)) ==
        "normal.blocks[0].right: state 1 is the block's own output; it may read state 0 only");
}

TEST_CASE("an op that the set lacks is named, with the nearest") {
  const auto ops = nasnet::NasnetOps::infos();
  Architecture architecture = nasnet_a();
  CHECK_FALSE(validate(architecture, ops));
  architecture.reduction.blocks[1].left.op = "max_pool_3x4";
  CHECK_FALSE(validate(architecture));
  const nasnet::Fault fault = validate(architecture, ops);
  CHECK(fault.kind == Kind::unknown_op);
  CHECK_THROWS_WITH(nasnet::require_valid(architecture, ops),
                    Catch::Matchers::StartsWith("reduction.blocks[1].left: unknown op 'max_pool_3x4', did you mean "
                                                "'max_pool_3x3'? Known are identity, "));
}

TEST_CASE("random architectures are valid, and so are their ops") {
  nasnet::RandomStream random(1);
  for (int i = 0; i < 500; ++i) {
    const Architecture architecture = nasnet_test::random_architecture(random);
    CHECK(describe(validate(architecture, nasnet::AllOps::infos())) == "no fault");
  }
}

}  // namespace
