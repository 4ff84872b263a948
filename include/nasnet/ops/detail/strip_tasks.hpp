/// How the work on maps is cut into strips of channels and parts of rows: by shape alone.
#pragma once

#include <algorithm>  // max, min
#include <cstdint>    // int64_t

#include "nasnet/ops/detail/channel_strips.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A strip of some rows of one map.
struct StripTask {
  std::int64_t n = 0;
  std::int64_t strip = 0;
  std::int64_t row_begin = 0;
  std::int64_t row_end = 0;
  std::int64_t offset = 0;  ///< scalars from the maps' first to the strip's in the first row of its map
};

/// The tasks that make maps [N,H,W,C].
struct StripTasks {
  ChannelStrips strips;
  Shape maps;
  std::int64_t task_rows = 1;
  std::int64_t parts = 1;

  /// Enough tasks for a few threads; but parts of one map share the rows at their borders.
  NASNET_LAZY StripTasks(const ChannelStrips& channel_strips, const Shape& shape)
      : strips(channel_strips), maps(shape) {
    constexpr std::int64_t wanted = 16;
    constexpr std::int64_t least_rows = 7;
    task_rows = (std::max)(quotient_up(shape[1], quotient_up(wanted, shape[0] * strips.count())), least_rows);
    parts = quotient_up(shape[1], task_rows);
  }

  NASNET_LAZY [[nodiscard]] std::int64_t count() const { return maps[0] * strips.count() * parts; }

  NASNET_LAZY [[nodiscard]] StripTask operator[](std::int64_t index) const {
    StripTask task;
    task.n = index / (strips.count() * parts);
    task.strip = index / parts % strips.count();
    task.row_begin = index % parts * task_rows;
    task.row_end = (std::min)(task.row_begin + task_rows, maps[1]);
    task.offset = task.n * maps[1] * maps[2] * maps[3] + strips.first_channel(task.strip);
    return task;
  }
};

}  // namespace nasnet::inline NASNET_ABI::detail
