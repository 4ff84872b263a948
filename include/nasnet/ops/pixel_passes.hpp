/// Small passes over maps inside a larger memory, whose pixels are whole vectors.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/simd.hpp"
#include "nasnet/ops/map_view.hpp"

namespace nasnet::inline v0 {

namespace detail {

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

template <class Kernel, class T>
void for_pixels(Context& context, const MapView<const T>& left, const MapView<const T>& right, const MapView<T>& to,
                InstructionSet set) {
  constexpr std::int64_t grain_scalars = 16 * 1024;
  const std::int64_t grain = grain_scalars / to.channels + 1;
  context.parallel_for(to.pixels(), grain, [&](std::int64_t begin, std::int64_t end) {
    run_kernel<Kernel, T>(set, PixelJob<T>{left, right, to, begin, end});
  });
}

}  // namespace detail

/// to = left + right, maps of one size; `to` may be one of them.
template <class T>
void add_pixels(Context& context, const MapView<const T>& left, const MapView<const T>& right, const MapView<T>& to,
                InstructionSet set) {
  detail::for_pixels<detail::PixelSumKernel, T>(context, left, right, to, set);
}

/// to = from, maps of one size.
template <class T>
void copy_pixels(Context& context, const MapView<const T>& from, const MapView<T>& to, InstructionSet set) {
  detail::for_pixels<detail::PixelCopyKernel, T>(context, from, {}, to, set);
}

/// to [images,1,1,channels] = the mean of each map, of max(x, 0) where `rectify`.
template <class T>
void mean_of_pixels(Context& context, const MapView<const T>& from, bool rectify, const MapView<T>& to,
                    InstructionSet set) {
  const std::int64_t width = detail::full_width<T>(set);
  const std::int64_t strips = from.channels / width;
  context.parallel_for(from.images * strips, 8, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t index = begin; index < end; ++index) {
      const std::int64_t image = index / strips;
      const std::int64_t lane = index % strips * width;
      detail::run_kernel<detail::MeanKernel, T>(set, detail::MeanJob<T>{.from = from.row(image, 0) + lane,
                                                                        .pitch = from.pitch,
                                                                        .pixels = from.height * from.width,
                                                                        .to = to.pixel(image) + lane,
                                                                        .rectify = rectify});
    }
  });
}

}  // namespace nasnet::inline v0
