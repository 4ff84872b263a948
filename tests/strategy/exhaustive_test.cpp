#include "nasnet/strategy/exhaustive.hpp"

#include <cstdint>
#include <set>
#include <vector>

#include "catch.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

std::vector<Architecture> proposals(Exhaustive strategy) {
  std::vector<Architecture> found;
  for (Answer answer = strategy.ask(); !answer.is_exhausted(); answer = strategy.ask()) {
    found.push_back(answer.proposal().architecture);
  }
  CHECK(strategy.ask().is_exhausted());
  return found;
}

}  // namespace

TEST_CASE("exhaustive search: proposes each architecture once, in order, then is exhausted") {
  const SearchSpace space = toy::Space::space();
  std::vector<Architecture> expected;
  space.for_each([&](const Architecture& architecture) { expected.push_back(architecture); });
  CHECK(expected.size() == 5184);
  CHECK(proposals(Exhaustive(space, {.canonical_only = false})) == expected);

  std::set<std::uint64_t> forms;
  std::vector<Architecture> first_of_form;
  for (const Architecture& architecture : expected) {
    if (forms.insert(space.canonical_hash(architecture)).second) first_of_form.push_back(architecture);
  }
  CHECK(first_of_form.size() < expected.size());
  CHECK(proposals(Exhaustive(space)) == first_of_form);
}

TEST_CASE("exhaustive search: leaves out what the space does not allow") {
  const auto ops = OpSet<MaxPool<3>, SepConv<3>>::infos();
  const SearchSpace space(ops,
                          {.blocks = 1, .combiners = {Combiner::add}, .same_cell = true, .allow_degenerate = false});
  const auto found = proposals(Exhaustive(space, {.canonical_only = false}));
  CHECK(BigUnsigned(found.size()) == space.size());
  CHECK(space.size() < space.sequences());
  for (const Architecture& architecture : found) CHECK(space.contains(architecture));
}

TEST_CASE("exhaustive search: a search ends when all architectures were tried") {
  SearchOptions options = toy::options(5000);
  const History history = search<toy::Space>(Exhaustive(toy::Space{}), toy::Evaluator{.fails = false}, options);
  CHECK(history.exhausted);
  CHECK(history.skipped.empty());
  std::set<std::uint64_t> forms;
  for (const Trial& trial : history.trials) forms.insert(trial.hash);
  CHECK(forms.size() == history.trials.size());
  CHECK(forms.size() == proposals(Exhaustive(toy::Space{})).size());
}

TEST_CASE("exhaustive search: each architecture with each budget and repeat") {
  const ExhaustiveOptions options{.budgets = {1, 4}, .repeats = 3};
  const std::vector<Architecture> cells = proposals(Exhaustive(toy::Space{}));
  Exhaustive strategy(toy::Space{}, options);
  Exhaustive other(toy::Space{}, options);
  for (const Architecture& cell : cells) {
    for (const std::int64_t budget : options.budgets) {
      for (std::int64_t repeat = 0; repeat < 3; ++repeat) {
        const Answer answer = strategy.ask();
        REQUIRE(answer.has_proposal());
        REQUIRE(answer.proposal() == Proposal{cell, budget, repeat});
        if (cell == cells[20]) {  // goes on from any place
          other.load(strategy.save());
          CHECK(other.ask().proposal() == Exhaustive(strategy).ask().proposal());
        }
      }
    }
  }
  CHECK(strategy.ask().is_exhausted());

  SearchOptions search_options = toy::options(30);
  const History history =
      search<toy::Space>(Exhaustive(toy::Space{}, options), toy::Evaluator{.fails = false}, search_options);
  CHECK(history.skipped.empty());  // they are no duplicates of each other
  CHECK(history.trials.size() == 30);
}

TEST_CASE("exhaustive search: options and states out of range are refused") {
  CHECK_THROWS_AS(Exhaustive(toy::Space{}, {.repeats = 0}), ArgumentError);
  CHECK_THROWS_AS(Exhaustive(toy::Space{}, {.budgets = {1, 0}}), ArgumentError);
  Exhaustive strategy(toy::Space{}, {.budgets = {1, 4}, .repeats = 3});
  CHECK_THROWS_AS(strategy.load(nlohmann::json{{"next", 5}, {"proposed", 7}}), DataError);
  CHECK_THROWS_AS(strategy.load(nlohmann::json{{"next", 5}}), DataError);
}

TEST_CASE("exhaustive search: a space that cannot be numbered is refused") {
  CHECK_THROWS_MATCHES(Exhaustive(CellSpace<NasnetOps, 5>::space()), ArgumentError,
                       MessageMatches(ContainsSubstring("sequences, at most")));
}
