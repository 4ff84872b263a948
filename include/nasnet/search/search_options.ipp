#pragma once

#include "nasnet/search/search_options.hpp"

#include <nlohmann/json.hpp>  // json

#include "nasnet/core/error.hpp"
#include "nasnet/core/thread_pool.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void SearchOptions::check() const {
  if (trials < 1) fail<ArgumentError>("search: ", trials, " trials, 1 or more are wanted");
  if (workers < 1) fail<ArgumentError>("search: ", workers, " workers, 1 or more are wanted");
  if (ordered < 0) fail<ArgumentError>("search: ordered with ", ordered, " trials in flight, 0 or more are wanted");
  if (max_skipped < 1) fail<ArgumentError>("search: at most ", max_skipped, " skipped in a row, wanted 1 or more");
  if (trial_bytes == 0) fail<ArgumentError>("search: a trial may have 0 bytes, 1 or more are wanted");
  if (memory_bytes && *memory_bytes < 1) {
    fail<ArgumentError>("search: the trials may have ", *memory_bytes, " bytes, 1 or more are wanted");
  }
  constexpr double most_seconds = 1e9;  // 31 years: far below what overflows a clock
  if (trial_seconds && !(*trial_seconds > 0 && *trial_seconds <= most_seconds)) {
    fail<ArgumentError>("search: a trial may take ", *trial_seconds, " seconds, wanted above 0 and at most ",
                        most_seconds);
  }
  if (!settings.get().is_object()) fail<ArgumentError>("search: the settings are no JSON object");
  if (pool && pool->size() < workers) {
    fail<ArgumentError>("search: ", workers, " workers cannot run on a pool of ", pool->size(), " threads");
  }
}

}  // namespace nasnet::inline NASNET_ABI
