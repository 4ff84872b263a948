#pragma once

#include "nasnet/search/search_progress_bar.hpp"

#include <chrono>   // duration, steady_clock
#include <cstdint>  // int64_t
#include <cstdio>   // fputs, stderr
#include <mutex>    // lock_guard, mutex
#include <string>   // string

#include "nasnet/core/progress.hpp"
#include "nasnet/search/search_options.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void SearchProgressBar::attach(SearchOptions& options) {
  options.progress = [this](const Progress& progress) { set_search(progress); };
  options.on_trial = [this](const Trial& trial) { end_trial(trial.number); };
  options.on_notice = [this](const std::string& sentence) { say(sentence); };
  options.trial_progress = [this](std::int64_t trial, const Progress& progress) { set_trial(trial, progress); };
}

NASNET_BODY void SearchProgressBar::set_search(const Progress& progress) {
  const std::lock_guard lock(mutex_);
  search_ = progress;
  updated_ = Clock::now();
  show();
}

NASNET_BODY void SearchProgressBar::set_trial(std::int64_t trial, const Progress& progress) {
  const std::lock_guard lock(mutex_);
  if (progress.total > 0) running_[trial] = static_cast<double>(progress.done) / static_cast<double>(progress.total);
  show();
}

NASNET_BODY void SearchProgressBar::say(const std::string& sentence) {
  const std::lock_guard lock(mutex_);
  bar_.finish();
  std::fputs((sentence + '\n').c_str(), stderr);
}

NASNET_BODY void SearchProgressBar::end_trial(std::int64_t trial) {
  const std::lock_guard lock(mutex_);
  running_.erase(trial);
}

NASNET_BODY void SearchProgressBar::show() {
  double running = 0;
  for (const auto& [trial, part] : running_) running += part;
  Progress now = search_;
  now.seconds += std::chrono::duration<double>(Clock::now() - updated_).count();
  bar_.show(now, running);
}

}  // namespace nasnet::inline NASNET_ABI
