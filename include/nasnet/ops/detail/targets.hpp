/// Runs a loop that was compiled for several instruction sets, on the strongest one here.
#pragma once

#include "nasnet/core/instruction_set.hpp"

namespace nasnet::inline v0::detail {

#if defined(__x86_64__) && defined(__GNUC__)
template <class Loop, class... Arguments>
[[gnu::target("avx2,fma")]] void run_loop_avx2(const Loop& loop, Arguments... arguments) {
  loop(arguments...);
}
#endif

/// Calls loop(arguments...), whose operator() is marked always_inline so that each target compiles its own copy.
/// Such loops stream through memory: 256-bit vectors saturate it, so AVX-512 has no variant of its own.
template <class Loop, class... Arguments>
void run_loop(const Loop& loop, Arguments... arguments) {
#if defined(__x86_64__) && defined(__GNUC__)
  if (instruction_set() != InstructionSet::baseline) return run_loop_avx2(loop, arguments...);
#endif
  loop(arguments...);
}

}  // namespace nasnet::inline v0::detail
