#pragma once

#include "nasnet/search/detail/search_run.hpp"

#include <algorithm>          // max
#include <cstdint>            // int64_t, uint64_t
#include <memory>             // make_shared, shared_ptr
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // exchange, move

#include "nasnet/core/error.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/strict_json.hpp"
#include "nasnet/journal/journal.hpp"
#include "nasnet/journal/journal_reader.hpp"
#include "nasnet/journal/settings_difference.hpp"
#include "nasnet/search/detail/search_settings.hpp"
#include "nasnet/search/detail/worker_team.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/version.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline SearchJournal open_journal(const SearchOptions& options) {
  SearchJournal journal;
  if (options.journal.empty()) return journal;
  if (!options.resume && !journal_text(options.journal).empty()) {
    fail<ArgumentError>('\'', options.journal,
                        "' holds the journal of a search already: go on with it (resume), or choose another place");
  }
  journal.writer.emplace(options.journal, AppendOptions{.sync = options.sync_journal});
  journal.text = journal_text(options.journal);  // read again, now that nobody else writes
  return journal;
}

NASNET_BODY SearchRun::SearchRun(const AnySpace& space, AnyStrategy strategy, const EvaluatorInterface& evaluator,
                                 SearchOptions options)
    : options_(checked(std::move(options))),
      strategy_settings_(strategy.settings()),
      is_informable_(strategy.is_informable()),
      evaluator_(evaluator),
      judge_(space, options_.counted ? options_.counted : evaluator.counted_network(), options_.limits, options_.rules,
             memory()),
      header_{.version = NASNET_VERSION_STRING,
              .instruction_set = std::string(to_string(instruction_set())),
              .seed = options_.seed,
              .space = space.fingerprint(),
              .settings = settings()},
      journal_(open_journal(options_)),
      ledger_(std::move(strategy), judge_,
              {.trials = options_.trials,
               .duplicates = options_.duplicates,
               .max_skipped = options_.max_skipped,
               .ordered = options_.ordered,
               .observer = options_.on_trial},
              journal_.writer ? &*journal_.writer : nullptr) {}

NASNET_BODY History SearchRun::run() {
  take_up_journal();
  if (!options_.known.empty() && !is_informable_) {
    notice(join("the strategy ", strategy_settings_.value("name", std::string("of this search")),
                " does not learn from results of other searches: the ", options_.known.size(),
                " given change nothing"));
  }
  for (const Trial& result : options_.known) ledger_.inform(result);
  for (const Proposal& proposal : options_.enqueue) ledger_.enqueue(proposal);
  const auto shared_bytes = evaluator_.runs_elsewhere() ? std::nullopt : options_.memory_bytes;
  WorkerTeam team(ledger_, evaluator_, options_, pool(), shared_bytes);
  team.run();
  ledger_.tell_rest();
  return history(team.was_stopped());
}

NASNET_BODY SearchOptions SearchRun::checked(SearchOptions options) {
  options.check();
  return options;
}

NASNET_BODY std::optional<TrialMemory> SearchRun::memory() const {
  if (!options_.memory_bytes) return std::nullopt;
  if (!evaluator_.predicts_memory()) {
    fail<ArgumentError>("search: memory for the trials is limited, but the evaluator does not predict what they need");
  }
  return TrialMemory{[this](const Candidate& candidate) { return evaluator_.predicted_bytes(candidate); },
                     *options_.memory_bytes};
}

NASNET_BODY nlohmann::json SearchRun::settings() const {
  nlohmann::json json = nlohmann::json::object();
  json["space"] = judge_.space().description();
  json["strategy"] = strategy_settings_;
  json["evaluator"] = evaluator_.settings().value_or(JsonValue());
  json["duplicates"] = options_.duplicates == Duplicates::skip ? "skip" : "evaluate";
  json["max_skipped"] = options_.max_skipped;
  if (options_.ordered > 0) json["ordered"] = options_.ordered;
  json["limits"] = limits_json(judge_.limits());
  for (const ArchitectureRule& rule : judge_.rules()) json["rules"].push_back(rule.name);
  if (judge_.counted()) json["counted"] = counted_json(*judge_.counted());
  if (options_.memory_bytes) json["memory_bytes"] = *options_.memory_bytes;
  if (options_.trial_seconds) json["trial_seconds"] = *options_.trial_seconds;
  if (options_.trial_bytes != SearchOptions{}.trial_bytes) json["trial_bytes"] = options_.trial_bytes;
  if (!options_.settings.get().empty()) json["program"] = options_.settings;
  return parse_json(one_line(json));  // as it comes out of a file
}

NASNET_BODY void SearchRun::take_up_journal() {
  if (!journal_.writer) return;
  bool has_begun = false;
  const auto take_header = [&](const JournalHeader& header) {
    require_same_search(header);
    has_begun = true;
  };
  const auto take_record = [&](JournalRecord record) { ledger_.replay(std::move(record), options_.journal); };
  JournalReader reader(options_.journal, take_header, take_record);
  reader.read(std::exchange(journal_.text, {}));
  ledger_.end_replay();
  drop_torn_line(reader.torn_bytes());
  if (!has_begun) journal_.writer->begin(header_);
}

NASNET_BODY void SearchRun::require_same_search(const JournalHeader& found) {
  // The program's own settings come first: they have the names that its user knows.
  const auto program_of = [](const JournalHeader& header) {
    return header.settings.get().value("program", nlohmann::json::object());
  };
  const auto settings_of = [](const JournalHeader& header) {
    nlohmann::json json = header.settings.get();
    json["seed"] = header.seed;
    json["space_hash"] = header.space;
    return json;
  };
  const auto difference_of = [&](const auto& part_of) {
    return first_difference({"the journal", part_of(found)}, {"this run", part_of(header_)}, "");
  };
  auto difference = difference_of(program_of);
  if (!difference) difference = difference_of(settings_of);
  if (difference) fail<ArgumentError>('\'', options_.journal, "' is the journal of another search: ", *difference);
  note_difference("version of nasnet", found.version, header_.version);
  note_difference("instruction set", found.instruction_set, header_.instruction_set);
}

NASNET_BODY void SearchRun::note_difference(std::string_view what, const std::string& found, const std::string& now) {
  if (found == now) return;
  notice(join('\'', options_.journal, "' was begun with the ", what, ' ', found, ", this run has ", now,
              ": results may differ in their last bits"));
}

NASNET_BODY void SearchRun::drop_torn_line(std::uint64_t torn_bytes) {
  if (torn_bytes == 0) return;
  journal_.writer->drop_torn_line();
  notice(
      join('\'', options_.journal, "': the last line was not written whole, its ", torn_bytes, " bytes were dropped"));
}

NASNET_BODY std::shared_ptr<ThreadPool> SearchRun::pool() const {
  if (options_.pool) return options_.pool;
  return std::make_shared<ThreadPool>((std::max)(options_.workers, ThreadPool::hardware_threads()));
}

NASNET_BODY void SearchRun::notice(std::string sentence) {
  if (options_.on_notice) options_.on_notice(sentence);
  notices_.push_back(std::move(sentence));
}

NASNET_BODY History SearchRun::history(bool was_stopped) {
  History history;
  history.seed = header_.seed;
  history.settings = header_.settings;
  ledger_.hand_over(history);
  history.interrupted = was_stopped && !history.exhausted && !ledger_.is_complete();
  if (history.exhausted && !ledger_.is_complete()) notice(exhaustion_sentence(history));
  history.notices = std::move(notices_);
  return history;
}

NASNET_BODY std::string SearchRun::exhaustion_sentence(const History& history) const {
  return join("nothing new is left to propose after ", history.trials.size(), " of ", options_.trials,
              " trials: ", history.count(TrialState::duplicate), " proposals were duplicates, ",
              history.count(TrialState::rejected), " were rejected");
}

}  // namespace nasnet::inline NASNET_ABI::detail
