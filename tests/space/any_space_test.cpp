#include "nasnet/space/any_space.hpp"

#include <cstdint>
#include <type_traits>

#include "catch.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/canonical.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/op_expansions.hpp"
#include "nasnet/space/cell_space.hpp"
#include "nasnet/space/nasbench201_space.hpp"

using namespace nasnet;

static_assert(ArchitectureSpace<SearchSpace> && ArchitectureSpace<Nasbench201Space> && ArchitectureSpace<AnySpace>);
static_assert(!ArchitectureSpace<int> && !std::is_constructible_v<AnySpace, int>);

namespace {

using Small = CellSpace<OpSet<Identity, SepConv<3>>, 2>;

/// All functions of one space beside those of the same space as any.
template <class Space>
void check_equal(const Space& space, const AnySpace& any, std::uint64_t seed) {
  RandomStream one(seed);
  RandomStream other(seed);
  const Architecture a = space.sample(one);
  REQUIRE(any.sample(other) == a);
  const Architecture b = space.mutate(a, one);
  CHECK(any.mutate(a, other) == b);
  CHECK(any.crossover(a, b, other) == space.crossover(a, b, one));
  CHECK(any.neighbours(a) == space.neighbours(a));
  CHECK(any.encode(a) == space.encode(a));
  CHECK(any.decode(space.encode(a)) == a);
  CHECK(any.canonical_hash(a) == space.canonical_hash(a));
  CHECK(any.at(7) == space.at(7));
  CHECK(any.contains(a));
  for (int position = 0; position < space.decisions(); ++position) {
    CHECK(any.choices(position) == space.choices(position));
  }
}

}  // namespace

TEST_CASE("any space: does what the space in it does") {
  const auto seed = GENERATE(std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3});
  check_equal(Small::space(), Small{}, seed);
  check_equal(Nasbench201Space(), Nasbench201Space(), seed);
}

TEST_CASE("any space: knows what it is") {
  const AnySpace any = Small{};
  CHECK(any.decisions() == 20);
  CHECK(any.sequences() == Small::space().sequences());
  CHECK(any.description() == Small::space().description());
  CHECK(any.fingerprint() == Small::space().fingerprint());
  CHECK(any.fingerprint() != AnySpace(Nasbench201Space()).fingerprint());
  CHECK_FALSE(any.contains(Nasbench201Space::at(0)));
  CHECK(any.reason_against(Nasbench201Space::at(0)) == Small::space().reason_against(Nasbench201Space::at(0)));
}
