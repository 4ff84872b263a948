#include "nasnet/evaluator/latency.hpp"

#include <cstdint>
#include <string>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/space/candidate.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

LatencyMeter meter(LatencyOptions options = {.warm_up = 1, .repetitions = 3}) {
  CountedNetwork counted{{}, {8, 8}};
  counted.network.cells_per_stack = 1;
  counted.network.filters = 4;
  return LatencyMeter(counted, options);
}

Candidate candidate() { return {toy::architecture(2000), toy::Space::space().ops()}; }

}  // namespace

TEST_CASE("latency: is measured once for each architecture, and copies know it") {
  const LatencyMeter measure = meter();
  const LatencyMeter copy = measure;  // NOLINT: on purpose
  const Latency first = measure(candidate());
  CHECK(first.least > 0);
  CHECK(first.least <= first.median);
  CHECK(first.median <= first.most);
  const Latency again = copy(candidate());
  CHECK(again.median == first.median);
  CHECK(again.most == first.most);
}

TEST_CASE("latency: more images take longer") {
  const double one = meter({.warm_up = 2, .repetitions = 9})(candidate()).least;
  const LatencyMeter many = meter({.batch = 64, .warm_up = 2, .repetitions = 9});
  CHECK(many(candidate()).least > one);
}

TEST_CASE("latency: as a metric, which the journal records and a search that goes on does not measure again") {
  const TemporaryFolder folder;
  toy::Evaluator toy;
  toy.fails = false;
  SearchOptions options = toy::options(4);
  options.journal = folder / "run.jsonl";
  options.resume = true;
  const auto run = [&] {
    return search<toy::Space>(RandomSearch(toy::Space{}, 3), MeasureLatency<toy::Evaluator>(toy, meter()), options);
  };
  const History history = run();
  for (const Trial& trial : history.trials) CHECK(trial.evaluation.metrics.at("latency") > 0);
  CHECK(results_text(run()) == results_text(history));
  CHECK(history.settings["evaluator"]["latency"]["repetitions"] == 3);
  CHECK(history.settings["evaluator"]["evaluator"]["name"] == "toy");
}

TEST_CASE("latency: as a limit, whose reasons the journal records") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(4);
  options.max_skipped = 6;
  options.journal = folder / "run.jsonl";
  options.resume = true;
  const auto run = [&](double seconds) {
    options.rules = {meter().at_most(seconds)};
    return search<toy::Space>(RandomSearch(toy::Space{}, 3), toy::Evaluator{}, options);
  };
  const History none = run(1e-9);
  CHECK(none.trials.empty());
  CHECK(none.exhausted);
  CHECK_THAT(none.skipped.at(0).message, ContainsSubstring("ms, at most 1e-06 ms are allowed"));
  const History again = run(1e-9);
  for (std::size_t n = 0; n < 6; ++n) CHECK(again.skipped.at(n).message == none.skipped.at(n).message);
  CHECK_THROWS_MATCHES(run(1), ArgumentError, MessageMatches(ContainsSubstring("rules")));
  options.journal = folder / "other.jsonl";
  CHECK(run(1000).trials.size() == 4);
}

TEST_CASE("latency: options out of range are refused") {
  for (const LatencyOptions& options : {LatencyOptions{.batch = 0}, LatencyOptions{.threads = 0},
                                        LatencyOptions{.warm_up = -1}, LatencyOptions{.repetitions = 0}}) {
    CHECK_THROWS_AS(meter(options), ArgumentError);
  }
  CHECK_THROWS_AS(meter().at_most(0), ArgumentError);
}
