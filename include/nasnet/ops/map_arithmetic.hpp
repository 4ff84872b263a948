/// Sums, copies and means of maps inside a larger memory, whose pixels are whole vectors.
#pragma once

#include <algorithm>  // min
#include <cstdint>    // int64_t

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/ops/detail/quotient.hpp"
#include "nasnet/ops/map_view.hpp"

namespace nasnet::inline NASNET_ABI {

/// Numbers 0, ..., count - 1 in tasks of `grain` of them.
struct TaskRanges {
  std::int64_t count = 0;
  std::int64_t grain = 1;

  NASNET_LAZY [[nodiscard]] std::int64_t tasks() const { return detail::quotient_up(count, grain); }
  [[nodiscard]] std::int64_t begin(std::int64_t task) const { return task * grain; }
  [[nodiscard]] std::int64_t end(std::int64_t task) const { return (std::min)((task + 1) * grain, count); }
};

/// How pixels of maps are cut for sums and copies.
template <class T>
[[nodiscard]] TaskRanges pixel_ranges(const MapView<const T>& maps);

/// to = left + right in the pixels of a task, maps of one size; `to` may be one of them.
template <class T>
void add_pixels(const TaskRanges& ranges, std::int64_t task, const MapView<const T>& left,
                const MapView<const T>& right, const MapView<T>& to, InstructionSet set);

/// to = from in the pixels of a task, maps of one size.
template <class T>
void copy_pixels(const TaskRanges& ranges, std::int64_t task, const MapView<const T>& from, const MapView<T>& to,
                 InstructionSet set);

/// How maps are cut for their means: by images and strips of channels.
template <class T>
[[nodiscard]] TaskRanges mean_ranges(const MapView<const T>& maps, InstructionSet set);

/// to [images,1,1,channels] = the means of a task's strips, of max(x, 0) where `rectify`.
template <class T>
void mean_of_pixels(const TaskRanges& ranges, std::int64_t task, const MapView<const T>& from, bool rectify,
                    const MapView<T>& to, InstructionSet set);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/map_arithmetic.ipp"
#endif
