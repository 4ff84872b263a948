#include "nasnet/core/steady_time.hpp"

#include <chrono>
#include <limits>

#include "catch.hpp"
using namespace nasnet;

TEST_CASE("steady time: it is the standard library's steady clock") {
  const auto before = std::chrono::steady_clock::now();
  const SteadyTime now = SteadyTime::now();
  const auto after = std::chrono::steady_clock::now();
  CHECK(SteadyTime(before) <= now);
  CHECK(now <= SteadyTime(after));
  const std::chrono::steady_clock::time_point again = now;
  CHECK(SteadyTime(again) == now);
}

TEST_CASE("steady time: seconds are added and found again") {
  const SteadyTime begin = SteadyTime::now();
  CHECK((begin + 0.5) - begin == 0.5);
  CHECK(begin - (begin + 2) == -2);
  CHECK(begin < begin + 1e-6);
  CHECK((begin + std::numeric_limits<double>::infinity()) - begin == 1e9);
}
