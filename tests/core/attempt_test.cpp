#include "nasnet/core/attempt.hpp"

#include <new>        // bad_alloc
#include <stdexcept>  // runtime_error
#include <string>     // string

#include "catch.hpp"
#include "nasnet/core/error.hpp"

using nasnet::attempt;
using nasnet::Failure;

TEST_CASE("what returns is no failure", "[attempt]") {
  int ran = 0;
  CHECK_FALSE(attempt([&] { ++ran; }));
  CHECK(ran == 1);
}

TEST_CASE("a failure has its kind and its message", "[attempt]") {
  const auto shape = attempt([] { nasnet::fail<nasnet::ShapeError>("add: ", 3, " of ", std::string("x")); });
  REQUIRE(shape);
  CHECK(shape->kind == Failure::Kind::exception);
  CHECK(shape->message == "add: 3 of x");

  const auto limit = attempt([] { nasnet::fail<nasnet::MemoryError>("too much"); });
  REQUIRE(limit);
  CHECK(limit->kind == Failure::Kind::out_of_memory);
  CHECK(limit->message == "too much");

  const auto machine = attempt([] { throw std::bad_alloc(); });
  REQUIRE(machine);
  CHECK(machine->kind == Failure::Kind::out_of_memory);

  const auto foreign = attempt([] { throw 7; });
  REQUIRE(foreign);
  CHECK(foreign->kind == Failure::Kind::exception);
}

TEST_CASE("what fails is undone, and fails on", "[attempt]") {
  int undone = 0;
  CHECK_THROWS_AS(nasnet::or_undo([] { throw std::runtime_error("no"); }, [&] { ++undone; }), std::runtime_error);
  CHECK(undone == 1);
  nasnet::or_undo([] {}, [&] { ++undone; });
  CHECK(undone == 1);
}

TEST_CASE("all errors are nasnet::Error", "[attempt]") {
  CHECK_THROWS_AS(nasnet::fail<nasnet::GenotypeError>("x"), nasnet::Error);
  CHECK_THROWS_AS(nasnet::fail<nasnet::DataError>("x"), nasnet::Error);
  CHECK_THROWS_AS(nasnet::fail<nasnet::IoError>("x"), nasnet::Error);
  CHECK_THROWS_AS(nasnet::fail<nasnet::ArgumentError>("x"), nasnet::Error);
  CHECK_THROWS_AS(nasnet::fail<nasnet::CudaError>("x"), nasnet::Error);
  CHECK_THROWS_AS(nasnet::fail<nasnet::MemoryError>("x"), std::runtime_error);
}

TEST_CASE("messages are one line that no terminal obeys", "[attempt]") {
  const std::string quoted("a\x1b[31m\n\t\x7f\0 b \xC3\xA9", 15);
  const auto failure = attempt([&] { nasnet::fail<nasnet::DataError>("found '", quoted, '\''); });
  REQUIRE(failure.has_value());
  CHECK(failure->message == "found 'a?[31m???? b \xC3\xA9'");
}
