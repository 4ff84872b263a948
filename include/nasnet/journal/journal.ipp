#pragma once

#include "nasnet/journal/journal.hpp"

#include <cstddef>            // size_t
#include <cstdint>            // int64_t
#include <functional>         // function
#include <nlohmann/json.hpp>  // ordered_json
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/journal/journal_reader.hpp"
#include "nasnet/journal/record_json.hpp"
#include "nasnet/journal/search_book.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY Journal journal_from_text(std::string_view text, const std::string& path) {
  Journal journal;
  SearchBook book;
  JournalReader reader(
      path, [&](JournalHeader header) { journal.header = std::move(header); },
      [&](JournalRecord record) {
        record.trial = book.take(record.event, std::move(record.trial));
        journal.records.push_back(std::move(record));
      });
  reader.read(text);
  journal.torn_bytes = reader.torn_bytes();
  return journal;
}

NASNET_BODY std::string journal_text(const std::string& path) {
  return detail::is_regular_file(path) ? read_text_file(path) : std::string();
}

NASNET_BODY History history_from_text(std::string_view text, const std::string& path,
                                      const std::function<void(const JournalHeader&)>& check) {
  History history;
  SearchBook book;
  JournalReader reader(
      path,
      [&](JournalHeader found) {
        if (check) check(found);
        history.seed = found.seed;
        history.settings = std::move(found.settings);
      },
      [&](JournalRecord record) { book.take(record.event, std::move(record.trial)); });
  reader.read(text);
  book.hand_over(history);
  return history;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Journal read_journal(const std::string& path) {
  return detail::journal_from_text(read_text_file(path), path);
}

NASNET_BODY History read_history(const std::string& path, const std::function<void(const JournalHeader&)>& check) {
  return detail::history_from_text(read_text_file(path), path, check);
}

NASNET_BODY std::string results_text(const History& history) {
  std::string text;
  for (const Trial& trial : history.trials) {
    text.append(detail::one_line(detail::result_json(trial))).push_back('\n');
  }
  return text;
}

NASNET_BODY bool equal_results(const History& a, const History& b) { return results_text(a) == results_text(b); }

}  // namespace nasnet::inline NASNET_ABI
