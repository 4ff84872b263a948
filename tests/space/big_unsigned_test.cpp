#include "nasnet/space/big_unsigned.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "catch.hpp"
#include "nasnet/core/random.hpp"

namespace {

using nasnet::BigUnsigned;

TEST_CASE("small numbers behave as numbers do") {
  nasnet::RandomStream random(1);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t a = random() >> (32 + random() % 32);
    const std::uint64_t b = random() >> (32 + random() % 32);
    CHECK((BigUnsigned(a) + BigUnsigned(b)).as_uint64() == a + b);
    CHECK((BigUnsigned(a) * BigUnsigned(b)).as_uint64() == a * b);
    CHECK((BigUnsigned((a > b ? a : b)) - BigUnsigned(a > b ? b : a)).as_uint64() == (a > b ? a - b : b - a));
    CHECK((BigUnsigned(a) < BigUnsigned(b)) == (a < b));
    CHECK((BigUnsigned(a) == BigUnsigned(b)) == (a == b));
    CHECK(BigUnsigned(a).to_string() == std::to_string(a));
  }
}

TEST_CASE("numbers grow beyond 64 bits") {
  constexpr std::uint64_t most = (std::numeric_limits<std::uint64_t>::max)();
  CHECK(BigUnsigned(most).as_uint64() == most);
  CHECK((BigUnsigned(most) + 1).to_string() == "18446744073709551616");
  CHECK_FALSE((BigUnsigned(most) + 1).as_uint64());
  CHECK((BigUnsigned(most) * most).to_string() == "340282366920938463426481119284349108225");
  BigUnsigned factorial = 1;
  for (std::uint64_t n = 2; n <= 30; ++n) factorial *= n;
  CHECK(factorial.to_string() == "265252859812191058636308480000000");
  CHECK((factorial - factorial).to_string() == "0");
  CHECK((factorial - 1).to_string() == "265252859812191058636308479999999");
  CHECK(factorial.log() == Approx(std::lgamma(31.0)).epsilon(1e-14));
}

TEST_CASE("nothing is negative") {
  CHECK_THROWS_WITH(BigUnsigned(3) - BigUnsigned(4), "big number: 3 - 4 is negative");
  CHECK(BigUnsigned(0).to_string() == "0");
  CHECK((BigUnsigned(0) * BigUnsigned(7)) == BigUnsigned(0));
  CHECK(BigUnsigned(1).log() == 0.0);
}

}  // namespace
