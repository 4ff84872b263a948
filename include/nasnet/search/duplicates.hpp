/// Proposals that were tried before.
#pragma once

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// What happens to a proposal whose canonical form was tried before, with the same budget and repeat.
enum class Duplicates {
  skip,      ///< it is told as a duplicate and does not count
  evaluate,  ///< it is a trial like any other
};

}  // namespace nasnet::inline NASNET_ABI
