// A journal of an earlier version: it is read, written again to the same bytes, and its search goes on. The files are
// in tests/golden/journal, with the table and the results that that version made of them.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/genotype/canonical.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/journal/journal.hpp"
#include "nasnet/journal/record_json.hpp"
#include "nasnet/report/trials_csv.hpp"
#include "nasnet/search/search.hpp"
#include "nasnet/space/cell_space.hpp"
#include "nasnet/strategy/average_repeats.hpp"
#include "nasnet/strategy/median_stop.hpp"
#include "nasnet/strategy/random_search.hpp"
#include "nasnet/trial/json_line.hpp"
#include "search/toy_search.hpp"
#include "tests_folder.hpp"

using namespace nasnet;

namespace {

std::filesystem::path golden(const std::string& name) { return tests_folder() / "golden" / "journal" / name; }

/// The evaluator of that search.
struct Golden {
  Outcome operator()(const Architecture& architecture, TrialContext& trial) const {
    const auto hash = nasnet::canonical_hash(architecture) + static_cast<std::uint64_t>(trial.budget.value_or(0));
    if (hash % 7 == 0) fail<DataError>("broken, \"quoted\"");
    if (hash % 11 == 0) return Outcome::failed(FailureKind::crash, "a crash");
    Evaluation evaluation{.validation_accuracy = static_cast<double>(hash % 1000) / 3000, .validation_loss = 1.0 / 3};
    if (hash % 2 == 0) evaluation.metrics = {{"draw", trial.random.split("golden").uniform()}, {"a", 2}};
    return evaluation;
  }
  static std::int64_t predicted_bytes(const Architecture& architecture) {
    return static_cast<std::int64_t>(nasnet::canonical_hash(architecture) % 1000);
  }
  static nlohmann::json settings() { return {{"name", "golden"}}; }
};

History golden_search(const std::string& journal, bool resume) {
  SearchOptions options;
  options.trials = 24;
  options.seed = 7;
  options.journal = journal;
  options.resume = resume;
  options.counted = CountedNetwork{{}, {8, 8}};
  options.counted->network.cells_per_stack = 1;
  options.counted->network.filters = 4;
  options.limits.max_parameters = 5000;
  options.memory_bytes = 900;
  options.settings["--epochs"] = 2;
  const Proposal given{toy::Space::space().at(7), 1, 0};
  options.enqueue = {given, given};
  Trial known;
  known.architecture = toy::Space::space().at(70);
  known.evaluation = {.validation_accuracy = 0.25, .validation_loss = 1.5, .metrics = {{"a", 2}}};
  known.parameters = 12;
  options.known = {known};
  AverageRepeats strategy(MedianStop(RandomSearch(toy::Space::space(), 3), {.budgets = {1, 2}, .least_results = 3}), 2);
  return search<toy::Space>(strategy, Golden{}, options);
}

}  // namespace

TEST_CASE("journal: lines of an earlier version are written again to the same bytes") {
  const std::vector<std::string> lines = toy::lines(golden("journal.jsonl"));
  const Journal journal = read_journal(golden("journal.jsonl"));
  REQUIRE(journal.records.size() + 1 == lines.size());
  for (const JournalRecord& record : journal.records) {
    CHECK(detail::one_line(detail::record_json(record.event, record.trial)) ==
          lines[static_cast<std::size_t>(record.line - 1)]);
  }
}

TEST_CASE("journal: results and table of an earlier version's journal are what that version made of it") {
  const History history = read_history(golden("journal.jsonl"));
  CHECK(results_text(history) == toy::contents(golden("results.jsonl")));
  CHECK(trials_csv(history) == toy::contents(golden("trials.csv")));
}

TEST_CASE("journal: the search of an earlier version goes on, and a new one comes to the same results") {
  const TemporaryFolder folder;
  const std::vector<std::string> lines = toy::lines(golden("journal.jsonl"));
  std::string text;
  for (std::size_t line = 0; line < lines.size() / 2; ++line) text += lines[line] + '\n';
  const auto half = folder.write("half.jsonl", text);
  CHECK(results_text(golden_search(half, true)) == toy::contents(golden("results.jsonl")));
  CHECK(results_text(golden_search(folder / "new.jsonl", false)) == toy::contents(golden("results.jsonl")));
}
