/// Random numbers by place, so that threads may draw them in any order.
#pragma once

#include <cstdint>  // int64_t, uint64_t

#include "nasnet/core/random.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The index-th uniform number in [0, 1) of a stream.
[[nodiscard]] constexpr double uniform_at(const RandomStream& stream, std::int64_t index) {
  const RandomStream::State state = stream.state();
  return RandomStream(RandomStream::State{state.key, state.position + static_cast<std::uint64_t>(index)}).uniform();
}

}  // namespace nasnet::inline NASNET_ABI::detail
