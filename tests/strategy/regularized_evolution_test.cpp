#include "nasnet/strategy/regularized_evolution.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "catch.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using toy::done;

namespace {

/// The accuracies of the population, the oldest first.
std::vector<double> accuracies(const RegularizedEvolution& strategy) {
  std::vector<double> found;
  const nlohmann::json state = strategy.save();
  for (const auto& member : state["population"]) found.push_back(member["accuracy"].get<double>());
  return found;
}

bool are_neighbours(const Architecture& a, const Architecture& b) {
  const auto all = toy::Space::space().neighbours(a);
  return std::find(all.begin(), all.end(), b) != all.end();
}

/// Far apart: no architecture is a neighbour of two of them.
Architecture member(int k) {
  return toy::architecture(std::vector<std::int64_t>{0, 700, 1295}.at(static_cast<std::size_t>(k)));
}

}  // namespace

TEST_CASE("regularized evolution: each result is the youngest member, and the oldest leaves, however good it is") {
  RegularizedEvolution strategy(toy::Space{}, 1, {.population = 3, .sample = 2});
  std::vector<double> expected;
  for (const double accuracy : {0.9, 0.1, 0.5, 0.4, 0.2}) {
    strategy.tell(done(strategy.ask().proposal().architecture, accuracy));
    expected.push_back(accuracy);
    if (expected.size() > 3) expected.erase(expected.begin());
    CHECK(accuracies(strategy) == expected);
  }
  CHECK(expected == std::vector<double>{0.5, 0.4, 0.2});
}

TEST_CASE("regularized evolution: trials without a result are no members") {
  RegularizedEvolution strategy(toy::Space{}, 1, {.population = 3, .sample = 2});
  for (const TrialState state : {TrialState::failed, TrialState::rejected, TrialState::duplicate}) {
    Trial trial = done(toy::architecture(3), 0.5);
    trial.state = state;
    strategy.tell(trial);
  }
  CHECK(accuracies(strategy).empty());
}

TEST_CASE("regularized evolution: a proposal is a mutation of the tournament's best") {
  // 400 draws out of three members miss one of them with probability 3 (2/3)^400, below 1e-69.
  RegularizedEvolution strategy(toy::Space{}, 1, {.population = 3, .sample = 400});
  for (int k = 0; k < 3; ++k) strategy.tell(done(member(k), k == 1 ? 0.8 : 0.3));
  for (int k = 0; k < 30; ++k) CHECK(are_neighbours(member(1), strategy.ask().proposal().architecture));

  // Two more results: the best has left, and the next best wins.
  strategy.tell(done(member(0), 0.1));
  strategy.tell(done(member(0), 0.1));
  for (int k = 0; k < 30; ++k) CHECK(are_neighbours(member(2), strategy.ask().proposal().architecture));
}

TEST_CASE("regularized evolution: a tournament of one draws any member") {
  RegularizedEvolution strategy(toy::Space{}, 1, {.population = 3, .sample = 1});
  for (int k = 0; k < 3; ++k) strategy.tell(done(member(k), 0.1 * k));
  std::vector<int> counts(3);
  for (int k = 0; k < 600; ++k) {
    const Architecture child = strategy.ask().proposal().architecture;
    for (int parent = 0; parent < 3; ++parent)
      counts[static_cast<std::size_t>(parent)] += are_neighbours(member(parent), child) ? 1 : 0;
  }
  CHECK(counts[0] + counts[1] + counts[2] == 600);
  // Each count is binomial(600, 1/3): mean 200, deviation 11.5; five deviations.
  for (const int count : counts) CHECK(std::abs(count - 200) < 58);
}

TEST_CASE("regularized evolution: is random until the population is full") {
  RegularizedEvolution strategy(toy::Space{}, 1, {.population = 50, .sample = 50});
  std::set<std::int64_t> different;
  strategy.tell(done(member(0), 0.9));
  int near_the_best = 0;
  for (int k = 0; k < 49; ++k) {
    const Architecture proposal = strategy.ask().proposal().architecture;
    different.insert(toy::Space::space().index(proposal));
    near_the_best += are_neighbours(member(0), proposal) ? 1 : 0;
    strategy.tell(done(proposal, 0.1));
  }
  CHECK(different.size() > 40);
  CHECK(near_the_best < 5);
  // 50 draws with replacement miss the best of 50 in one tournament out of e.
  int children_of_the_best = 0;
  for (int k = 0; k < 100; ++k) {
    children_of_the_best += are_neighbours(member(0), strategy.ask().proposal().architecture) ? 1 : 0;
  }
  CHECK(children_of_the_best > 40);
}

TEST_CASE("regularized evolution: options out of range are refused") {
  CHECK_THROWS_MATCHES(RegularizedEvolution(toy::Space{}, 1, {.population = 0}), ArgumentError,
                       MessageMatches(ContainsSubstring("a population of 0")));
  CHECK_THROWS_MATCHES(RegularizedEvolution(toy::Space{}, 1, {.sample = 0}), ArgumentError,
                       MessageMatches(ContainsSubstring("tournaments of 0 members")));
  RegularizedEvolution strategy(toy::Space{}, 1, {.population = 2});
  RegularizedEvolution larger(toy::Space{}, 1, {.population = 3});
  for (int k = 0; k < 3; ++k) larger.tell(done(member(k), 0.5));
  CHECK_THROWS_MATCHES(strategy.load(larger.save()), DataError, MessageMatches(ContainsSubstring("has 3 members")));
}
