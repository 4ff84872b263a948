/// The end of a row that does not fill a whole vector.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A vector of half as many lanes.
template <class L>
struct NarrowerLanes;

template <InstructionSet set, class T, int count>
struct NarrowerLanes<Lanes<set, T, count>> {
  using Type = Lanes<set, T, count / 2>;
};

/// Runs Part over what is left of `count` elements after whole vectors: in vectors of half the width, a quarter, ... 1.
template <class Part, class L, class Job>
NASNET_ALWAYS_INLINE void run_remainder(const Job& job, std::int64_t first, std::int64_t count) {
  if constexpr (L::width > 1) {
    using Half = typename NarrowerLanes<L>::Type;
    if (first + Half::width <= count) {
      Part::template run<Half, 1>(job, first);
      first += Half::width;
    }
    run_remainder<Part, Half>(job, first, count);
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail
