#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "nasnet/strategy/pareto_archive.hpp"
#include "nasnet/strategy/pareto_evolution.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

Trial trial(std::int64_t number, double accuracy, std::int64_t parameters, double latency = 0) {
  Trial result;
  result.number = number;
  result.architecture = toy::architecture(number);
  result.evaluation = {accuracy, 0, {{"latency", latency}}};
  result.parameters = parameters;
  return result;
}

std::vector<std::int64_t> numbers(const ParetoArchive& archive) {
  std::vector<std::int64_t> found;
  for (const Trial& one : archive.front()) found.push_back(one.number);
  return found;
}

/// 12 operands.
using Larger = CellSpace<OpSet<Identity, MaxPool<3>, SepConv<3>>, 3>;

/// Convolutions give accuracy and cost as much; reading the older state costs without giving anything.
struct Conflicting {
  nasnet::Evaluation operator()(const Architecture& architecture, TrialContext&) const {
    int convolutions = 0;
    int waste = 0;
    for (const Cell* cell : {&architecture.normal, &architecture.reduction}) {
      for (const Block& block : cell->blocks) {
        for (const BlockInput* input : {&block.left, &block.right}) {
          convolutions += input->op == "sep_conv_3x3" ? 1 : 0;
          waste += input->state == 1 ? 1 : 0;
        }
      }
    }
    return {.validation_accuracy = 0.05 * convolutions, .metrics = {{"cost", convolutions + 0.5 * waste}}};
  }
};

}  // namespace

TEST_CASE("pareto archive: keeps what nothing dominates") {
  ParetoArchive archive({"parameters"});
  CHECK(archive.add(trial(0, 0.5, 100)));
  CHECK(archive.add(trial(1, 0.7, 300)));
  CHECK_FALSE(archive.add(trial(2, 0.6, 300)));
  CHECK_FALSE(archive.add(trial(3, 0.5, 100)));  // equal: the first stays
  CHECK(archive.add(trial(4, 0.4, 50)));
  CHECK(numbers(archive) == std::vector<std::int64_t>{1, 0, 4});
  CHECK(archive.add(trial(5, 0.7, 60)));  // dominates 1 and 0
  CHECK(numbers(archive) == std::vector<std::int64_t>{5, 4});
  Trial failed = trial(6, 0.99, 1);
  failed.state = TrialState::failed;
  CHECK_FALSE(archive.add(failed));
}

TEST_CASE("pareto archive: costs by name") {
  const Trial one = trial(0, 0.5, 100, 3.5);
  CHECK(cost_of(one, "parameters") == 100.0);
  CHECK(cost_of(one, "latency") == 3.5);
  CHECK_FALSE(cost_of(one, "multiply_adds"));
  CHECK_FALSE(cost_of(one, "beauty"));
  CHECK(objectives_of(one, {"latency", "parameters"}) == std::vector<double>{-0.5, 3.5, 100});
  ParetoArchive archive({"multiply_adds"});
  CHECK_THROWS_MATCHES(archive.add(one), ArgumentError, MessageMatches(ContainsSubstring("no cost 'multiply_adds'")));

  ParetoArchive both({"parameters", "latency"});
  CHECK(both.add(trial(0, 0.5, 100, 5)));
  CHECK(both.add(trial(1, 0.5, 200, 4)));
  CHECK_FALSE(both.add(trial(2, 0.5, 200, 5)));
}

TEST_CASE("pareto archive: the area of a front") {
  ParetoArchive archive({"parameters"});
  CHECK(archive.hypervolume(0, 100) == 0);
  archive.add(trial(0, 0.5, 20));
  CHECK(archive.hypervolume(0, 100) == Approx(0.5 * 80));
  archive.add(trial(1, 0.8, 60));
  CHECK(archive.hypervolume(0, 100) == Approx(0.5 * 80 + 0.3 * 40));
  CHECK(archive.hypervolume(0.6, 100) == Approx(0.2 * 40));
  CHECK(archive.hypervolume(0, 50) == Approx(0.5 * 30));
  CHECK_THROWS_AS(ParetoArchive({"a", "b"}).hypervolume(0, 1), ArgumentError);
}

TEST_CASE("pareto evolution: fronts and room, by hand") {
  // Front 0: (0,4) (1,2) (4,0); front 1: (2,4) (3,3); front 2: (5,5).
  const std::vector<std::vector<double>> points{{0, 4}, {5, 5}, {1, 2}, {2, 4}, {4, 0}, {3, 3}};
  std::vector<const std::vector<double>*> pointers;
  for (const auto& point : points) pointers.push_back(&point);
  const detail::ParetoRanks ranks = detail::pareto_ranks(pointers);
  CHECK(ranks.front == std::vector<std::int64_t>{0, 2, 0, 1, 0, 1});
  CHECK(std::isinf(ranks.crowding[0]));
  CHECK(std::isinf(ranks.crowding[4]));
  CHECK(ranks.crowding[2] == Approx(4.0 / 4 + 4.0 / 4));
  CHECK(ranks.is_better(2, 3));
  CHECK(ranks.is_better(0, 2));
  CHECK_FALSE(ranks.is_better(1, 5));
}

TEST_CASE("pareto evolution: the worst leaves a full population") {
  ParetoEvolution strategy(toy::Space{}, 1, {.population = 3});
  strategy.tell(trial(0, 0.5, 100));
  strategy.tell(trial(1, 0.7, 300));
  strategy.tell(trial(2, 0.4, 200));  // dominated by 0
  strategy.tell(trial(3, 0.9, 900));
  const nlohmann::json state = strategy.save();
  std::set<double> accuracies;
  for (const auto& member : state["population"]) accuracies.insert(-member["objectives"][0].get<double>());
  CHECK(accuracies == std::set<double>{0.5, 0.7, 0.9});
  strategy.tell(trial(4, 0.1, 950));  // dominated by all
  CHECK(strategy.save()["population"] == state["population"]);
}

TEST_CASE("pareto evolution: comes closer to the front than random search") {
  const std::uint64_t seed = GENERATE(std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3});
  SearchOptions options = toy::options(500);
  const auto front = [&](auto strategy) {
    return pareto_archive(search<Larger>(strategy, Conflicting{}, options), {"cost"});
  };
  const ParetoArchive found = front(ParetoEvolution(Larger::space(), seed, {.costs = {"cost"}, .population = 30}));
  const ParetoArchive random = front(RandomSearch(Larger::space(), seed));
  // The whole front, cost k for accuracy 0.05 k with k up to 12, has 0.05 (12 + 11 + ... + 1) = 3.9 below cost 13.
  CHECK(found.hypervolume(0, 13) > 3.5);
  CHECK(found.hypervolume(0, 13) > random.hypervolume(0, 13) + 0.2);
}

TEST_CASE("pareto evolution: what is out of range or missing is refused") {
  CHECK_THROWS_AS(ParetoEvolution(toy::Space{}, 1, {.population = 1}), ArgumentError);
  CHECK_THROWS_AS(ParetoEvolution(toy::Space{}, 1, {.crossover = 1.5}), ArgumentError);
  CHECK_THROWS_AS(ParetoEvolution(toy::Space{}, 1, {.costs = {}}), ArgumentError);
  ParetoEvolution strategy(toy::Space{}, 1, {.costs = {"latency", "watts"}});
  CHECK_THROWS_MATCHES(strategy.tell(trial(7, 0.5, 3)), ArgumentError,
                       MessageMatches(ContainsSubstring("trial 7 has no cost 'watts'")));
}
