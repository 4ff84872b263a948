/// Progress of a search on a terminal.
#pragma once

#include <memory>  // shared_ptr

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
  NASNET_LAZY explicit SearchProgressBar(OffTerminal off_terminal = OffTerminal::quiet);
  SearchProgressBar(const SearchProgressBar&) = delete;
  SearchProgressBar& operator=(const SearchProgressBar&) = delete;

  /// Takes the callbacks of a search that this object must outlive.
  NASNET_LAZY void attach(SearchOptions& options);

 private:
  class Display;

  std::shared_ptr<Display> display_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/search/search_progress_bar.ipp"
#endif
