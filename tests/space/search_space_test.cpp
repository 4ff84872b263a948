#include "nasnet/space/search_space.hpp"

#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/canonical.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/space/cell_space.hpp"

namespace {

using nasnet::Architecture;
using nasnet::Combiner;
using nasnet::RandomStream;
using nasnet::SearchSpace;
using nasnet::to_text;
using PaperSpace = nasnet::CellSpace<nasnet::NasnetOps, 5>;

const std::vector<nasnet::OpInfo> three_ops{{"identity", true, false}, {"max_pool_3x3"}, {"sep_conv_3x3"}};

// Spaces of all kinds, small enough to enumerate.
std::vector<SearchSpace> small_spaces() {
  const std::vector<nasnet::OpInfo> one{{"a"}}, two{{"a"}, {"b"}};
  return {
      SearchSpace(two, {.blocks = 1}),
      SearchSpace(three_ops, {.blocks = 2, .combiners = {Combiner::add}, .same_cell = true}),
      SearchSpace(three_ops, {.blocks = 2, .combiners = {Combiner::add}, .same_cell = true, .allow_degenerate = false}),
      SearchSpace(one, {.blocks = 2, .inputs = 3, .combiners = {Combiner::concat}, .allow_degenerate = false}),
      SearchSpace(one, {.blocks = 2, .combiners = {Combiner::add_layer_norm}, .pass_on_outputs = true}),
      SearchSpace(two, {.blocks = 1, .inputs = 1, .combiners = {Combiner::add, Combiner::add_instance_norm}})};
}

std::vector<SearchSpace> all_spaces() {
  std::vector<SearchSpace> spaces = small_spaces();
  spaces.push_back(PaperSpace::space());
  spaces.push_back(PaperSpace::space({.same_cell = true}));
  spaces.push_back(PaperSpace::space({.allow_degenerate = false}));
  spaces.push_back(SearchSpace(three_ops, {.blocks = 4, .inputs = 4, .pass_on_outputs = true}));
  return spaces;
}

std::size_t distance(const std::vector<int>& a, const std::vector<int>& b) {
  std::size_t different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different += a[i] != b[i] ? 1 : 0;
  return different;
}

TEST_CASE("the paper's space has the size and entropy that were published for it") {
  const SearchSpace pair = PaperSpace{};
  const SearchSpace cell = PaperSpace::space({.same_cell = true});
  CHECK(cell.size().to_string() == "2286906949584691200");
  CHECK(pair.size().to_string() == "5229943396058757337940161399357440000");
  CHECK(pair.size() == cell.size() * cell.size());
  CHECK(cell.entropy() == Approx(42.2737319).margin(5e-8));
  CHECK(pair.entropy() == Approx(84.5474638).margin(5e-8));
  CHECK(pair.decisions() == 50);
  CHECK(cell.decisions() == 25);
}

TEST_CASE("the entropy is the sum over decisions") {
  for (const SearchSpace& space : all_spaces()) {
    if (!space.options().allow_degenerate) continue;
    double sum = 0;
    for (int position = 0; position < space.decisions(); ++position) sum += std::log(space.choices(position));
    CHECK(space.entropy() == Approx(sum).epsilon(1e-13));
  }
}

TEST_CASE("decisions come in the paper's order") {
  using Kind = nasnet::Decision::Kind;
  const SearchSpace space = PaperSpace::space();
  CHECK(space.decision(0) == nasnet::Decision{nasnet::CellRole::normal, 0, Kind::left_state});
  CHECK(space.decision(1).kind == Kind::right_state);
  CHECK(space.decision(2).kind == Kind::left_op);
  CHECK(space.decision(3).kind == Kind::right_op);
  CHECK(space.decision(24) == nasnet::Decision{nasnet::CellRole::normal, 4, Kind::combine});
  CHECK(space.decision(25) == nasnet::Decision{nasnet::CellRole::reduction, 0, Kind::left_state});
  CHECK(space.decision(46) == nasnet::Decision{nasnet::CellRole::reduction, 4, Kind::right_state});
  std::vector<int> choices;
  for (int position = 20; position < 30; ++position) choices.push_back(space.choices(position));
  CHECK(choices == std::vector<int>{6, 6, 13, 13, 2, 2, 2, 13, 13, 2});
  CHECK_THROWS_WITH(space.decision(50), "search space: decision 50 of 50");
  CHECK_THROWS_WITH(space.choices(-1), "search space: decision -1 of 50");
}

TEST_CASE("NASNet-A of figure 4 has a sequence") {
  const SearchSpace space = PaperSpace::space();
  const Architecture figure = nasnet::published_architecture("nasnet-a-figure-4");
  const std::vector<int> sequence = space.encode(figure);
  CHECK(std::vector<int>(sequence.begin(), sequence.begin() + 10) ==
        std::vector<int>{0, 1, 11, 10, 0, 1, 1, 11, 10, 0});
  CHECK(space.decode(sequence) == figure);
  CHECK_THROWS_WITH(space.encode(nasnet::published_architecture("nasnet-a")),
                    "normal.concat: the list is not the loose ends, as it is in this space");
}

TEST_CASE("samples are of the space, and their sequences lead back to them") {
  RandomStream random(2);
  for (const SearchSpace& space : all_spaces()) {
    for (int i = 0; i < 300; ++i) {
      const Architecture sampled = space.sample(random);
      CHECK(space.reason_against(sampled).value_or("") == "");
      const std::vector<int> sequence = space.encode(sampled);
      CHECK(sequence.size() == static_cast<std::size_t>(space.decisions()));
      CHECK(space.decode(sequence) == sampled);
    }
  }
}

TEST_CASE("a sample depends on its stream alone") {
  const SearchSpace space = PaperSpace::space();
  RandomStream a(3), b(3), c(4);
  const Architecture sampled = space.sample(a);
  CHECK(space.sample(b) == sampled);
  CHECK(space.sample(c) != sampled);
  CHECK(space.sample(a) != sampled);
}

// Pearson's statistic of counts that should be equal, in deviations from its mean.
double chi_square_deviations(const std::vector<std::int64_t>& counts) {
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0;
  for (const std::int64_t count : counts) {
    sum += (static_cast<double>(count) - expected) * (static_cast<double>(count) - expected) / expected;
  }
  const double freedom = static_cast<double>(counts.size() - 1);
  return freedom == 0 ? 0 : (sum - freedom) / std::sqrt(2 * freedom);
}

TEST_CASE("each decision of a sample is uniform") {
  const SearchSpace space = PaperSpace::space();
  RandomStream random(5);
  std::vector<std::vector<std::int64_t>> counts;
  for (int position = 0; position < space.decisions(); ++position) {
    counts.emplace_back(static_cast<std::size_t>(space.choices(position)), 0);
  }
  for (int i = 0; i < 20'000; ++i) {
    const std::vector<int> sequence = space.encode(space.sample(random));
    for (std::size_t position = 0; position < sequence.size(); ++position) {
      ++counts[position][static_cast<std::size_t>(sequence[position])];
    }
  }
  for (const auto& of_position : counts) CHECK(chi_square_deviations(of_position) < 5);
}

TEST_CASE("all architectures are equally likely, where degenerate ones are allowed and where not") {
  RandomStream random(6);
  for (const SearchSpace& space : small_spaces()) {
    std::map<std::string, std::int64_t> seen;
    space.for_each([&](const Architecture& architecture) { seen[to_text(architecture)] = 0; });
    for (std::size_t i = 0; i < 40 * seen.size(); ++i) ++seen.at(to_text(space.sample(random)));
    std::vector<std::int64_t> counts;
    for (const auto& [text, count] : seen) counts.push_back(count);
    CHECK(std::abs(chi_square_deviations(counts)) < 5);
  }
}

TEST_CASE("an input of the paper's cell stays unread one time in 36") {
  const auto all = PaperSpace::space({.same_cell = true}).size();
  const auto full = PaperSpace::space({.same_cell = true, .allow_degenerate = false}).size();
  // Either of two inputs, never both.
  CHECK(all * nasnet::BigUnsigned(34) == full * nasnet::BigUnsigned(36));
}

TEST_CASE("enumeration meets each architecture once, in order of its number") {
  for (const SearchSpace& space : small_spaces()) {
    std::set<std::string> texts;
    std::int64_t last = -1;
    space.for_each([&](const Architecture& architecture) {
      texts.insert(to_text(architecture));
      const std::int64_t index = space.index(architecture);
      CHECK(index > last);
      CHECK(space.at(index) == architecture);
      CHECK(space.contains(architecture));
      last = index;
    });
    CHECK(space.size().as_uint64() == texts.size());
    CHECK(static_cast<std::uint64_t>(last) < space.sequences().as_uint64());
    if (space.options().allow_degenerate) CHECK(space.size() == space.sequences());
  }
}

TEST_CASE("numbers and architectures of larger spaces lead to each other") {
  const SearchSpace cell = PaperSpace::space({.same_cell = true});
  RandomStream random(7);
  for (int i = 0; i < 300; ++i) {
    const std::int64_t index = random.below(2'286'906'949'584'691'200);
    CHECK(cell.index(cell.at(index)) == index);
  }
  CHECK_THROWS_WITH(cell.at(2'286'906'949'584'691'200),
                    "search space: architecture 2286906949584691200 of 2286906949584691200");
  CHECK_THROWS_WITH(cell.at(-1), "search space: architecture -1 of 2286906949584691200");
  const std::string sentence =
      "search space: 5229943396058757337940161399357440000 sequences are too many to number, at most "
      "9223372036854775807 are "
      "possible";
  CHECK_THROWS_WITH(PaperSpace::space().at(0), sentence);
  CHECK_THROWS_WITH(PaperSpace::space().index(nasnet::published_architecture("nasnet-a-figure-4")), sentence);
  CHECK_THROWS_WITH(PaperSpace::space().for_each([](const Architecture&) {}), sentence);
}

TEST_CASE("a mutation changes exactly one decision") {
  RandomStream random(8);
  for (const SearchSpace& space : all_spaces()) {
    Architecture architecture = space.sample(random);
    for (int i = 0; i < 300; ++i) {
      const Architecture mutated = space.mutate(architecture, random);
      CHECK(distance(space.encode(architecture), space.encode(mutated)) == 1);
      CHECK(space.contains(mutated));
      architecture = mutated;
    }
  }
}

TEST_CASE("mutations reach every neighbour, equally for a decision") {
  RandomStream random(9);
  const SearchSpace space(three_ops, {.blocks = 2, .combiners = {Combiner::add}, .same_cell = true});
  const Architecture architecture = space.sample(random);
  std::map<std::string, std::int64_t> seen;
  for (const Architecture& neighbour : space.neighbours(architecture)) seen[to_text(neighbour)] = 0;
  for (int i = 0; i < 8000; ++i) ++seen.at(to_text(space.mutate(architecture, random)));
  // Eight open decisions, 1000 mutations each; the first two have one other value, the others two.
  std::int64_t alone = 0;
  for (const auto& [text, count] : seen) {
    CHECK((std::abs(static_cast<double>(count) - 500) < 150 || std::abs(static_cast<double>(count) - 1000) < 150));
    alone += count > 750 ? 1 : 0;
  }
  CHECK(seen.size() == 14);
  CHECK(alone == 2);
}

TEST_CASE("neighbours are all architectures one decision away") {
  RandomStream random(10);
  for (const SearchSpace& space : small_spaces()) {
    for (int i = 0; i < 5; ++i) {
      const Architecture architecture = space.sample(random);
      const std::vector<int> sequence = space.encode(architecture);
      std::set<std::string> expected;
      space.for_each([&](const Architecture& other) {
        if (distance(sequence, space.encode(other)) == 1) expected.insert(to_text(other));
      });
      const std::vector<Architecture> neighbours = space.neighbours(architecture);
      std::set<std::string> found;
      for (const Architecture& neighbour : neighbours) found.insert(to_text(neighbour));
      CHECK(found == expected);
      CHECK(found.size() == neighbours.size());
    }
  }
}

TEST_CASE("neighbours of the paper's cells") {
  RandomStream random(11);
  const SearchSpace space = PaperSpace::space();
  int expected = 0;
  for (int position = 0; position < space.decisions(); ++position) expected += space.choices(position) - 1;
  CHECK(expected == 2 * (2 * (1 + 2 + 3 + 4 + 5) + 10 * 12 + 5));
  CHECK(space.neighbours(space.sample(random)).size() == static_cast<std::size_t>(expected));
}

TEST_CASE("a child has each block from one of its parents") {
  RandomStream random(12);
  for (const SearchSpace& space : all_spaces()) {
    int from_first = 0;
    int from_second = 0;
    for (int i = 0; i < 100; ++i) {
      const Architecture first = space.sample(random);
      const Architecture second = space.sample(random);
      const Architecture child = space.crossover(first, second, random);
      CHECK(space.contains(child));
      const auto count = [&](const nasnet::Cell& a, const nasnet::Cell& b, const nasnet::Cell& c) {
        for (std::size_t block = 0; block < c.blocks.size(); ++block) {
          const bool is_first = c.blocks[block] == a.blocks[block];
          const bool is_second = c.blocks[block] == b.blocks[block];
          CHECK((is_first || is_second));
          from_first += is_first ? 1 : 0;
          from_second += is_second ? 1 : 0;
        }
      };
      count(first.normal, second.normal, child.normal);
      count(first.reduction, second.reduction, child.reduction);
    }
    CHECK(from_first > 50);
    CHECK(from_second > 50);
  }
}

TEST_CASE("what is not of a space is refused with a reason") {
  RandomStream random(13);
  const SearchSpace space(three_ops,
                          {.blocks = 2, .combiners = {Combiner::add}, .same_cell = true, .allow_degenerate = false});
  const Architecture member = space.sample(random);
  const auto reason_after = [&](auto change) {
    Architecture changed = member;
    change(changed);
    CHECK_THROWS_AS(space.mutate(changed, random), nasnet::GenotypeError);
    CHECK_THROWS_AS(space.crossover(member, changed, random), nasnet::GenotypeError);
    CHECK_THROWS_AS(space.neighbours(changed), nasnet::GenotypeError);
    return space.reason_against(changed).value_or("");
  };
  CHECK(reason_after([](Architecture& a) { a.normal.blocks[0].left.state = 9; }) ==
        "normal.blocks[0].left: state 9 does not exist in this cell; it may read states 0 to 1");
  CHECK(reason_after([](Architecture& a) { a.normal.blocks[0].left.op = "max_pool_3x4"; }) ==
        "normal.blocks[0].left: unknown op 'max_pool_3x4', did you mean 'max_pool_3x3'? Known are identity, "
        "max_pool_3x3, "
        "sep_conv_3x3");
  CHECK(reason_after([](Architecture& a) { a.reduction.blocks[1].combine = Combiner::concat; }) ==
        "reduction.blocks[1].combine: concat is not in this space");
  CHECK(reason_after([](Architecture& a) {
          a.reduction.blocks[1].left.op = "identity", a.normal.blocks[1].left.op = "sep_conv_3x3";
        }) == "reduction: not the normal cell, as it is in this space");
  CHECK(reason_after([](Architecture& a) { a.normal.blocks.pop_back(), a.normal.concat = {2}; }) ==
        "normal.blocks: 1 blocks, the space has 2");
  CHECK(reason_after([](Architecture& a) {
          for (nasnet::Cell* cell : {&a.normal, &a.reduction}) {
            cell->blocks[0].left.state = cell->blocks[0].right.state = 1;
            cell->blocks[1].left.state = cell->blocks[1].right.state = 1;
            cell->concat = {2, 3};
          }
        }) == "normal: input 0 does not reach the cell's output, which this space does not allow");
  CHECK(reason_after([](Architecture& a) {
          a.inputs = 3,
          a.normal = a.reduction = {{{{0, "identity"}, {1, "identity"}}, {{0, "identity"}, {2, "identity"}}}, {3, 4}};
        }) == "inputs: 3 inputs, the space has 2");
  const SearchSpace passing(three_ops, {.blocks = 2, .pass_on_outputs = true});
  CHECK(passing.reason_against(member).value_or("") == "normal.concat: cells of this space have no list");
}

TEST_CASE("a broken sequence is refused") {
  const SearchSpace space(three_ops, {.blocks = 1});
  CHECK_THROWS_WITH(space.decode(std::vector<int>(9)), "search space: a sequence of 9 decisions, 10 expected");
  std::vector<int> sequence(10, 0);
  sequence[7] = 3;
  CHECK_THROWS_WITH(space.decode(sequence), "search space: decision 7 is 3, 0 to 2 expected");
  sequence[7] = -1;
  CHECK_THROWS_WITH(space.decode(sequence), "search space: decision 7 is -1, 0 to 2 expected");
}

TEST_CASE("impossible spaces are refused") {
  const auto refused = [](const std::vector<nasnet::OpInfo>& ops, nasnet::SpaceOptions options) {
    try {
      static_cast<void>(SearchSpace(ops, options));
    } catch (const nasnet::GenotypeError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(refused(three_ops, {.blocks = 0}) == "search space: 0 blocks; a cell has 1 to 1000");
  CHECK(refused(three_ops, {.blocks = 1001}) == "search space: 1001 blocks; a cell has 1 to 1000");
  CHECK(refused(three_ops, {.inputs = -1}) == "search space: -1 inputs; a cell has 1 to 1000");
  CHECK(refused({}, {}) == "search space: no ops");
  CHECK(refused({{"a"}, {"b"}, {"a"}}, {}) == "op table: two ops are named 'a'");
  CHECK(refused({{"a b"}}, {}) == "op table: 'a b' cannot name an op");
  CHECK(refused(three_ops, {.combiners = {}}) == "search space: no combiners");
  CHECK(refused(three_ops, {.combiners = {Combiner::add, Combiner::add}}) ==
        "search space: combiner add stands in the list twice");
  CHECK(refused(three_ops, {.combiners = {static_cast<Combiner>(7)}}) == "search space: value 7 is no combiner");
  CHECK(refused(three_ops, {.blocks = 3, .pass_on_outputs = true}) ==
        "search space: passing all outputs on needs as many blocks as inputs; found 3 blocks and 2 inputs");
  CHECK(refused(three_ops, {.blocks = 1, .inputs = 3, .allow_degenerate = false}) ==
        "search space: 1 blocks cannot read all 3 inputs, and degenerate cells are not allowed");
}

TEST_CASE("a space of one architecture has no mutation") {
  const std::vector<nasnet::OpInfo> one{{"a"}};
  const SearchSpace space(one, {.blocks = 1, .inputs = 1, .combiners = {Combiner::add}});
  RandomStream random(14);
  const Architecture only = space.sample(random);
  CHECK(space.size().to_string() == "1");
  CHECK(space.entropy() == 0.0);
  CHECK(space.neighbours(only).empty());
  CHECK_THROWS_WITH(space.mutate(only, random), "search space: the architecture has no neighbour in this space");
}

TEST_CASE("the fingerprint tells spaces apart and is fixed") {
  std::set<std::string> fingerprints;
  for (const SearchSpace& space : all_spaces()) fingerprints.insert(space.fingerprint());
  CHECK(fingerprints.size() == all_spaces().size());
  const SearchSpace paper = PaperSpace{};
  CHECK(paper.description() ==
        "ops=identity:identity,conv_1x3_3x1,conv_1x7_7x1,dil_conv_3x3,avg_pool_3x3,max_pool_3x3,max_pool_5x5,max_pool_"
        "7x7,"
        "conv_1x1,conv_3x3,sep_conv_3x3,sep_conv_5x5,sep_conv_7x7 blocks=5 inputs=2 combiners=add,concat "
        "output=loose_ends");
  CHECK(paper.fingerprint() == "a898e8264ff689e4");
  // A space is a value: the names of its ops are its own.
  SearchSpace copy = [] {
    const std::string name("short_lived");
    const std::vector<nasnet::OpInfo> ops{{name}};
    return SearchSpace(ops, {.blocks = 1});
  }();
  CHECK(copy.ops()[0].name == "short_lived");
}

TEST_CASE("the space hands its ops' flags to the canonical form") {
  const std::vector<nasnet::OpInfo> ops{{"conv"}, {"same", true, false}, {"nothing", false, true}};
  const SearchSpace space(ops, {.blocks = 2});
  const auto folded = nasnet::architecture_from_text(
      "normal[nothing(1) + same(0); conv(2) + conv(1)] reduction[conv(0) + conv(1); nothing(1) + same(2)]");
  CHECK(to_text(space.canonical_form(folded)) == "normal[conv(0) + conv(1) -> 2] reduction[conv(0) + conv(1) -> 2]");
  CHECK(space.canonical_hash(folded) == nasnet::canonical_hash(folded, ops));
  CHECK(space.canonical_hash(folded) != nasnet::canonical_hash(folded));
}

TEST_CASE("three blocks over three ops make 37,303 different cells") {
  const SearchSpace space(three_ops, {.blocks = 3, .combiners = {Combiner::add}, .same_cell = true});
  CHECK(space.size().to_string() == "419904");
  std::set<std::uint64_t> classes;
  space.for_each([&](const Architecture& architecture) { classes.insert(space.canonical_hash(architecture)); });
  CHECK(classes.size() == 37'303);
}

}  // namespace
