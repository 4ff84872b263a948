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
#include "nasnet/trial/trial.hpp"

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
  void attach(SearchOptions& options) {
    options.progress = [this](const Progress& progress) { set_search(progress); };
    options.on_trial = [this](const Trial& trial) { end_trial(trial.number); };
    options.on_notice = [this](const std::string& sentence) { say(sentence); };
    options.trial_progress = [this](std::int64_t trial, const Progress& progress) { set_trial(trial, progress); };
  }

 private:
  using Clock = std::chrono::steady_clock;

  void set_search(const Progress& progress) {
    const std::lock_guard lock(mutex_);
    search_ = progress;
    updated_ = Clock::now();
    show();
  }

  void set_trial(std::int64_t trial, const Progress& progress) {
    const std::lock_guard lock(mutex_);
    if (progress.total > 0) running_[trial] = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    show();
  }

  void say(const std::string& sentence) {
    const std::lock_guard lock(mutex_);
    bar_.finish();
    std::fputs((sentence + '\n').c_str(), stderr);
  }

  void end_trial(std::int64_t trial) {
    const std::lock_guard lock(mutex_);
    running_.erase(trial);
  }

  void show() {
    double running = 0;
    for (const auto& [trial, part] : running_) running += part;
    Progress now = search_;
    now.seconds += std::chrono::duration<double>(Clock::now() - updated_).count();
    bar_.show(now, running);
  }

  std::mutex mutex_;  // callbacks come from all workers
  ProgressBar bar_;
  Progress search_;
  Clock::time_point updated_ = Clock::now();
  std::map<std::int64_t, double> running_;  // trials, and how much of each is done
};

}  // namespace nasnet::inline NASNET_ABI
