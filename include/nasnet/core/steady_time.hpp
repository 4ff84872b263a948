/// Points in time for time limits and durations.
#pragma once

#include <compare>  // operator<=>
#include <cstdint>  // int64_t

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// std::chrono::steady_clock::time_point, known by what it has.
template <class T>
concept LibraryTime = T::clock::is_steady && T::period::num == 1 && T::period::den == 1'000'000'000;

}  // namespace detail

/// A point in time of the system's steady clock. A std::chrono::steady_clock::time_point is one, and this becomes one
/// where a program wants it. It is a class of its own because <chrono> takes long to compile.
class SteadyTime {
 public:
  /// The beginning of the clock's time, as a rule when the machine was started.
  constexpr SteadyTime() = default;
  template <detail::LibraryTime Time>
  constexpr SteadyTime(Time time) : nanoseconds_(time.time_since_epoch().count()) {}  // NOLINT: the same value

  template <detail::LibraryTime Time>
  constexpr operator Time() const {  // NOLINT: the same value
    return Time(typename Time::duration(nanoseconds_));
  }

  NASNET_LAZY [[nodiscard]] static SteadyTime now();

  /// So many seconds later; a billion at most, which is no limit.
  [[nodiscard]] constexpr SteadyTime operator+(double seconds) const {
    SteadyTime later = *this;
    later.nanoseconds_ += static_cast<std::int64_t>((seconds < 1e9 ? seconds : 1e9) * 1e9);
    return later;
  }

  /// The seconds from another time to this one.
  [[nodiscard]] constexpr double operator-(SteadyTime earlier) const {
    return static_cast<double>(nanoseconds_ - earlier.nanoseconds_) / 1e9;
  }

  constexpr auto operator<=>(const SteadyTime&) const = default;

 private:
  std::int64_t nanoseconds_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/steady_time.ipp"
#endif
