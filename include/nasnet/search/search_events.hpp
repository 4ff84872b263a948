/// A search for machines to follow: a line of JSON for each event.
#pragma once

#include <iosfwd>                 // ostream
#include <memory>                 // shared_ptr
#include <nlohmann/json_fwd.hpp>  // ordered_json

#include "nasnet/core/progress.hpp"
#include "nasnet/search/search_options.hpp"

namespace nasnet::inline NASNET_ABI {

/// Writes each trial and skipped proposal as the journal does ("finished", "failed", "duplicate", "rejected"), and
/// where the search stands after each ("progress": done, failed, running, total, best_accuracy, best_trial, seconds,
/// seconds_left), one line each, at once.
///
///     SearchEvents events(std::cout);
///     events.attach(options);
class SearchEvents {
 public:
  /// @param out outlives this object
  NASNET_LAZY explicit SearchEvents(std::ostream& out);
  SearchEvents(const SearchEvents&) = delete;
  SearchEvents& operator=(const SearchEvents&) = delete;

  /// Listens to a search that this object must outlive. What listens already goes on.
  NASNET_LAZY void attach(SearchOptions& options);

  /// Where a longer task of the program stands, such as a training: no more than one event a second, and the last.
  NASNET_LAZY void report(const Progress& progress);

  /// An event of the program's own.
  NASNET_LAZY void write(const nlohmann::ordered_json& event);

 private:
  struct Output;

  std::shared_ptr<Output> output_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/search/search_events.ipp"
#endif
