#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/search/duplicates.hpp"
#include "nasnet/search/search.hpp"
#include "search/killed_runs.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

/// Searches of one kind, which go on in a journal.
struct Resumable {
  SearchOptions options;
  bool climbs = false;  // heeds results
  toy::Evaluator evaluate{};

  explicit Resumable(const std::filesystem::path& journal, std::int64_t trials = 12, int workers = 1)
      : options(toy::options(trials, workers)) {
    options.journal = journal;
    options.resume = true;
    options.pool = std::make_shared<ThreadPool>(workers);  // making threads would take most of the time
  }

  [[nodiscard]] History run() const {
    if (climbs) return search<toy::Space>(toy::Climber(3), evaluate, options);
    return search<toy::Space>(RandomSearch(toy::Space{}, 3), evaluate, options);
  }
};

std::int64_t highest_attempt(const History& history) {
  std::int64_t highest = 0;
  for (const Trial& trial : history.trials) highest = (std::max)(highest, trial.attempt);
  return highest;
}

/// All bytes of the last line, those around line ends, and one in five of the others.
bool is_cut_here(const std::string& text, std::size_t size) {
  const std::size_t last = text.rfind('\n', text.size() - 2);
  const bool ends = size == 0 || text[size - 1] == '\n' || text[(std::min)(size, text.size() - 1)] == '\n';
  return ends || size > last || size % 5 == 0;
}

}  // namespace

TEST_CASE("resume: from a journal cut anywhere, the results are those of an uninterrupted search") {
  const TemporaryFolder folder;
  Resumable search(folder / "whole.jsonl", 4);
  search.climbs = GENERATE(false, true);
  const std::string expected = results_text(search.run());
  const std::string text = toy::contents(folder / "whole.jsonl");
  search.options.journal = folder / "cut.jsonl";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    if (!is_cut_here(text, size)) continue;
    toy::store(search.options.journal, text.substr(0, size));
    const History history = search.run();
    const bool is_torn = size > 0 && text[size - 1] != '\n';
    INFO("cut at byte " << size);
    REQUIRE(results_text(history) == expected);
    REQUIRE(history.notices.size() == (is_torn ? 1 : 0));
    if (is_torn) REQUIRE_THAT(history.notices[0], ContainsSubstring("the last line was not written whole"));
    REQUIRE(results_text(read_history(search.options.journal)) == expected);
  }
}

TEST_CASE("resume: from a journal of several workers cut after any line") {
  const TemporaryFolder folder;
  Resumable search(folder / "whole.jsonl", 15, 3);
  search.evaluate.most_milliseconds = 2;
  const std::string expected = results_text(search.run());
  const auto lines = toy::lines(folder / "whole.jsonl");
  search.evaluate.most_milliseconds = 0;
  search.options.journal = folder / "cut.jsonl";
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
    toy::store(search.options.journal, text);
    CHECK(results_text(search.run()) == expected);
  }
}

TEST_CASE("resume: of a search that exhausts its space, cut after any line") {
  const TemporaryFolder folder;
  const SearchSpace space = toy::tiny_space();
  SearchOptions options = toy::options(100);
  options.max_skipped = 10;
  options.resume = true;
  options.journal = folder / "whole.jsonl";
  const auto run = [&] { return search(space, RandomSearch(space, 1), toy::Evaluator{}, options); };
  const History whole = run();
  REQUIRE(whole.exhausted);
  options.journal = folder / "cut.jsonl";
  std::string text;
  for (const std::string& line : toy::lines(folder / "whole.jsonl")) {
    text += line + "\n";
    toy::store(options.journal, text);
    const History history = run();
    CHECK(history.exhausted);
    CHECK(history.notices == whole.notices);
    CHECK(history.skipped.size() == whole.skipped.size());
    CHECK(results_text(history) == results_text(whole));
  }
}

TEST_CASE("resume: killed at random points, again and again") {
  const TemporaryFolder folder;
  const int workers = GENERATE(1, 2);
  Resumable search(folder / "uninterrupted.jsonl", 25, workers);
  search.climbs = workers == 1;  // with feedback and several workers, results depend on their order
  const std::string expected = results_text(search.run());

  search.options.journal = folder / "killed.jsonl";
  search.options.pool.reset();  // a child has no threads of its parent
  search.evaluate.most_milliseconds = 4;
  RandomStream random(static_cast<std::uint64_t>(workers));
  CHECK(toy::kill_until_through([&] { static_cast<void>(search.run()); }, random) > 0);
  const History history = search.run();
  CHECK(results_text(history) == expected);
  CHECK(results_text(read_history(search.options.journal)) == expected);
}

TEST_CASE("resume: a trial that was running is run again under its number") {
  const TemporaryFolder folder;
  Resumable search(folder / "run.jsonl", 4);
  static_cast<void>(search.run());
  auto lines = toy::lines(folder / "run.jsonl");
  while (lines.back().find("\"trial\":2") == std::string::npos) lines.pop_back();
  lines.pop_back();  // trial 2 has started
  REQUIRE(lines.back().find("\"event\":\"started\",\"trial\":2") != std::string::npos);
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  toy::store(folder / "run.jsonl", text);

  const History history = search.run();
  CHECK(highest_attempt(history) == 1);
  CHECK(history.trials.at(2).attempt == 1);
  const auto added = toy::lines(folder / "run.jsonl").at(lines.size());
  CHECK_THAT(added, ContainsSubstring("\"event\":\"started\",\"trial\":2"));
  CHECK_THAT(added, ContainsSubstring("\"attempt\":1"));
}

TEST_CASE("resume: a finished search is left as it is") {
  const TemporaryFolder folder;
  Resumable search(folder / "run.jsonl", 10);
  const History history = search.run();
  const std::string before = toy::contents(folder / "run.jsonl");
  const History again = search.run();
  CHECK(toy::contents(folder / "run.jsonl") == before);
  CHECK(equal_results(history, again));
  CHECK(again.skipped.size() == history.skipped.size());
  CHECK(again.settings == history.settings);
  CHECK(again.notices.empty());
  for (const Trial& trial : again.trials) CHECK(trial.attempt == 0);
  CHECK(results_text(read_history(folder / "run.jsonl")) == results_text(history));
}

TEST_CASE("resume: more trials extend a search") {
  const TemporaryFolder folder;
  static_cast<void>(Resumable(folder / "run.jsonl", 10).run());
  const History extended = Resumable(folder / "run.jsonl", 25, 2).run();
  CHECK(equal_results(extended, Resumable(folder / "other.jsonl", 25).run()));
  const History fewer = Resumable(folder / "run.jsonl", 5).run();
  CHECK(equal_results(fewer, extended));
}

TEST_CASE("resume: without resume a journal that exists is refused and left as it is") {
  const TemporaryFolder folder;
  Resumable search(folder / "run.jsonl");
  static_cast<void>(search.run());
  const std::string before = toy::contents(folder / "run.jsonl");
  search.options.resume = false;
  CHECK_THROWS_MATCHES(search.run(), ArgumentError, MessageMatches(ContainsSubstring("run.jsonl' holds the journal")));
  CHECK(toy::contents(folder / "run.jsonl") == before);

  search.options.journal = folder.write("empty.jsonl", "");
  CHECK(search.run().trials.size() == 12);
}

TEST_CASE("resume: without a journal a search begins") {
  const TemporaryFolder folder;
  CHECK(Resumable(folder / "run.jsonl").run().notices.empty());
  toy::store(folder / "torn.jsonl", "{\"format\":2,\"nas");
  const History history = Resumable(folder / "torn.jsonl").run();
  CHECK(history.trials.size() == 12);
  CHECK(history.notices.size() == 1);
  CHECK(equal_results(history, read_history(folder / "run.jsonl")));
}

TEST_CASE("resume: other settings are refused, the first that differs is named, nothing is lost") {
  const TemporaryFolder folder;
  Resumable search(folder / "run.jsonl");
  search.options.settings = nlohmann::json{{"data", {{"images", 1000}}}};
  static_cast<void>(search.run());
  toy::store(folder / "run.jsonl", toy::contents(folder / "run.jsonl") + "torn");
  const std::string before = toy::contents(folder / "run.jsonl");
  const auto refused = [&](const std::function<void(Resumable&)>& change, const std::string& sentence) {
    Resumable other = search;
    change(other);
    CHECK_THROWS_MATCHES(other.run(), ArgumentError, MessageMatches(ContainsSubstring(sentence)));
    CHECK(toy::contents(folder / "run.jsonl") == before);
  };
  refused([](Resumable& s) { s.options.seed = 8; }, "seed: the journal has 7, this run has 8");
  refused([](Resumable& s) { s.options.settings["data"]["images"] = 2000; },
          "another search: data.images: the journal has 1000, this run has 2000");
  refused([](Resumable& s) { s.options.settings["more"] = true; },
          "another search: more: the journal has nothing, this run has true");
  refused([](Resumable& s) { s.evaluate.name = "other"; },
          "evaluator.name: the journal has \"toy\", this run has \"other\"");
  refused([](Resumable& s) { s.climbs = true; }, "strategy.name: the journal has \"random\", this run has \"climber\"");
  refused([](Resumable& s) { s.options.duplicates = Duplicates::evaluate; }, "duplicates");
  refused([](Resumable& s) { s.options.trial_seconds = 5; },
          "trial_seconds: the journal has nothing, this run has 5.0");
  refused([](Resumable& s) { s.options.trial_bytes = 1 << 20; }, "trial_bytes");
  refused([](Resumable& s) { s.options.max_skipped = 10; }, "max_skipped");
  CHECK_THROWS_MATCHES(
      nasnet::search(toy::tiny_space(), RandomSearch(toy::tiny_space(), 3), search.evaluate, search.options),
      ArgumentError, MessageMatches(ContainsSubstring("space: the journal has \"ops=identity")));
  search.options.workers = 2;
  search.options.pool.reset();
  CHECK(search.run().trials.size() == 12);
}

TEST_CASE("resume: another version or instruction set is noted") {
  const TemporaryFolder folder;
  Resumable search(folder / "run.jsonl", 5);
  static_cast<void>(search.run());
  auto lines = toy::lines(folder / "run.jsonl");
  auto header = nlohmann::ordered_json::parse(lines[0]);
  header["nasnet"] = "0.0.1";
  header["instruction_set"] = "abacus";
  std::string text = header.dump() + "\n";
  for (std::size_t n = 1; n < lines.size(); ++n) text += lines[n] + "\n";
  toy::store(folder / "run.jsonl", text);
  const History history = search.run();
  REQUIRE(history.notices.size() == 2);
  CHECK_THAT(history.notices[0], ContainsSubstring("version of nasnet 0.0.1"));
  CHECK_THAT(history.notices[1], ContainsSubstring("instruction set abacus"));
}

TEST_CASE("resume: a strategy that does not repeat itself is noticed") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(4);
  options.journal = folder / "run.jsonl";
  options.resume = true;
  const auto from = [](std::int64_t first) {
    return toy::Scripted{[first](int asked, int) { return Answer(toy::architecture(first + 50 * asked)); }};
  };
  static_cast<void>(nasnet::search<toy::Space>(from(0), toy::Evaluator{}, options));
  const std::string before = toy::contents(options.journal);
  CHECK_THROWS_MATCHES(nasnet::search<toy::Space>(from(7), toy::Evaluator{}, options), IoError,
                       MessageMatches(ContainsSubstring("run.jsonl', line 2: the strategy does not propose")));
  CHECK(toy::contents(options.journal) == before);
}

TEST_CASE("resume: a damaged journal is refused and left as it is") {
  const TemporaryFolder folder;
  Resumable search(folder / "run.jsonl");
  static_cast<void>(search.run());
  const std::string sound = toy::contents(folder / "run.jsonl");
  const auto lines = std::count(sound.begin(), sound.end(), '\n');
  for (const bool last : {false, true}) {
    std::string text = sound;
    text[(last ? text.rfind("\n{") : text.find("\n{")) + 1] = '(';
    text += "torn";
    toy::store(folder / "run.jsonl", text);
    const std::string place = join("run.jsonl', line ", last ? lines : 2, ": ");
    CHECK_THROWS_MATCHES(search.run(), IoError, MessageMatches(ContainsSubstring(place)));
    CHECK(toy::contents(folder / "run.jsonl") == text);
  }

  search.options.journal = folder.write("poem.txt", "Shall I compare thee to a summer's day?");
  CHECK_THROWS_AS(search.run(), IoError);
  CHECK(toy::contents(folder / "poem.txt") == "Shall I compare thee to a summer's day?");
}

TEST_CASE("resume: journals that cannot be written are named") {
  const TemporaryFolder folder;
  folder.write("file", "contents");
  for (const auto& path : {folder / "file" / "run.jsonl", folder / "absent" / "run.jsonl", folder.path()}) {
    for (const bool resume : {false, true}) {
      Resumable search(path);
      search.options.resume = resume;
      CHECK_THROWS_MATCHES(search.run(), IoError, MessageMatches(ContainsSubstring(path.string())));
    }
  }
  CHECK(folder.read("file") == "contents");
  if (std::filesystem::exists("/dev/full")) {
    for (const int workers : {1, 3}) {
      CHECK_THROWS_MATCHES(Resumable("/dev/full", 12, workers).run(), IoError,
                           MessageMatches(ContainsSubstring("/dev/full")));
    }
  }
}

TEST_CASE("resume: a second search cannot write the same journal") {
  const TemporaryFolder folder;
  Resumable search(folder / "run.jsonl", 3);
  search.options.on_trial = [&](const Trial& trial) {
    if (trial.number != 1) return;
    Resumable second(folder / "run.jsonl", 3);
    CHECK_THROWS_MATCHES(second.run(), IoError, MessageMatches(ContainsSubstring("another run is writing it")));
  };
  CHECK(search.run().trials.size() == 3);
}
