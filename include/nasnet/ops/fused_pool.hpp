/// Pools as the steps of an inference plan compute them: a sum after the pool costs no pass of its own, and the output
/// may be a slice of a concatenation.
#pragma once

#include <cstdint>  // int64_t
#include <vector>   // vector

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/ops/detail/channel_strips.hpp"
#include "nasnet/ops/detail/sliding_sum_run.hpp"
#include "nasnet/ops/detail/sliding_taps.hpp"
#include "nasnet/ops/fused_convolution.hpp"
#include "nasnet/ops/map_view.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline NASNET_ABI {

/// A pool without sizes: what a plan keeps of it.
struct FusedPool {
  bool maximum = false;  ///< or average
  Window window{};
};

/// A fused pool for one size of input.
template <class T>
class PoolTiling {
 public:
  PoolTiling(const FusedPool& pool, const MapView<const T>& input, InstructionSet set);

  [[nodiscard]] std::int64_t scratch_size() const { return rows_.span * columns_.width * width_; }

  /// How many tasks it is cut into; each writes a part of the output of its own.
  [[nodiscard]] std::int64_t tasks() const { return images_ * strips_ * row_parts_; }

  /// Runs one of them. @param addend same size as the output; may be the output, or nothing
  void run_task(std::int64_t index, const FusedPool& pool, const MapView<const T>& input,
                const MapView<const T>& addend, const MapView<T>& output, const TileMemory<T>& memory) const;

 private:
  struct Task {
    std::int64_t image, strip, row_begin, row_end;
  };

  [[nodiscard]] detail::RowRing<T> ring(const MapView<const T>& input, const Task& at, T outside, T* memory) const;

  void run_maximum(const FusedPool& pool, const MapView<const T>& input, const MapView<const T>& addend,
                   const MapView<T>& output, const Task& at, T* memory) const;

  void run_average(const MapView<const T>& input, const MapView<const T>& addend, const MapView<T>& output,
                   const Task& at, T* memory, const T** pointers) const;

  InstructionSet set_;
  std::int64_t width_;
  std::int64_t images_;
  Size output_;
  detail::RowTaps rows_;
  detail::ColumnTaps columns_;
  std::vector<std::int64_t> first_column_taps_;
  detail::WindowCells<T> cells_;
  std::int64_t strips_ = 0;
  std::int64_t task_rows_ = 1;
  std::int64_t row_parts_ = 1;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/fused_pool.ipp"
#endif
