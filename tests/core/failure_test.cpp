#include "nasnet/core/failure.hpp"

#include <exception>  // exception_ptr
#include <new>        // bad_alloc
#include <stdexcept>  // runtime_error
#include <string>     // string

#include "catch.hpp"
#include "nasnet/core/error.hpp"

using nasnet::catch_failure;
using nasnet::Failure;

TEST_CASE("what returns is no failure", "[failure]") {
  int ran = 0;
  CHECK_FALSE(catch_failure([&] { ++ran; }));
  CHECK(ran == 1);
}

TEST_CASE("a failure has its kind and its message", "[failure]") {
  const auto shape = catch_failure([] { nasnet::fail<nasnet::ShapeError>("add: ", 3, " of ", std::string("x")); });
  REQUIRE(shape);
  CHECK(shape->kind == Failure::Kind::exception);
  CHECK(shape->message == "add: 3 of x");

  const auto limit = catch_failure([] { nasnet::fail<nasnet::MemoryError>("too much"); });
  REQUIRE(limit);
  CHECK(limit->kind == Failure::Kind::out_of_memory);
  CHECK(limit->message == "too much");

  const auto machine = catch_failure([] { throw std::bad_alloc(); });
  REQUIRE(machine);
  CHECK(machine->kind == Failure::Kind::out_of_memory);

  const auto foreign = catch_failure([] { throw 7; });
  REQUIRE(foreign);
  CHECK(foreign->kind == Failure::Kind::exception);
}

TEST_CASE("what was thrown is caught, and thrown again", "[failure]") {
  CHECK(nasnet::catch_exception([] {}) == nullptr);
  const std::exception_ptr error = nasnet::catch_exception([] { throw std::runtime_error("no"); });
  REQUIRE(error != nullptr);
  CHECK_THROWS_WITH(nasnet::throw_again(error), "no");
}

TEST_CASE("a function is called as an object is, and once", "[failure]") {
  struct Once {
    int& calls;
    void operator()() && { ++calls; }
  };
  int calls = 0;
  CHECK_FALSE(catch_failure(Once{calls}));
  CHECK(calls == 1);
  CHECK(catch_failure(+[] { throw 7; }));
}
