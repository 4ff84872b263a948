#pragma once

#include "nasnet/search/search_progress_bar.hpp"

#include <cstdint>  // int64_t
#include <cstdio>   // fputs, stderr
#include <map>      // map
#include <memory>   // make_shared
#include <mutex>    // lock_guard, mutex
#include <string>   // string

#include "nasnet/core/progress.hpp"
#include "nasnet/core/progress_bar.hpp"
#include "nasnet/core/steady_time.hpp"
#include "nasnet/search/search_options.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// What the callbacks of all workers draw.
class SearchProgressBar::Display {
 public:
  NASNET_LAZY explicit Display(OffTerminal off_terminal) : bar_(stderr, off_terminal) {}

  NASNET_LAZY void set_search(const Progress& progress) {
    const std::lock_guard lock(mutex_);
    search_ = progress;
    updated_ = SteadyTime::now();
    show();
  }

  NASNET_LAZY void set_trial(std::int64_t trial, const Progress& progress) {
    const std::lock_guard lock(mutex_);
    if (progress.total > 0) running_[trial] = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    show();
  }

  NASNET_LAZY void say(const std::string& sentence) {
    const std::lock_guard lock(mutex_);
    bar_.finish();
    std::fputs((sentence + '\n').c_str(), stderr);
  }

  NASNET_LAZY void end_trial(std::int64_t trial) {
    const std::lock_guard lock(mutex_);
    running_.erase(trial);
  }

 private:
  NASNET_LAZY void show() {
    double running = 0;
    for (const auto& [trial, part] : running_) running += part;
    Progress now = search_;
    now.seconds += SteadyTime::now() - updated_;
    bar_.show(now, running);
  }

  std::mutex mutex_;
  ProgressBar bar_;
  Progress search_;
  SteadyTime updated_ = SteadyTime::now();
  std::map<std::int64_t, double> running_;  // trials, and how much of each is done
};

NASNET_BODY SearchProgressBar::SearchProgressBar(OffTerminal off_terminal)
    : display_(std::make_shared<Display>(off_terminal)) {}

NASNET_BODY void SearchProgressBar::attach(SearchOptions& options) {
  Display* display = display_.get();
  options.progress = [display](const Progress& progress) { display->set_search(progress); };
  options.on_trial = [display](const Trial& trial) { display->end_trial(trial.number); };
  options.on_notice = [display](const std::string& sentence) { display->say(sentence); };
  options.trial_progress = [display](std::int64_t trial, const Progress& progress) {
    display->set_trial(trial, progress);
  };
}

}  // namespace nasnet::inline NASNET_ABI
