/// Times for people.
#pragma once

#include <string>  // string

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// A duration as "8.2 s", "47 s", "3 min 20 s", "35 min" or "2 h 5 min".
NASNET_LAZY [[nodiscard]] std::string duration_text(double seconds);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/duration_text.ipp"
#endif
