#include "nasnet/core/duration_text.hpp"

#include <string>  // string

#include "catch.hpp"

using nasnet::duration_text;

TEST_CASE("durations for people", "[progress]") {
  CHECK(duration_text(0) == "0.0 s");
  CHECK(duration_text(-3) == "0.0 s");
  CHECK(duration_text(8.21) == "8.2 s");
  CHECK(duration_text(9.96) == "10 s");
  CHECK(duration_text(59.6) == "1 min 0 s");
  CHECK(duration_text(200) == "3 min 20 s");
  CHECK(duration_text(2100) == "35 min");
  CHECK(duration_text(7500) == "2 h 5 min");
  CHECK(duration_text(1e300).find(" h ") != std::string::npos);
}
