/// What several strategies remember.
#pragma once

#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// See strategy/detail/saved_state.hpp.
class SavedState;

/// An architecture and what it achieved.
struct Scored {
  Architecture architecture;
  double accuracy = 0;
};

}  // namespace nasnet::inline NASNET_ABI::detail
