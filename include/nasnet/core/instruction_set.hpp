/// The vector instructions that kernels may use on this machine.
#pragma once

#include <cstdlib>      // getenv
#include <string_view>  // string_view

#include "nasnet/config.hpp"
#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

/// Sets of vector instructions for which kernels are built, in order of strength.
enum class InstructionSet {
  baseline,  ///< what the compiler's target guarantees: SSE2 on x86-64; NEON with FMA on AArch64, where it is called
             ///< neon
  avx2,      ///< AVX2 and FMA, 8 floats
  avx512,    ///< AVX-512 F, BW, DQ, VL, 16 floats
};

[[nodiscard]] constexpr std::string_view to_string(InstructionSet set) {
  switch (set) {
    case InstructionSet::avx512: return "avx512";
    case InstructionSet::avx2: return "avx2";
    default: return NASNET_HAS_NEON != 0 ? "neon" : "baseline";
  }
}

namespace detail {

[[nodiscard]] inline InstructionSet detected_instruction_set() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    return InstructionSet::avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::avx2;
#endif
  return InstructionSet::baseline;
}

[[nodiscard]] inline InstructionSet capped_instruction_set() {
  const InstructionSet found = detected_instruction_set();
  const char* cap = std::getenv("NASNET_ISA");
  if (cap == nullptr || *cap == '\0') return found;
  for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
    if (to_string(set) == cap) return set < found ? set : found;
  }
  if (std::string_view(cap) == "baseline") return InstructionSet::baseline;  // whatever its name is here
  fail<ArgumentError>("NASNET_ISA: '", cap, "' is none of ", to_string(InstructionSet::baseline), ", avx2, avx512");
}

}  // namespace detail

/// The strongest set that this processor has, capped by the environment variable NASNET_ISA (baseline or neon, avx2,
/// avx512): for clusters of mixed machines, whose results are to agree, and for testing each path. Read once.
/// @throws ArgumentError for an unknown name in NASNET_ISA.
[[nodiscard]] inline InstructionSet instruction_set() {
  static const InstructionSet set = detail::capped_instruction_set();
  return set;
}

}  // namespace nasnet::inline NASNET_ABI
