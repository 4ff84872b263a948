/// What the events of a search add up to: in a search that runs, in one that is replayed, and where a journal is read.
#pragma once

#include <cstdint>  // int64_t
#include <map>      // map
#include <utility>  // move
#include <vector>   // vector

#include "nasnet/journal/journal_record.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Takes one event after the other and keeps all trials and proposals.
class SearchBook {
 public:
  /// @param trial as the event has it: where a trial ends or begins once more, no more than its number and what became
  /// of it is looked at
  /// @return what is known of it after the event, until the next one; what an enqueued architecture and the end of an
  /// exhausted space leave behind is nothing
  NASNET_LAZY const Trial& take(JournalEvent event, Trial trial);

  /// Proposals so far, trials and skipped ones.
  [[nodiscard]] std::int64_t proposals() const { return proposals_; }

  /// Trials begun so far.
  [[nodiscard]] std::int64_t started() const { return started_; }

  /// By number.
  [[nodiscard]] const std::map<std::int64_t, Trial>& running() const { return running_; }

  /// Done and failed, by number.
  [[nodiscard]] const std::map<std::int64_t, Trial>& ended() const { return ended_; }

  [[nodiscard]] bool is_exhausted() const { return is_exhausted_; }

  /// Gives all away but what runs.
  NASNET_LAZY void hand_over(History& history);

 private:
  NASNET_LAZY const Trial& start(Trial trial);

  NASNET_LAZY const Trial& end(Trial trial);

  std::int64_t proposals_ = 0;
  std::int64_t started_ = 0;
  std::map<std::int64_t, Trial> running_;
  std::map<std::int64_t, Trial> ended_;
  std::vector<Trial> skipped_;
  std::vector<Trial> known_;
  Trial passing_;  // of an event that leaves nothing
  bool is_exhausted_ = false;
};

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/journal/search_book.ipp"
#endif
