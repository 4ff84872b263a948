#include "nasnet/journal/journal.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/journal/journal_writer.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/version.hpp"
#include "search/toy_search.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

/// A journal with events of all kinds.
std::vector<std::string> sample_lines(const TemporaryFolder& folder) {
  SearchOptions options = toy::options(40);
  options.counted = CountedNetwork{{.input_channels = 1, .cells_per_stack = 1, .filters = 8}, {28, 28}};
  options.limits.max_parameters = 14'000;
  options.journal = folder / "sample.jsonl";
  const toy::Scripted strategy{
      [](int asked, int) { return asked < 30 ? Answer(toy::architecture(asked / 2 * 131)) : Answer::exhausted(); }};
  static_cast<void>(search<toy::Space>(toy::Scripted(strategy), toy::Evaluator{}, options));
  return toy::lines(options.journal);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::size_t first_line_with(const std::vector<std::string>& lines, const std::string& event) {
  for (std::size_t n = 0; n < lines.size(); ++n) {
    if (lines[n].find("\"event\":\"" + event + "\"") != std::string::npos) return n;
  }
  FAIL("no line with " << event);
  return 0;
}

void check_refused(const TemporaryFolder& folder, const std::vector<std::string>& lines, std::size_t line,
                   const std::string& sentence) {
  const auto path = folder.write("broken.jsonl", joined(lines));
  const std::string place = "'" + path.string() + "', line " + std::to_string(line + 1) + ": ";
  CHECK_THROWS_MATCHES(read_journal(path), IoError, MessageMatches(ContainsSubstring(place)));
  CHECK_THROWS_MATCHES(read_journal(path), IoError, MessageMatches(ContainsSubstring(sentence)));
}

/// The lines with one field of one line changed, or removed where the value is null.
std::vector<std::string> with_field(std::vector<std::string> lines, std::size_t line, const std::string& key,
                                    const nlohmann::ordered_json& value) {
  auto json = nlohmann::ordered_json::parse(lines.at(line));
  json[key] = value;
  if (value.is_null()) json.erase(key);
  lines[line] = json.dump();
  return lines;
}

}  // namespace

TEST_CASE("journal: what is written is read, to the last bit") {
  const TemporaryFolder folder;
  JournalHeader header{.version = "1.2.3",
                       .instruction_set = "avx2",
                       .seed = 18'446'744'073'709'551'615U,
                       .space = "abc",
                       .settings = nlohmann::json{{"x", 0.1}, {"n", 3}}};
  Trial trial{.number = 0, .hash = 0xfedcba9876543210U, .parameters = 71'938, .worker = 2};
  trial.architecture = toy::architecture(777);
  {
    JournalWriter writer(folder / "run.jsonl");
    writer.begin(header);
    writer.write(JournalEvent::started, trial);
    trial.evaluation = {.validation_accuracy = 0.1 + 0.2,
                        .validation_loss = std::numeric_limits<double>::denorm_min(),
                        .metrics = {{"a \"quoted\" name", 1.0 / 3}, {"large", 1e308}}};
    trial.seconds = 1.0 / 7;
    writer.write(JournalEvent::finished, trial);
  }
  const Journal journal = read_journal(folder / "run.jsonl");
  REQUIRE(journal.header.has_value());
  CHECK(journal.header->version == header.version);
  CHECK(journal.header->seed == header.seed);
  CHECK(journal.header->space == header.space);
  CHECK(journal.header->instruction_set == header.instruction_set);
  CHECK(journal.header->settings == header.settings);
  REQUIRE(journal.records.size() == 2);
  const Trial& read = journal.records[1].trial;
  CHECK(read.evaluation == trial.evaluation);
  CHECK(read.seconds == trial.seconds);
  CHECK(read.hash == trial.hash);
  CHECK(read.architecture == trial.architecture);
  CHECK(read.parameters == trial.parameters);
  CHECK_FALSE(read.multiply_adds.has_value());
  CHECK(read.worker == 2);
  CHECK(journal.records[1].line == 3);
  CHECK(journal.torn_bytes == 0);
}

TEST_CASE("journal: messages may hold any bytes") {
  const TemporaryFolder folder;
  Trial trial{.number = 0, .worker = 0};
  trial.architecture = toy::architecture(1);
  JournalWriter writer(folder / "run.jsonl");
  writer.begin({});
  writer.write(JournalEvent::started, trial);
  trial.state = TrialState::failed;
  trial.failure = FailureKind::crash;
  trial.message = "two\nlines, a \"quote\", \xff\xfe and \xe4\xbd\xa0";
  writer.write(JournalEvent::failed, trial);
  const Journal journal = read_journal(folder / "run.jsonl");
  CHECK(journal.records[1].trial.failure == FailureKind::crash);
  CHECK_THAT(journal.records[1].trial.message, ContainsSubstring("two\nlines, a \"quote\""));
}

TEST_CASE("journal: every kind of event comes back") {
  const TemporaryFolder folder;
  const auto lines = sample_lines(folder);
  for (const JournalEvent event : all_journal_events) {
    const bool is_given = event == JournalEvent::enqueued || event == JournalEvent::known;
    if (!is_given) first_line_with(lines, std::string(to_string(event)));
  }
  const Journal journal = read_journal(folder / "sample.jsonl");
  REQUIRE(journal.records.size() + 1 == lines.size());
  CHECK(read_history(folder / "sample.jsonl").exhausted);
}

TEST_CASE("journal: what is given to a search comes back") {
  const TemporaryFolder folder;
  SearchOptions options = toy::options(2);
  options.journal = folder / "run.jsonl";
  options.enqueue = {Proposal{toy::architecture(7), 3, 1}};
  Trial known;
  known.architecture = toy::architecture(70);
  known.evaluation = {.validation_accuracy = 0.25, .validation_loss = 1.5, .metrics = {{"a", 2}}};
  known.parameters = 12;
  options.known = {known};
  static_cast<void>(search<toy::Space>(RandomSearch(toy::Space{}, 3), toy::Evaluator{}, options));
  const Journal journal = read_journal(options.journal);
  REQUIRE(journal.records.size() >= 6);
  CHECK(journal.records[0].event == JournalEvent::known);
  CHECK(journal.records[0].trial.evaluation == known.evaluation);
  CHECK(journal.records[0].trial.architecture == known.architecture);
  CHECK(journal.records[0].trial.parameters == 12);
  CHECK(journal.records[1].event == JournalEvent::enqueued);
  CHECK(journal.records[2].event == JournalEvent::started);
  CHECK(journal.records[2].trial.enqueued);
  for (const std::size_t record : {std::size_t{1}, std::size_t{2}}) {
    CHECK(journal.records[record].trial.architecture == toy::architecture(7));
    CHECK(journal.records[record].trial.budget == 3);
    CHECK(journal.records[record].trial.repeat == 1);
  }
  auto lines = toy::lines(options.journal);
  lines.erase(lines.begin() + 2);  // the line "enqueued"
  toy::store(options.journal, joined(lines));
  options.resume = true;
  options.enqueue.clear();
  const auto run = [&] { return search<toy::Space>(RandomSearch(toy::Space{}, 3), toy::Evaluator{}, options); };
  CHECK_THROWS_MATCHES(run(), IoError, MessageMatches(ContainsSubstring("line 3: this architecture was not enqueued")));
}

TEST_CASE("journal: the first line says what it is") {
  const TemporaryFolder folder;
  const auto first = nlohmann::json::parse(sample_lines(folder).at(0));
  CHECK(first["format"] == 2);
  CHECK(first["nasnet"] == NASNET_VERSION_STRING);
  CHECK(first["seed"] == 7);
  CHECK(first["space"] == toy::Space::space().fingerprint());
  CHECK(first["instruction_set"] == std::string(to_string(instruction_set())));
  CHECK(first["settings"]["strategy"]["name"] == "scripted");
  CHECK(first["settings"]["evaluator"]["name"] == "toy");
  CHECK(first["settings"]["limits"]["max_parameters"] == 14000);
}

TEST_CASE("journal: a last line that was not written whole is left out") {
  const TemporaryFolder folder;
  const std::string text = joined(sample_lines(folder));
  const std::size_t last = text.rfind('\n', text.size() - 2) + 1;
  const auto whole = read_journal(folder.write("whole.jsonl", text.substr(0, last)));
  for (std::size_t size = last; size < text.size(); ++size) {
    const Journal journal = read_journal(folder.write("torn.jsonl", text.substr(0, size)));
    CHECK(journal.records.size() == whole.records.size());
    CHECK(journal.torn_bytes == size - last);
  }
  CHECK(read_journal(folder.write("zeros.jsonl", text + std::string(512, '\0'))).torn_bytes == 512);
}

TEST_CASE("journal: a damaged line is named") {
  const TemporaryFolder folder;
  const auto lines = sample_lines(folder);
  const std::size_t started = first_line_with(lines, "started");
  const std::size_t finished = first_line_with(lines, "finished");
  const std::size_t failed = first_line_with(lines, "failed");
  const std::size_t duplicate = first_line_with(lines, "duplicate");

  for (const std::size_t line : {std::size_t{0}, started, finished, lines.size() - 1}) {
    for (const std::string& text : {std::string(), std::string("{"), std::string("[1]"), std::string("hello"),
                                    lines[line].substr(0, lines[line].size() / 2), std::string(40, '\0')}) {
      auto broken = lines;
      broken[line] = text;
      check_refused(folder, broken, line, "");
    }
  }
  check_refused(folder, with_field(lines, started, "event", "begun"), started, "the event \"begun\" is unknown");
  check_refused(folder, with_field(lines, started, "event", nullptr), started, "the field \"event\" is missing");
  check_refused(folder, with_field(lines, started, "architecture", nullptr), started, "\"architecture\" is missing");
  check_refused(folder, with_field(lines, started, "architecture", 3), started, "\"architecture\" is no text");
  check_refused(folder, with_field(lines, started, "hash", "xyz"), started, "hexadecimal");
  check_refused(folder, with_field(lines, started, "trial", -1), started, "no whole number from 0");
  check_refused(folder, with_field(lines, started, "trial", 0.5), started, "no whole number from 0");
  check_refused(folder, with_field(lines, started, "trial", 1e30), started, "no whole number from 0");
  check_refused(folder, with_field(lines, started, "trial", 7), started, "trial 7 started before trial 0");
  check_refused(folder, with_field(lines, started, "proposal", 100), started, "proposal 100 follows");
  check_refused(folder, with_field(lines, finished, "trial", 39), finished, "trial 39 has not started");
  check_refused(folder, with_field(lines, finished, "hash", "0000000000000000"), finished, "the hash is not that of");
  check_refused(folder, with_field(lines, finished, "validation_accuracy", "much"), finished, "is no number");
  check_refused(folder, with_field(lines, finished, "metrics", 3), finished, "is no JSON object");
  check_refused(folder, with_field(lines, failed, "kind", "fatigue"), failed, "\"fatigue\" is unknown");
  check_refused(folder, with_field(lines, duplicate, "of", 900), duplicate, "trial 900 has not started");

  auto twice = lines;
  twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(finished), lines[finished]);
  check_refused(folder, twice, finished + 1, "has ended before");
  auto again = lines;
  again.insert(again.begin() + static_cast<std::ptrdiff_t>(started), lines[started]);
  check_refused(folder, again, started + 1, "attempt 0 follows attempt 0");
}

TEST_CASE("journal: an architecture is its text form, wherever and however it stands in the line") {
  const TemporaryFolder folder;
  const auto lines = sample_lines(folder);
  const std::size_t started = first_line_with(lines, "started");
  const auto line = nlohmann::ordered_json::parse(lines[started]);
  const Architecture architecture = toy::architecture(0);
  REQUIRE(line["architecture"] == to_text(architecture));

  auto first = nlohmann::ordered_json{{"architecture", line["architecture"]}};
  first.update(line);
  std::string escaped = lines[started];
  escaped.replace(escaped.find("normal"), 6, "\\u006eormal");
  std::string spaced = line.dump(1);
  std::replace(spaced.begin(), spaced.end(), '\n', ' ');
  std::string twice = lines[started];
  twice.replace(twice.find("{\"event\""), 1, "{\"architecture\":\"an earlier one\",");
  for (const std::string& text : {lines[started], first.dump(), escaped, spaced, twice}) {
    auto changed = lines;
    changed[started] = text;
    INFO(text);
    const Journal journal = read_journal(folder.write("other.jsonl", joined(changed)));
    CHECK(journal.records.at(started - 1).trial.architecture == architecture);
  }
}

TEST_CASE("journal: a damaged architecture is named") {
  const TemporaryFolder folder;
  const auto lines = sample_lines(folder);
  const std::size_t started = first_line_with(lines, "started");
  const auto refused = [&](const std::string& text, const std::string& sentence) {
    check_refused(folder, with_field(lines, started, "architecture", text), started, sentence);
  };
  refused("", "architecture: line 1, column 1: 'normal' expected, found the end");
  refused("normal[a(0) + b(1) -> 2] reduction[a(0", "architecture: line 1, column 39: ')' expected, found the end");
  refused("normal[a(0) + b(9) -> 2] reduction[a(0) + b(1) -> 2]", "normal.blocks[0].right: state 9 does not exist");
  refused("normal[a(0) + \"(1) -> 2] reduction[a(0) + b(1) -> 2]", "name of an op expected");
  refused("normal[a(0) + b(1) -> 2] reduction[a(0) + b(1) -> 2]\x01", "text after the reduction cell");

  const auto spoilt = [&](const std::string& found, const std::string& text, const std::string& sentence) {
    auto changed = lines;
    changed[started].replace(changed[started].find(found), found.size(), text);
    check_refused(folder, changed, started, sentence);
  };
  spoilt("normal[", "normal\t[", "this is no JSON object");
  spoilt("normal[", "normal\xff[", "this is no JSON object");
  spoilt("{\"event\"", "{\"inner\":{\"event\"", "this is no JSON object");
  spoilt("{\"event\"", "\"event\"", "this is no JSON object");
  spoilt("{\"event\"", "{\"open\":\"\\\"event\"", "this is no JSON object");
}

TEST_CASE("journal: a line is read where it is a JSON object, and nowhere else") {
  const TemporaryFolder folder;
  auto lines = sample_lines(folder);
  lines.resize(12);
  lines.emplace_back(R"({"event":"known","metrics":{"a":1,"b":{}},"hash":null,"architecture":"normal[]"})");
  lines.emplace_back(R"({"a":",\"architecture\":\"","b":[1,"architecture"],"architecture":"x\"}"})");
  const std::filesystem::path path("journal.jsonl");
  RandomStream random(11);
  int objects = 0;
  const int rounds = 20'000;
  for (int round = 0; round < rounds; ++round) {
    std::string text = lines[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(lines.size())))];
    // Signs of JSON, so that some of what comes out is JSON again.
    constexpr std::string_view signs = "{}[]\",:\\ 0-.e\n\x7f\xc3";
    for (std::int64_t change = random.below(3); change >= 0; --change) {
      const auto place = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(text.size())));
      text[place] = signs[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(signs.size())))];
    }
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    INFO(text);
    std::optional<detail::JournalLine> line;
    const auto failure = catch_failure([&] { line.emplace(path, 1, text); });
    REQUIRE(failure.has_value() != json.is_object());
    if (failure) continue;
    ++objects;
    for (const auto& [name, value] : json.items()) {
      if (name == "architecture" && value.is_string()) continue;  // may be kept as text
      REQUIRE(line->field(name) == value);
    }
  }
  CHECK(objects > rounds / 10);
  CHECK(objects < rounds * 9 / 10);
}

TEST_CASE("journal: a record holds all that is known of its trial") {
  const TemporaryFolder folder;
  Trial trial{.number = 0, .hash = 5, .parameters = 12, .bytes = 34, .worker = 2};
  trial.architecture = toy::architecture(77);
  {
    JournalWriter writer(folder / "run.jsonl");
    writer.begin({});
    writer.write(JournalEvent::started, trial);
    trial.attempt = 1;
    trial.worker = 0;
    writer.write(JournalEvent::started, trial);
    trial.evaluation.validation_accuracy = 0.5;
    trial.seconds = 3;
    writer.write(JournalEvent::finished, trial);
  }
  const Journal journal = read_journal(folder / "run.jsonl");
  REQUIRE(journal.records.size() == 3);
  for (const JournalRecord& record : journal.records) {
    CHECK(record.trial.architecture == trial.architecture);
    CHECK(record.trial.parameters == 12);
    CHECK(record.trial.bytes == 34);
    CHECK(record.trial.hash == 5);
    CHECK(record.trial.attempt == (record.line == 2 ? 0 : 1));
    CHECK(record.trial.worker == (record.line == 2 ? 2 : 0));
  }
  CHECK(journal.records[2].trial.seconds == 3);
  CHECK(journal.records[1].trial.evaluation.validation_accuracy == 0);
}

TEST_CASE("journal: other formats and other files are refused") {
  const TemporaryFolder folder;
  const auto lines = sample_lines(folder);
  for (const int format : {1, 3}) {
    check_refused(folder, with_field(lines, 0, "format", format), 0,
                  join("the journal has format ", format, ", this version of nasnet reads format 2"));
  }
  check_refused(folder, with_field(lines, 0, "format", nullptr), 0, "no journal of a search");
  check_refused(folder, with_field(lines, 0, "seed", "seven"), 0, "\"seed\"");
  check_refused(folder, with_field(lines, 0, "settings", 3), 0, "\"settings\"");
  CHECK_THROWS_MATCHES(read_journal(folder.write("poem.txt", "Shall I compare thee to a summer's day?")), IoError,
                       MessageMatches(ContainsSubstring("poem.txt' is no journal of a search")));
  CHECK_THROWS_AS(read_journal(folder / "absent.jsonl"), IoError);
  CHECK_THROWS_AS(read_journal(folder.path()), IoError);
  CHECK_FALSE(read_journal(folder.write("empty.jsonl", "")).header.has_value());
  CHECK_FALSE(read_journal(folder.write("begun.jsonl", "{\"form")).header.has_value());
}

TEST_CASE("journal: a damaged byte never goes unnoticed as a crash") {
  const TemporaryFolder folder;
  const std::string text = joined(sample_lines(folder));
  RandomStream random(5);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string damaged = text;
    damaged[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(text.size())))] =
        static_cast<char>(random.below(256));
    const auto path = folder.write("damaged.jsonl", damaged);
    const auto failure = catch_failure([&] { static_cast<void>(read_journal(path)); });
    if (!failure) continue;  // another digit, or a byte within a text
    ++refused;
    CHECK_THAT(failure->message, ContainsSubstring("damaged.jsonl"));
  }
  CHECK(refused > 100);
}

TEST_CASE("journal: results are equal without times, attempts and workers") {
  const TemporaryFolder folder;
  static_cast<void>(sample_lines(folder));
  const History history = read_history(folder / "sample.jsonl");
  History other = history;
  for (Trial& trial : other.trials) {
    trial.seconds += 1;
    trial.attempt += 1;
    trial.worker += 1;
  }
  CHECK(equal_results(history, other));
  const auto changed = [&](const std::function<void(Trial&)>& change) {
    History copy = history;
    for (Trial& trial : copy.trials) change(trial);
    return !equal_results(history, copy);
  };
  CHECK(changed(
      [](Trial& t) { t.evaluation.validation_accuracy = std::nextafter(t.evaluation.validation_accuracy, 1); }));
  CHECK(changed([](Trial& t) { t.message += "."; }));
  CHECK(changed([](Trial& t) { t.hash ^= 1; }));
  CHECK(changed([](Trial& t) { t.architecture = toy::architecture(0); }));
  other.trials.pop_back();
  CHECK_FALSE(equal_results(history, other));
}

TEST_CASE("journal: a file has one writer") {
  const TemporaryFolder folder;
  const JournalWriter writer(folder / "run.jsonl");
  CHECK_THROWS_AS(JournalWriter(folder / "run.jsonl"), IoError);
  CHECK_THROWS_AS(JournalWriter(folder / "absent" / "run.jsonl"), IoError);
}
