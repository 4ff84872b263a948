/// Reports of long work, as a callback.
#pragma once

#include <cstdint>     // int64_t
#include <functional>  // function
#include <string>      // string

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// Where a long task stands.
struct Progress {
  std::string task;        ///< what runs: "training", "search"
  std::int64_t done = 0;   ///< units finished
  std::int64_t total = 0;  ///< units in all, 0 where unknown
  double seconds = 0;      ///< since the task began
  std::string detail;      ///< one short line: the loss, the best so far
};

/// Called from the thread that works; return soon. An empty function is silence.
using ProgressCallback = std::function<void(const Progress&)>;

/// Seconds until the end at the pace so far; negative where nothing is known yet.
[[nodiscard]] inline double seconds_left(const Progress& progress) {
  if (progress.done <= 0 || progress.total <= 0) return -1.0;
  return progress.seconds / static_cast<double>(progress.done) * static_cast<double>(progress.total - progress.done);
}

}  // namespace nasnet::inline NASNET_ABI
