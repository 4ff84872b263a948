#include "nasnet/search/journal.hpp"

#include "fuzz/fuzz_target.hpp"

namespace {

void run(std::span<const std::uint8_t> bytes) {
  const std::filesystem::path path("journal.jsonl");
  nasnet::Journal journal;
  const bool read = fuzz::reads([&] {
    nasnet::detail::JournalReader reader(path);
    reader.read(fuzz::text_of(bytes));
    journal = std::move(reader).take();
  });
  if (!read) return;
  fuzz::require(journal.torn_bytes <= bytes.size(), "more torn bytes than there are");
  const nasnet::History history = history_of(journal);
  fuzz::require(equal_results(history, history), "a history that differs from itself", results_text(history));
}

const fuzz::Registration registration({"journal", &run});

}  // namespace
