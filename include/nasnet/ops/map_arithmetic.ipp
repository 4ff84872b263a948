#pragma once

#include "nasnet/ops/map_arithmetic.hpp"

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/simd.hpp"
#include "nasnet/ops/map_view.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Pixels begin, ..., end - 1 of maps of one size.
template <class T>
struct PixelJob {
  MapView<const T> left{};
  MapView<const T> right{};
  MapView<T> to{};
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// to = left + right
struct PixelSumKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const PixelJob<typename Target::Scalar>& job) {
    using L = typename Target::Full;
    for (std::int64_t pixel = job.begin; pixel < job.end; ++pixel) {
      const auto* left = job.left.data + pixel * job.left.pitch;
      const auto* right = job.right.data + pixel * job.right.pitch;
      auto* to = job.to.data + pixel * job.to.pitch;
      for (std::int64_t i = 0; i < job.to.channels; i += L::width) {
        typename L::Vector x;
        typename L::Vector y;
        load<L>(x, left + i);
        load<L>(y, right + i);
        x += y;
        store<L>(to + i, x);
      }
    }
  }
};

/// to = left
struct PixelCopyKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const PixelJob<typename Target::Scalar>& job) {
    using L = typename Target::Full;
    for (std::int64_t pixel = job.begin; pixel < job.end; ++pixel) {
      const auto* from = job.left.data + pixel * job.left.pitch;
      auto* to = job.to.data + pixel * job.to.pitch;
      for (std::int64_t i = 0; i < job.to.channels; i += L::width) {
        typename L::Vector x;
        load<L>(x, from + i);
        store<L>(to + i, x);
      }
    }
  }
};

/// The mean over the pixels of one image, a strip of channels at a time.
template <class T>
struct MeanJob {
  const T* from = nullptr;
  std::int64_t pitch = 0;
  std::int64_t pixels = 0;
  T* to = nullptr;
  bool rectify = false;
};

struct MeanKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const MeanJob<typename Target::Scalar>& job) {
    using L = typename Target::Full;
    typename L::Vector sum{};
    for (std::int64_t pixel = 0; pixel < job.pixels; ++pixel) {
      typename L::Vector x;
      load<L>(x, job.from + pixel * job.pitch);
      if (job.rectify) x = x < typename L::Vector{} ? typename L::Vector{} : x;
      sum += x;
    }
    sum /= static_cast<typename L::Scalar>(job.pixels);
    store<L>(job.to, sum);
  }
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class T>
TaskRanges pixel_ranges(const MapView<const T>& maps) {
  constexpr std::int64_t grain_scalars = 16 * 1024;
  return {.count = maps.pixels(), .grain = grain_scalars / maps.channels + 1};
}

template <class T>
void add_pixels(const TaskRanges& ranges, std::int64_t task, const MapView<const T>& left,
                const MapView<const T>& right, const MapView<T>& to, InstructionSet set) {
  detail::run_kernel<detail::PixelSumKernel, T>(
      set, detail::PixelJob<T>{left, right, to, ranges.begin(task), ranges.end(task)});
}

template <class T>
void copy_pixels(const TaskRanges& ranges, std::int64_t task, const MapView<const T>& from, const MapView<T>& to,
                 InstructionSet set) {
  detail::run_kernel<detail::PixelCopyKernel, T>(
      set, detail::PixelJob<T>{from, {}, to, ranges.begin(task), ranges.end(task)});
}

template <class T>
TaskRanges mean_ranges(const MapView<const T>& maps, InstructionSet set) {
  return {.count = maps.images * (maps.channels / detail::full_width<T>(set)), .grain = 8};
}

template <class T>
void mean_of_pixels(const TaskRanges& ranges, std::int64_t task, const MapView<const T>& from, bool rectify,
                    const MapView<T>& to, InstructionSet set) {
  const std::int64_t width = detail::full_width<T>(set);
  const std::int64_t strips = from.channels / width;
  for (std::int64_t index = ranges.begin(task); index < ranges.end(task); ++index) {
    const std::int64_t image = index / strips;
    const std::int64_t lane = index % strips * width;
    detail::run_kernel<detail::MeanKernel, T>(set, detail::MeanJob<T>{.from = from.row(image, 0) + lane,
                                                                      .pitch = from.pitch,
                                                                      .pixels = from.height * from.width,
                                                                      .to = to.pixel(image) + lane,
                                                                      .rectify = rectify});
  }
}

}  // namespace nasnet::inline NASNET_ABI
