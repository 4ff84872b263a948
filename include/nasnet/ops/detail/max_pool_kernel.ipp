#pragma once

#include "nasnet/ops/detail/max_pool_kernel.hpp"

#include <cstdint>      // int32_t, int64_t, uint8_t
#include <cstring>      // memcpy
#include <limits>       // numeric_limits
#include <type_traits>  // conditional_t

#include "nasnet/ops/detail/channel_strips.hpp"
#include "nasnet/ops/detail/simd.hpp"
#include "nasnet/ops/detail/sliding_taps.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The tap of padding: no real one, which are at most 15 * 15.
inline constexpr std::uint8_t no_tap = 255;

/// Small 32-bit integers as bytes.
template <class L, class Bytes, class Integers>
NASNET_ALWAYS_INLINE void narrow_to_bytes(Bytes& bytes, const Integers& values) {
#if __has_builtin(__builtin_shufflevector)
  if constexpr (L::width == 8) {  // of the conversion, GCC 12 makes 36 instructions for AVX2
    using Pieces = typename VectorOf<std::uint8_t, 32>::Type;
    const Pieces pieces = reinterpret_cast<const Pieces&>(values);
    const Pieces first = __builtin_shufflevector(pieces, pieces, 0, 4, 8, 12, 16, 20, 24, 28, 0, 4, 8, 12, 16, 20, 24,
                                                 28, 0, 4, 8, 12, 16, 20, 24, 28, 0, 4, 8, 12, 16, 20, 24, 28);
    std::memcpy(&bytes, &first, sizeof bytes);
    return;
  }
#endif
  bytes = __builtin_convertvector(values, Bytes);
}

/// Stores the first `count` of some small integers as bytes.
template <class L, class Integers>
NASNET_ALWAYS_INLINE void store_bytes(std::uint8_t* to, const Integers& values, std::int64_t count) {
  using Bytes = Lanes<InstructionSet::baseline, std::uint8_t, L::width>;
  if constexpr (sizeof(typename L::Scalar) == 4) {
    typename Bytes::Vector bytes;
    narrow_to_bytes<L>(bytes, values);
    store_part<Bytes>(to, bytes, count);
  } else {
    std::int64_t lanes[L::width];
    std::memcpy(lanes, &values, sizeof lanes);
    for (std::int64_t lane = 0; lane < count; ++lane) to[lane] = static_cast<std::uint8_t>(lanes[lane]);
  }
}

/// The first `count` bytes as a vector of scalars.
template <class L>
NASNET_ALWAYS_INLINE void load_bytes(typename L::Vector& values, const std::uint8_t* from, std::int64_t count) {
  using Bytes = Lanes<InstructionSet::baseline, std::uint8_t, L::width>;
  typename Bytes::Vector bytes;
  load_part<Bytes>(bytes, from, count);
  // Step by step: GCC 12 makes scalar code of the direct conversion.
  const auto words = __builtin_convertvector(bytes, typename VectorOf<std::uint16_t, L::width>::Type);
  const auto integers = __builtin_convertvector(words, typename VectorOf<std::int32_t, L::width>::Type);
  values = __builtin_convertvector(integers, typename L::Vector);
}

/// Numbers as integers of the same order, so that a maximum is one integer comparison: NaN above all others, the zeros
/// equal. The map is its own inverse.
///
/// It saves GCC 12 from comparisons that it makes scalar code of: those whose outcome is used twice, or joined by `|`,
/// in a body that becomes code for AVX-512.
template <class L>
struct OrderedBits {
  using Integer = std::conditional_t<sizeof(typename L::Scalar) == 4, std::int32_t, std::int64_t>;
  using Vector = typename VectorOf<Integer, L::width>::Type;
  static constexpr Integer most = (std::numeric_limits<Integer>::max)();

  static NASNET_ALWAYS_INLINE void from_values(Vector& bits, const typename L::Vector& values) {
    const typename L::Vector x = values + typename L::Vector{};  // -0 becomes 0
    Vector plain;
    std::memcpy(&plain, &x, sizeof plain);
    plain ^= (plain >> sign_bit) & most;
    bits = x != x ? Vector{} + most : plain;
  }

  static NASNET_ALWAYS_INLINE void to_values(typename L::Vector& values, const Vector& bits) {
    const Vector plain = bits ^ ((bits >> sign_bit) & most);
    std::memcpy(&values, &plain, sizeof plain);
  }

  static NASNET_ALWAYS_INLINE void load_bits(Vector& bits, const typename L::Scalar* from) {
    std::memcpy(&bits, from, sizeof bits);
  }

 private:
  static constexpr int sign_bit = std::numeric_limits<Integer>::digits;
};

/// Maxima of a block of neighbouring windows, and their taps.
template <class L>
struct MaxBlock {
  typename OrderedBits<L>::Vector best[pool_block];
  typename OrderedBits<L>::Vector tap[pool_block];
};

/// Takes in one tap of each window; of equal values the first one stays.
template <class L, bool with_taps>
NASNET_ALWAYS_INLINE void take_tap(MaxBlock<L>& block, const typename L::Scalar* source, std::int64_t step,
                                   std::int64_t tap) {
  using Bits = OrderedBits<L>;
  const typename Bits::Vector taps = typename Bits::Vector{} + static_cast<typename Bits::Integer>(tap);
  NASNET_UNROLL
  for (int output = 0; output < pool_block; ++output) {
    typename Bits::Vector x;
    Bits::load_bits(x, source + output * step);
    const typename Bits::Vector old = block.best[output];
    block.best[output] = x > old ? x : old;
    if constexpr (with_taps) block.tap[output] = block.best[output] != old ? taps : block.tap[output];
  }
}

struct MaxPoolKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const MaxPoolTask<typename Target::Scalar>& job) {
    const MaxPoolTask<typename Target::Scalar> task = job;
    run_lanes<typename Target::Full>(task);
  }

 private:
  template <class L>
  static NASNET_ALWAYS_INLINE void run_lanes(const MaxPoolTask<typename L::Scalar>& task) {
    RingCursor next = ring_cursor(task.ring, task.rows.oldest[task.row_begin]);
    for (std::int64_t row = task.row_begin; row < task.row_end; ++row) {
      for (; next.source < task.rows.needed[row]; next.advance(task.ring.rows)) {
        fetch_ordered_row<L>(task.ring, next);
      }
      for (std::int64_t first = 0; first < task.width; first += pool_block) {
        if (task.taps != nullptr) {
          compute_block<L, true>(task, row, first);
        } else {
          compute_block<L, false>(task, row, first);
        }
      }
    }
  }

  template <class L>
  static NASNET_ALWAYS_INLINE void fetch_ordered_row(const RowRing<typename L::Scalar>& ring, const RingCursor& at) {
    fetch_row<L>(ring, at);
    auto* row = ring_row<L>(ring, at.slot);
    for (std::int64_t pixel = 0; pixel < ring.width; ++pixel, row += L::width) {
      typename L::Vector x;
      typename OrderedBits<L>::Vector bits;
      load<L>(x, row);
      OrderedBits<L>::from_values(bits, x);
      std::memcpy(row, &bits, sizeof bits);
    }
  }

  template <class L, bool with_taps>
  static NASNET_ALWAYS_INLINE void compute_block(const MaxPoolTask<typename L::Scalar>& task, std::int64_t row,
                                                 std::int64_t first) {
    using T = typename L::Scalar;
    const RowTap* rows = task.rows.taps + task.rows.begin[row];
    const std::int64_t row_count = task.rows.begin[row + 1] - task.rows.begin[row];
    const std::int64_t count = task.width - first < pool_block ? task.width - first : pool_block;
    const std::int64_t step = task.step * L::width;
    const std::int64_t first_tap = rows[0].tap * task.kernel_width;
    typename L::Vector outside;
    fill<L>(outside, task.ring.outside);
    MaxBlock<L> block{};
    NASNET_UNROLL
    for (int output = 0; output < pool_block; ++output) {
      const std::int64_t column = first + (output < count ? output : count - 1);
      OrderedBits<L>::from_values(block.best[output], outside);
      block.tap[output] += static_cast<typename OrderedBits<L>::Integer>(first_tap + task.first_column_taps[column]);
    }
    for (std::int64_t r = 0; r < row_count; ++r) {
      const T* source = ring_row<L>(task.ring, rows[r].slot) + first * step;
      for (std::int64_t t = 0; t < task.kernel_width; ++t, source += task.spacing * L::width) {
        take_tap<L, with_taps>(block, source, step, rows[r].tap * task.kernel_width + t);
      }
    }
    write_block<L, with_taps>(task, row, first, count, block);
  }

  template <class L, bool with_taps>
  static NASNET_ALWAYS_INLINE void write_block(const MaxPoolTask<typename L::Scalar>& task, std::int64_t row,
                                               std::int64_t first, std::int64_t count, MaxBlock<L>& block) {
    int adds = task.addend != nullptr ? 1 : 0;
    hide(adds);
    NASNET_UNROLL
    for (int output = 0; output < pool_block; ++output) {
      if (output >= count) return;
      const std::int64_t to = (row * task.width + first + output) * task.destination_pixel;
      typename L::Vector value;
      OrderedBits<L>::to_values(value, block.best[output]);
      if (adds != 0) {
        typename L::Vector addend;
        load_part<L>(addend, task.addend + (row * task.width + first + output) * task.addend_pixel,
                     task.ring.source.used);
        value += addend;
      }
      store_part<L>(task.destination + to, value, task.ring.source.used);
      if constexpr (with_taps) store_bytes<L>(task.taps + to, block.tap[output], task.ring.source.used);
    }
  }
};

struct MaxPoolGradientKernel {
  template <class Target>
  static NASNET_ALWAYS_INLINE void run(const MaxPoolGradientTask<typename Target::Scalar>& job) {
    const MaxPoolGradientTask<typename Target::Scalar> task = job;
    run_lanes<typename Target::Full>(task);
  }

 private:
  template <class L>
  static NASNET_ALWAYS_INLINE void run_lanes(const MaxPoolGradientTask<typename L::Scalar>& task) {
    RingCursor next = ring_cursor(task.ring, task.rows.oldest[task.row_begin]);
    for (std::int64_t row = task.row_begin; row < task.row_end; ++row) {
      for (; next.source < task.rows.needed[row]; next.advance(task.ring.rows)) {
        fetch_row<L>(task.ring, next);
        fetch_taps<L>(task, next);
      }
      for (std::int64_t p = 0; p < task.columns.phase_count; ++p) {
        for (std::int64_t first = 0; first < task.columns.phases[p].count; first += pool_block) {
          compute_block<L>(task, row, task.columns.phases[p], first);
        }
      }
    }
  }

  template <class L>
  static NASNET_ALWAYS_INLINE void fetch_taps(const MaxPoolGradientTask<typename L::Scalar>& task,
                                              const RingCursor& at) {
    auto* to = task.tap_ring + (ring_row<L>(task.ring, at.slot) - task.ring.memory);
    fill_pixels<L>(to, task.ring.width, no_tap);
    to += task.ring.before * L::width;
    StripRow<std::uint8_t> row = task.taps;
    row.first += at.source * task.ring.source_pitch;
    const std::int64_t whole = readable_pixels<L>(row);
    for (std::int64_t i = 0; i < row.pixels; ++i) {
      typename L::Vector taps;
      load_bytes<L>(taps, row.first + i * row.channels, i < whole ? L::width : row.used);
      store<L>(to + i * L::width, taps);
    }
  }

  template <class L>
  static NASNET_ALWAYS_INLINE void compute_block(const MaxPoolGradientTask<typename L::Scalar>& task, std::int64_t row,
                                                 const ColumnPhase& phase, std::int64_t first) {
    using T = typename L::Scalar;
    const RowTap* rows = task.rows.taps + task.rows.begin[row];
    const std::int64_t row_count = task.rows.begin[row + 1] - task.rows.begin[row];
    typename L::Vector sum[pool_block];
    NASNET_UNROLL
    for (int output = 0; output < pool_block; ++output) sum[output] = typename L::Vector{};
    for (std::int64_t r = 0; r < row_count; ++r) {
      const T* gradients = ring_row<L>(task.ring, rows[r].slot) + (task.ring.before + phase.start + first) * L::width;
      const T* taps = task.tap_ring + (gradients - task.ring.memory);
      for (std::int64_t t = 0; t < phase.taps; ++t) {
        const std::int64_t at = t * task.columns.spacing * L::width;
        take_gradients<L>(sum, gradients + at, taps + at,
                          static_cast<T>(rows[r].tap * task.kernel_width + task.order[phase.weight_start + t]));
      }
    }
    write_block<L>(task, row, phase, first, sum);
  }

  template <class L>
  static NASNET_ALWAYS_INLINE void take_gradients(typename L::Vector (&sum)[pool_block],
                                                  const typename L::Scalar* gradients, const typename L::Scalar* taps,
                                                  typename L::Scalar tap) {
    typename L::Vector wanted;
    fill<L>(wanted, tap);
    NASNET_UNROLL
    for (int output = 0; output < pool_block; ++output) {
      typename L::Vector gradient;
      typename L::Vector found;
      load<L>(gradient, gradients + output * L::width);
      load<L>(found, taps + output * L::width);
      const auto won = found == wanted;
      sum[output] += won ? gradient : typename L::Vector{};
    }
  }

  template <class L>
  static NASNET_ALWAYS_INLINE void write_block(const MaxPoolGradientTask<typename L::Scalar>& task, std::int64_t row,
                                               const ColumnPhase& phase, std::int64_t first,
                                               typename L::Vector (&sum)[pool_block]) {
    const std::int64_t channels = task.ring.source.channels;
    NASNET_UNROLL
    for (int output = 0; output < pool_block; ++output) {
      if (first + output >= phase.count) return;
      const std::int64_t column = phase.first + (first + output) * task.columns.destination_step;
      auto* to = task.destination + (row * task.width + column) * channels;
      if (task.accumulate) {
        typename L::Vector old;
        load_part<L>(old, to, task.ring.source.used);
        sum[output] += old;
      }
      store_part<L>(to, sum[output], task.ring.source.used);
    }
  }
};

template <class T>
void pool_maxima(InstructionSet set, const MaxPoolTask<T>& task) {
  run_kernel<MaxPoolKernel, T>(set, task);
}

template <class T>
void pool_maxima_gradient(InstructionSet set, const MaxPoolGradientTask<T>& task) {
  run_kernel<MaxPoolGradientKernel, T>(set, task);
}

}  // namespace nasnet::inline NASNET_ABI::detail
