/// Progress of a search on a terminal.
#pragma once

#include <chrono>   // duration, steady_clock
#include <cstdint>  // int64_t
#include <cstdio>   // fputs, stderr
#include <map>      // map
#include <mutex>    // lock_guard, mutex
#include <string>   // string

#include "nasnet/core/progress.hpp"
#include "nasnet/core/progress_bar.hpp"
#include "nasnet/search/search_options.hpp"

namespace nasnet::inline NASNET_ABI {

/// One bar for a whole search: trials done, the best so far, the time left. It moves within trials too. The search's
/// notices come on lines of their own, on a terminal or not.
///
///     SearchProgressBar bar;
///     bar.attach(options);
///     search(..., options);
class SearchProgressBar {
 public:
  explicit SearchProgressBar(OffTerminal off_terminal = OffTerminal::quiet) : bar_(stderr, off_terminal) {}

  /// Takes the callbacks of a search that this object must outlive.
  NASNET_LAZY void attach(SearchOptions& options);

 private:
  using Clock = std::chrono::steady_clock;

  NASNET_LAZY void set_search(const Progress& progress);

  NASNET_LAZY void set_trial(std::int64_t trial, const Progress& progress);

  NASNET_LAZY void say(const std::string& sentence);

  NASNET_LAZY void end_trial(std::int64_t trial);

  NASNET_LAZY void show();

  std::mutex mutex_;  // callbacks come from all workers
  ProgressBar bar_;
  Progress search_;
  Clock::time_point updated_ = Clock::now();
  std::map<std::int64_t, double> running_;  // trials, and how much of each is done
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/search/search_progress_bar.ipp"
#endif
