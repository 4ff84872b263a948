/// One search. For .ipp files: it brings the library for JSON, threads and the journal.
#pragma once

#include <cstdint>            // int64_t, uint64_t
#include <memory>             // shared_ptr
#include <nlohmann/json.hpp>  // json
#include <optional>           // optional
#include <string>             // string
#include <string_view>        // string_view
#include <vector>             // vector

#include "nasnet/core/thread_pool.hpp"
#include "nasnet/evaluator/evaluator_model.hpp"
#include "nasnet/journal/journal_record.hpp"
#include "nasnet/journal/journal_writer.hpp"
#include "nasnet/search/ledger.hpp"
#include "nasnet/search/proposal_judge.hpp"
#include "nasnet/search/search_options.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The journal of a search: what was in it, and the pen.
struct SearchJournal {
  std::optional<JournalWriter> writer;
  std::string text;
};

/// One search from its beginning to its end.
class SearchRun {
 public:
  NASNET_LAZY SearchRun(const AnySpace& space, AnyStrategy strategy, const EvaluatorInterface& evaluator,
                        SearchOptions options);

  NASNET_LAZY [[nodiscard]] History run();

 private:
  NASNET_LAZY [[nodiscard]] static SearchOptions checked(SearchOptions options);

  NASNET_LAZY [[nodiscard]] std::optional<TrialMemory> memory() const;

  /// All that the results depend on besides the seed.
  NASNET_LAZY [[nodiscard]] nlohmann::json settings() const;

  /// Goes on where the journal ends, or begins it.
  NASNET_LAZY void take_up_journal();

  NASNET_LAZY void require_same_search(const JournalHeader& found);

  NASNET_LAZY void note_difference(std::string_view what, const std::string& found, const std::string& now);

  NASNET_LAZY void drop_torn_line(std::uint64_t torn_bytes);

  NASNET_LAZY [[nodiscard]] std::shared_ptr<ThreadPool> pool() const;

  NASNET_LAZY void notice(std::string sentence);

  NASNET_LAZY [[nodiscard]] History history(bool was_stopped);

  NASNET_LAZY [[nodiscard]] std::string exhaustion_sentence(const History& history) const;

  SearchOptions options_;
  nlohmann::json strategy_settings_;
  bool is_informable_;  // the strategy
  const EvaluatorInterface& evaluator_;
  ProposalJudge judge_;
  JournalHeader header_;
  SearchJournal journal_;
  SearchLedger ledger_;
  std::vector<std::string> notices_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/search/detail/search_run.ipp"
#endif
