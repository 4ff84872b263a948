#pragma once

#include "nasnet/core/duration_text.hpp"

#include <algorithm>  // clamp
#include <cstdint>    // int64_t
#include <string>     // string

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string duration_text(double seconds) {
  const auto tenths = static_cast<std::int64_t>(std::clamp(seconds * 10 + 0.5, 0.0, 1e15));
  const std::int64_t whole = (tenths + 5) / 10;
  if (tenths < 100) return join(tenths / 10, '.', tenths % 10, " s");
  if (whole < 60) return join(whole, " s");
  if (whole < 600) return join(whole / 60, " min ", whole % 60, " s");
  if (whole < 3600) return join(whole / 60, " min");
  return join(whole / 3600, " h ", whole % 3600 / 60, " min");
}

}  // namespace nasnet::inline NASNET_ABI
