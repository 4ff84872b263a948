#include "nasnet/core/error.hpp"

#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint64_t, uint8_t
#include <limits>       // numeric_limits
#include <stdexcept>    // runtime_error
#include <string>       // string
#include <string_view>  // string_view

#include "catch.hpp"
#include "nasnet/core/failure.hpp"

using nasnet::catch_failure;
using nasnet::join;

TEST_CASE("strings, characters and numbers are joined", "[error]") {
  const std::string text = "b";
  CHECK(join("a", text, std::string_view("cd").substr(0, 1), 'd', std::string("e")) == "abcde");
  CHECK(join().empty());
  CHECK(join("", std::string{}, std::string_view{}).empty());
  CHECK(join(-1, ' ', 2U, ' ', std::uint8_t{200}, ' ', true) == "-1 2 200 1");
  CHECK(join((std::numeric_limits<std::int64_t>::min)()) == "-9223372036854775808");
  CHECK(join((std::numeric_limits<std::uint64_t>::max)()) == "18446744073709551615");
  CHECK(join(std::size_t{7}, ' ', 7L, ' ', 7LL, ' ', 7UL, ' ', 7ULL) == "7 7 7 7 7");
  CHECK(join(0.25F, ' ', -1.5) == "0.250000 -1.500000");
  CHECK(join(std::string_view("a\0b", 3)).size() == 3);
}

TEST_CASE("all errors are nasnet::Error", "[error]") {
  CHECK_THROWS_AS(nasnet::fail<nasnet::GenotypeError>("x"), nasnet::Error);
  CHECK_THROWS_AS(nasnet::fail<nasnet::DataError>("x"), nasnet::Error);
  CHECK_THROWS_AS(nasnet::fail<nasnet::IoError>("x"), nasnet::Error);
  CHECK_THROWS_AS(nasnet::fail<nasnet::ArgumentError>("x"), nasnet::Error);
  CHECK_THROWS_AS(nasnet::fail<nasnet::CudaError>("x"), nasnet::Error);
  CHECK_THROWS_AS(nasnet::fail<nasnet::MemoryError>("x"), std::runtime_error);
}

TEST_CASE("messages are one line that no terminal obeys", "[error]") {
  const std::string quoted("a\x1b[31m\n\t\x7f\0 b \xC3\xA9", 15);
  const auto failure = catch_failure([&] { nasnet::fail<nasnet::DataError>("found '", quoted, '\''); });
  REQUIRE(failure.has_value());
  CHECK(failure->message == "found 'a?[31m???? b \xC3\xA9'");
}
