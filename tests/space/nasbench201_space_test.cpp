#include "nasnet/space/nasbench201_space.hpp"

#include <array>
#include <set>
#include <vector>

#include "catch.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/canonical.hpp"
#include "nasnet/genotype/fault.hpp"
#include "nasnet/genotype/json.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

enum Op { none, skip, conv1, conv3, pool };

/// Ops of the edges 0-1, 0-2, 1-2, 0-3, 1-3, 2-3.
Architecture cell(const std::array<int, 6>& edges) { return Nasbench201Space::decode(edges); }

const Nasbench201Space& space() {
  static const Nasbench201Space value;
  return value;
}

bool are_alike(const std::array<int, 6>& a, const std::array<int, 6>& b) {
  return space().canonical_hash(cell(a)) == space().canonical_hash(cell(b));
}

}  // namespace

TEST_CASE("NAS-Bench-201: cells, numbers and decisions are one to one") {
  std::set<std::vector<int>> sequences;
  for (std::int64_t index = 0; index < Nasbench201Space::cells; ++index) {
    const Architecture architecture = Nasbench201Space::at(index);
    const std::vector<int> sequence = Nasbench201Space::encode(architecture);
    REQUIRE(Nasbench201Space::index(architecture) == index);
    REQUIRE(Nasbench201Space::decode(sequence) == architecture);
    sequences.insert(sequence);
  }
  CHECK(sequences.size() == 15'625);
  CHECK(Nasbench201Space::encode(Nasbench201Space::at(1)) == std::vector<int>{0, 0, 0, 0, 0, 1});
  CHECK(Nasbench201Space::sequences() == 15'625);
}

TEST_CASE("NAS-Bench-201: a cell is a valid architecture whose sums are those of the benchmark") {
  const Architecture a = cell({conv1, conv3, pool, skip, none, conv3});
  CHECK_FALSE(validate(a));
  CHECK(architecture_from_json(to_json_text(a)) == a);
  const std::vector<Block>& blocks = a.normal.blocks;
  REQUIRE(blocks.size() == 4);
  CHECK(blocks[0] == Block{{0, "nor_conv_1x1"}, {0, "none"}, Combiner::add});
  CHECK(blocks[1] == Block{{0, "nor_conv_3x3"}, {1, "avg_pool_3x3"}, Combiner::add});
  CHECK(blocks[2] == Block{{0, "skip_connect"}, {1, "none"}, Combiner::add});
  CHECK(blocks[3] == Block{{3, "skip_connect"}, {2, "nor_conv_3x3"}, Combiner::add});
}

TEST_CASE("NAS-Bench-201: neighbours differ in one op, mutations are neighbours") {
  const Architecture a = cell({1, 2, 3, 4, 0, 1});
  const std::vector<Architecture> neighbours = Nasbench201Space::neighbours(a);
  CHECK(neighbours.size() == 24);
  std::set<std::int64_t> numbers;
  for (const Architecture& other : neighbours) {
    numbers.insert(Nasbench201Space::index(other));
    int differing = 0;
    for (std::size_t edge = 0; edge < 6; ++edge) {
      differing += Nasbench201Space::encode(other)[edge] != Nasbench201Space::encode(a)[edge] ? 1 : 0;
    }
    CHECK(differing == 1);
  }
  CHECK(numbers.size() == 24);
  RandomStream random(1);
  std::set<std::int64_t> mutations;
  for (int k = 0; k < 500; ++k) mutations.insert(Nasbench201Space::index(Nasbench201Space::mutate(a, random)));
  CHECK(mutations == numbers);
}

TEST_CASE("NAS-Bench-201: crossover takes each edge from one parent") {
  RandomStream random(1);
  std::set<std::vector<int>> children;
  for (int k = 0; k < 1000; ++k) {
    children.insert(Nasbench201Space::encode(
        Nasbench201Space::crossover(cell({0, 0, 0, 0, 0, 0}), cell({4, 4, 4, 4, 4, 4}), random)));
  }
  CHECK(children.size() == 64);
  for (const auto& child : children) {
    for (const int op : child) CHECK((op == 0 || op == 4));
  }
}

TEST_CASE("NAS-Bench-201: cells that compute the same have one hash, 4,930 in all") {
  std::set<std::uint64_t> hashes;
  for (std::int64_t index = 0; index < Nasbench201Space::cells; ++index) {
    hashes.insert(space().canonical_hash(Nasbench201Space::at(index)));
  }
  CHECK(hashes.size() == 4'930);
  CHECK(are_alike({conv3, none, none, none, none, none}, {none, none, none, none, none, none}));  // nothing arrives
  CHECK(are_alike({conv3, none, none, none, skip, none}, {none, none, none, conv3, none, none}));
  CHECK(are_alike({skip, none, conv1, none, none, skip}, {none, conv1, none, none, none, skip}));
  CHECK(are_alike({skip, none, none, none, skip, none}, {none, skip, none, none, none, skip}));
  CHECK_FALSE(are_alike({none, none, none, skip, skip, none}, {skip, none, none, skip, skip, none}));  // x and x + x
  CHECK_FALSE(are_alike({none, none, none, conv1, none, none}, {none, none, none, conv3, none, none}));
}

TEST_CASE("NAS-Bench-201: what is no cell of it is refused") {
  Architecture other = Nasbench201Space::at(5);
  other.normal.blocks[0].right.op = "skip_connect";
  CHECK_THROWS_MATCHES(Nasbench201Space::index(other), GenotypeError,
                       MessageMatches(ContainsSubstring("no cell of NAS-Bench-201")));
  other = Nasbench201Space::at(5);
  other.normal.blocks[1].left.op = "sep_conv_3";
  CHECK(Nasbench201Space::reason_against(other));
  CHECK(Nasbench201Space::reason_against(Architecture{}));
  CHECK_FALSE(Nasbench201Space::reason_against(Nasbench201Space::at(5)));
  CHECK_THROWS_AS(Nasbench201Space::at(-1), GenotypeError);
  CHECK_THROWS_AS(Nasbench201Space::at(15'625), GenotypeError);
  CHECK_THROWS_AS(Nasbench201Space::decode(std::vector<int>{0, 0, 0, 0, 0}), GenotypeError);
  CHECK_THROWS_AS(Nasbench201Space::decode(std::vector<int>{0, 0, 0, 0, 0, 5}), GenotypeError);
}
