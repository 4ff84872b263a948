#pragma once

#include "nasnet/core/steady_time.hpp"

#include <cstdint>  // int64_t
#include <ctime>    // clock_gettime, timespec

namespace nasnet::inline NASNET_ABI {

NASNET_BODY SteadyTime SteadyTime::now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  SteadyTime now;
  now.nanoseconds_ = static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
  return now;
}

}  // namespace nasnet::inline NASNET_ABI
