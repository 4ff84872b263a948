/// What becomes of the outputs of a sliding sum or mean on their way to memory.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// First the gate, then the addend.
template <class T>
struct Epilogue {
  const T* gate = nullptr;        ///< lies as the destination: outputs count only where it is above 0; null: everywhere
  const T* addend = nullptr;      ///< what is added; null: nothing. May be the destination
  std::int64_t addend_pitch = 0;  ///< scalars from one of its rows to the next
  std::int64_t addend_pixel = 0;  ///< and from one pixel to the next
};

/// Outputs of one row, evenly spaced, and what is done to them.
template <class T>
struct OutputRow {
  T* to = nullptr;
  std::int64_t step = 0;  ///< scalars from output to output
  std::int64_t count = 0;
  std::int64_t used = 0;      ///< lanes that are written
  const T* gate = nullptr;    ///< of the first output
  const T* addend = nullptr;  ///< likewise
  std::int64_t addend_step = 0;
};

template <class L, int block>
NASNET_ALWAYS_INLINE void store_block(typename L::Scalar* to, std::int64_t step,
                                      const typename L::Vector (&sum)[block]) {
  NASNET_UNROLL
  for (int output = 0; output < block; ++output) store<L>(to + output * step, sum[output]);
}

/// A whole block of whole vectors that are gated or added to something.
template <class L, int block>
NASNET_ALWAYS_INLINE void write_block(const OutputRow<typename L::Scalar>& row, std::int64_t first,
                                      typename L::Vector (&sum)[block]) {
  int gated = row.gate != nullptr ? 1 : 0;
  int adds = row.addend != nullptr ? 1 : 0;
  hide(gated);
  hide(adds);
  if (gated != 0) {
    NASNET_UNROLL
    for (int output = 0; output < block; ++output) {
      typename L::Vector gate;
      load<L>(gate, row.gate + (first + output) * row.step);
      sum[output] = gate > typename L::Vector{} ? sum[output] : typename L::Vector{};
    }
  }
  if (adds != 0) {
    NASNET_UNROLL
    for (int output = 0; output < block; ++output) {
      typename L::Vector addend;
      load<L>(addend, row.addend + (first + output) * row.addend_step);
      sum[output] += addend;
    }
  }
  store_block<L, block>(row.to + first * row.step, row.step, sum);
}

/// One output that is gated, added to something, or a part of a vector.
template <class L>
NASNET_ALWAYS_INLINE void write_output(const OutputRow<typename L::Scalar>& row, std::int64_t output,
                                       typename L::Vector& sum) {
  int gated = row.gate != nullptr ? 1 : 0;
  int adds = row.addend != nullptr ? 1 : 0;
  hide(gated);
  hide(adds);
  if (gated != 0) {
    typename L::Vector gate;
    load_part<L>(gate, row.gate + output * row.step, row.used);
    sum = gate > typename L::Vector{} ? sum : typename L::Vector{};
  }
  if (adds != 0) {
    typename L::Vector addend;
    load_part<L>(addend, row.addend + output * row.addend_step, row.used);
    sum += addend;
  }
  store_part<L>(row.to + output * row.step, sum, row.used);
}

/// Writes a block of outputs; whole blocks of whole vectors straight from the registers.
template <class L, int block>
NASNET_ALWAYS_INLINE void write_outputs(const OutputRow<typename L::Scalar>& row, std::int64_t first,
                                        typename L::Vector (&sum)[block]) {
  const std::int64_t left = row.count - first;
  int whole = left >= block && row.used == L::width ? 1 : 0;
  hide(whole);
  if (whole != 0) {
    int plain = row.gate == nullptr && row.addend == nullptr ? 1 : 0;
    hide(plain);
    if (plain != 0) return store_block<L, block>(row.to + first * row.step, row.step, sum);
    return write_block<L, block>(row, first, sum);
  }
  alignas(sizeof(typename L::Vector)) typename L::Scalar lanes[block * L::width];
  store_block<L, block>(lanes, L::width, sum);
  for (std::int64_t output = 0; output < left && output < block; ++output) {
    typename L::Vector one;
    load<L>(one, lanes + output * L::width);
    write_output<L>(row, first + output, one);
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail
