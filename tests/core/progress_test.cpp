#include "nasnet/core/progress.hpp"

#include "catch.hpp"

TEST_CASE("time left follows the pace so far", "[progress]") {
  CHECK(nasnet::seconds_left({.task = "search", .done = 25, .total = 100, .seconds = 10, .detail = ""}) == Approx(30));
  CHECK(nasnet::seconds_left({.task = "search", .done = 100, .total = 100, .seconds = 10, .detail = ""}) == 0.0);
}

TEST_CASE("time left is negative while nothing is known", "[progress]") {
  CHECK(nasnet::seconds_left({.task = "", .done = 0, .total = 100, .seconds = 10, .detail = ""}) < 0);
  CHECK(nasnet::seconds_left({.task = "", .done = 5, .total = 0, .seconds = 10, .detail = ""}) < 0);
}
