#include "nasnet/journal/journal.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "fuzz/fuzz_target.hpp"

namespace {

/// Each line is read where it is a JSON object, and nowhere else.
void read_lines(std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const bool read = fuzz::reads([&] { static_cast<void>(nasnet::detail::JournalLine(path, 1, line)); });
    const bool is_object = nlohmann::json::parse(line, nullptr, false).is_object();
    fuzz::require(read == is_object, read ? "read, but no JSON object" : "a JSON object that is refused", line);
    text.remove_prefix((std::min)(text.size(), line.size() + 1));
  }
}

void run(std::span<const std::uint8_t> bytes) {
  const std::filesystem::path path("journal.jsonl");
  read_lines(fuzz::text_of(bytes), path);
  nasnet::Journal journal;
  const bool read = fuzz::reads([&] { journal = nasnet::detail::journal_from_text(fuzz::text_of(bytes), path); });
  if (!read) return;
  fuzz::require(journal.torn_bytes <= bytes.size(), "more torn bytes than there are");
  const nasnet::History history = nasnet::detail::history_from_text(fuzz::text_of(bytes), path);
  fuzz::require(equal_results(history, history), "a history that differs from itself", results_text(history));
}

const fuzz::Registration registration({"journal", &run});

}  // namespace
