#include "nasnet/strategy/random_search.hpp"

#include <cstdint>
#include <map>
#include <vector>

#include "catch.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;

namespace {

std::vector<Architecture> proposals(RandomSearch strategy, int count) {
  std::vector<Architecture> found;
  for (int k = 0; k < count; ++k) found.push_back(strategy.ask().architecture);
  return found;
}

}  // namespace

TEST_CASE("random search: proposals depend on the space, the seed and their place alone") {
  const RandomSearch fresh(CellSpace<NasnetOps, 5>::space(), 3);
  const auto first = proposals(fresh, 20);
  CHECK(first == proposals(fresh, 20));
  CHECK(first != proposals(RandomSearch(CellSpace<NasnetOps, 5>::space(), 4), 20));
  for (const Architecture& architecture : first) CHECK(CellSpace<NasnetOps, 5>::space().contains(architecture));

  RandomSearch told = fresh;
  for (const Architecture& expected : first) {
    CHECK(told.ask().architecture == expected);
    told.tell(Trial{});
  }
}

TEST_CASE("random search: a saved state goes on") {
  RandomSearch strategy(toy::Space{}, 3);
  for (int k = 0; k < 5; ++k) static_cast<void>(strategy.ask());
  const nlohmann::json state = nlohmann::json::parse(strategy.save().get().dump());
  RandomSearch loaded(toy::Space{}, 3);
  loaded.load(state);
  CHECK(proposals(loaded, 10) == proposals(strategy, 10));

  loaded.load(strategy.save());
  CHECK_THROWS_AS(loaded.load(nlohmann::json::object()), DataError);
  CHECK_THROWS_AS(loaded.load(nlohmann::json{{"proposals", -1}}), DataError);
  CHECK_THROWS_AS(loaded.load(nlohmann::json{{"proposals", "1"}}), DataError);
  CHECK_THROWS_AS(loaded.load(nlohmann::json(3)), DataError);
}

TEST_CASE("random search: each architecture of a small space is equally likely") {
  RandomSearch strategy(toy::tiny_space(), 1);
  std::map<std::int64_t, int> counts;
  constexpr int draws = 4000;
  for (int k = 0; k < draws; ++k) ++counts[toy::tiny_space().index(strategy.ask().architecture)];
  REQUIRE(counts.size() == 4);
  // Each count is binomial(4000, 1/4): mean 1000, deviation 27.4; five deviations.
  for (const auto& [index, count] : counts) CHECK(std::abs(count - 1000) < 137);
}
