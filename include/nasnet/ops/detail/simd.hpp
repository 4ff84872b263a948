/// Kernels for several instruction sets in one program, chosen when it runs.
///
/// A kernel is a type with one static function template, its body:
///
///     struct ScaleKernel {
///       template <class Target>                                   // Target<InstructionSet, Scalar>
///       static NASNET_ALWAYS_INLINE void run(const ScaleJob<typename Target::Scalar>& job) {
///         using Lanes = typename Target::Full;                    // vectors of 64, 32 or 16 bytes
///         const ScaleJob<typename Target::Scalar> j = job;        // a copy, so that its members stay in registers
///         std::int64_t i = 0;
///         for (; i + Lanes::width <= j.count; i += Lanes::width) {
///           typename Lanes::Vector x;
///           load<Lanes>(x, j.data + i);
///           x *= j.factor;                                        // vectors have the operators of numbers
///           store<Lanes>(j.data + i, x);
///         }
///         for (; i < j.count; ++i) j.data[i] *= j.factor;
///       }
///     };
///     run_kernel<ScaleKernel, float>(instruction_set(), job);
///
/// `run_kernel` calls one of three functions that carry the target attributes; the body and all that it calls are
/// NASNET_ALWAYS_INLINE functions without attributes, and become code of that function's target. So the body may call
/// nothing else: no std algorithms (they could be compiled, or merged by the linker, for another target), and no
/// function that takes or returns a vector by value (its calling convention would depend on the target). The
/// instruction set is a part of every template argument, so that no two targets share a symbol.
///
/// Write sums of products as `sum += a * b`: compilers contract it where the target has a fused multiply-add.
#pragma once

#include <cstdint>      // int64_t
#include <cstring>      // memcpy
#include <type_traits>  // conditional_t

#include "nasnet/config.hpp"
#include "nasnet/core/instruction_set.hpp"

namespace nasnet::inline NASNET_ABI::detail {

template <class T, int count>
struct VectorOf {
  typedef T Type __attribute__((vector_size(sizeof(T) * count)));
  typedef T Unaligned __attribute__((vector_size(sizeof(T) * count), aligned(sizeof(T))));
};

/// A vector of `count` scalars in kernels for one instruction set.
template <InstructionSet set, class T, int count>
struct Lanes {
  using Scalar = T;
  using Vector = typename VectorOf<T, count>::Type;
  using Unaligned = typename VectorOf<T, count>::Unaligned;
  static constexpr int width = count;
};

[[nodiscard]] constexpr int vector_bytes(InstructionSet set) {
  return set == InstructionSet::avx512 ? 64 : set == InstructionSet::avx2 ? 32 : 16;
}

/// What a kernel's body knows of the processor.
template <InstructionSet chosen, class T>
struct Target {
  static constexpr InstructionSet set = chosen;
  static constexpr int width = vector_bytes(set) / static_cast<int>(sizeof(T));
  /// Vectors that the register file holds.
  static constexpr int registers = set == InstructionSet::avx512 || NASNET_HAS_NEON ? 32 : 16;

  using Scalar = T;
  using Full = Lanes<set, T, width>;
};

/// Whether there are kernels of a scalar for all sets. Those of double, which checks gradients, are for the baseline
/// alone, whatever set is asked for.
template <class T>
inline constexpr bool has_all_sets = sizeof(T) == 4;

/// Lanes of a kernel's widest vector, for code that prepares its memory.
template <class T>
[[nodiscard]] constexpr std::int64_t full_width(InstructionSet set) {
  if (!has_all_sets<T>) return Target<InstructionSet::baseline, T>::width;
  switch (set) {
    case InstructionSet::avx512: return Target<InstructionSet::avx512, T>::width;
    case InstructionSet::avx2: return Target<InstructionSet::avx2, T>::width;
    default: return Target<InstructionSet::baseline, T>::width;
  }
}

/// The set to use for `count` neighbouring scalars at a time: AVX2 where half of an AVX-512 vector would stay empty.
template <class T>
[[nodiscard]] constexpr InstructionSet set_for(std::int64_t count, InstructionSet set) {
  const bool half = has_all_sets<T> && set == InstructionSet::avx512 && count <= full_width<T>(InstructionSet::avx2);
  return half ? InstructionSet::avx2 : set;
}

template <class L>
NASNET_ALWAYS_INLINE void load(typename L::Vector& vector, const typename L::Scalar* from) {
  vector = *reinterpret_cast<const typename L::Unaligned*>(from);
}

template <class L>
NASNET_ALWAYS_INLINE void store(typename L::Scalar* to, const typename L::Vector& vector) {
  *reinterpret_cast<typename L::Unaligned*>(to) = vector;
}

template <class L>
NASNET_ALWAYS_INLINE void fill(typename L::Vector& vector, typename L::Scalar value) {
  vector = value - typename L::Vector{};  // exact for every value, zeros of both signs included
}

/// Hides what a number is. In a loop: keeps the compiler from making a copy of the loop for each outcome of a test,
/// which GCC 12 at -O3 does to whole kernels (unswitching), at a multiple of their size and of the time to compile
/// them.
template <class T>
NASNET_ALWAYS_INLINE void hide(T& number) {
  asm volatile("" : "+r"(number));
}

/// Says that memory will be read soon.
template <class T>
NASNET_ALWAYS_INLINE void prefetch(const T* address) {
  __builtin_prefetch(address);
}

/// Copies count < 2 * `most` scalars in pieces of powers of two.
template <class T, int most>
NASNET_ALWAYS_INLINE void copy_part(T* to, const T* from, std::int64_t count) {
  if constexpr (most > 0) {
    const std::int64_t done = (count & most) != 0 ? most : 0;
    if (done != 0) std::memcpy(to, from, sizeof(T) * most);
    copy_part<T, most / 2>(to + done, from + done, count);
  }
}

/// The first `count` lanes, the others zero.
template <class L>
NASNET_ALWAYS_INLINE void load_part(typename L::Vector& vector, const typename L::Scalar* from, std::int64_t count) {
  hide(count);
  if (count >= L::width) {
    load<L>(vector, from);
    return;
  }
  alignas(sizeof(typename L::Vector)) typename L::Scalar lanes[L::width] = {};
  copy_part<typename L::Scalar, L::width / 2>(lanes, from, count);
  load<L>(vector, lanes);
}

/// Stores the first `count` lanes.
template <class L>
NASNET_ALWAYS_INLINE void store_part(typename L::Scalar* to, const typename L::Vector& vector, std::int64_t count) {
  hide(count);
  if (count >= L::width) {
    store<L>(to, vector);
    return;
  }
  alignas(sizeof(typename L::Vector)) typename L::Scalar lanes[L::width];
  store<L>(lanes, vector);
  copy_part<typename L::Scalar, L::width / 2>(to, lanes, count);
}

template <class Kernel, class Scalar, class Job>
NASNET_TARGET_AVX512 void run_on_avx512(const Job& job) {
  Kernel::template run<Target<InstructionSet::avx512, Scalar>>(job);
}

template <class Kernel, class Scalar, class Job>
NASNET_TARGET_AVX2 void run_on_avx2(const Job& job) {
  Kernel::template run<Target<InstructionSet::avx2, Scalar>>(job);
}

template <class Kernel, class Scalar, class Job>
void run_on_baseline(const Job& job) {
  Kernel::template run<Target<InstructionSet::baseline, Scalar>>(job);
}

/// Runs the kernel's body for an instruction set, which the processor must have. What calls it has a copy of the
/// kernel's code for each set, so that each kernel has one caller, a function template that is declared in a header and
/// instantiated in one source of the compiled library.
template <class Kernel, class Scalar, class Job>
void run_kernel([[maybe_unused]] InstructionSet set, const Job& job) {
#if NASNET_HAS_X86_TARGETS
  if constexpr (has_all_sets<Scalar>) {
    if (set == InstructionSet::avx512) return run_on_avx512<Kernel, Scalar>(job);
    if (set == InstructionSet::avx2) return run_on_avx2<Kernel, Scalar>(job);
  }
#endif
  run_on_baseline<Kernel, Scalar>(job);
}

}  // namespace nasnet::inline NASNET_ABI::detail
