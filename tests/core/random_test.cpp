#include "nasnet/core/random.hpp"

#include <array>    // array
#include <cmath>    // isfinite, sqrt
#include <cstddef>  // size_t
#include <cstdint>  // int64_t, uint64_t
#include <random>   // uniform_random_bit_generator
#include <set>      // set

#include "catch.hpp"
#include "nasnet/core/error.hpp"

using nasnet::RandomStream;

TEST_CASE("the numbers are Philox4x32-10", "[random]") {
  // Known answer of Random123's tests for key 0 and counter 0: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
  RandomStream stream(RandomStream::State{0, 0});
  CHECK(stream() == 0xe169c58d6627e8d5U);
  CHECK(stream() == 0x9b00dbd8bc57ac4cU);
  CHECK(stream.state().position == 2);
}

TEST_CASE("a stream is a value that continues where its state is", "[random]") {
  STATIC_REQUIRE(std::uniform_random_bit_generator<RandomStream>);
  RandomStream stream(42);
  for (int i = 0; i < 5; ++i) (void)stream();
  RandomStream copy = stream;
  RandomStream restored(stream.state());
  const std::uint64_t next = stream();
  CHECK(copy() == next);
  CHECK(restored() == next);
}

TEST_CASE("splits depend on key, purpose and index alone", "[random]") {
  RandomStream stream(1);
  const RandomStream early = stream.split("dropout", 3);
  (void)stream();
  CHECK(stream.split("dropout", 3).state() == early.state());
  std::set<std::uint64_t> keys{stream.state().key};
  for (const char* purpose : {"", "dropout", "drop path", "augmentation"}) {
    for (std::uint64_t index = 0; index < 100; ++index) keys.insert(stream.split(purpose, index).state().key);
  }
  for (std::uint64_t seed = 2; seed < 100; ++seed) keys.insert(RandomStream(seed).split("dropout").state().key);
  CHECK(keys.size() == 1 + 400 + 98);
}

TEST_CASE("uniform numbers fill [0, 1)", "[random]") {
  RandomStream stream(7);
  const int count = 40000;
  double sum = 0;
  double lowest = 1;
  double highest = 0;
  for (int i = 0; i < count; ++i) {
    const double u = stream.uniform();
    sum += u;
    lowest = u < lowest ? u : lowest;
    highest = u > highest ? u : highest;
  }
  CHECK(lowest >= 0.0);
  CHECK(highest < 1.0);
  CHECK(lowest < 0.001);
  CHECK(highest > 0.999);
  CHECK(sum / count == Approx(0.5).margin(5 * std::sqrt(1.0 / 12 / count)));
}

TEST_CASE("integers below a bound come equally often", "[random]") {
  RandomStream stream(8);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts[static_cast<std::size_t>(stream.below(7))];
  for (const int count : counts) CHECK(count == Approx(10000).margin(5 * std::sqrt(10000.0)));
  CHECK(stream.below(1) == 0);
  const std::int64_t large = (std::int64_t{1} << 62) + 1;
  CHECK(stream.below(large) < large);
  CHECK_THROWS_AS(stream.below(0), nasnet::ArgumentError);
  CHECK_THROWS_AS(stream.below(-3), nasnet::ArgumentError);
}

TEST_CASE("normal numbers have mean 0 and deviation 1", "[random]") {
  RandomStream stream(9);
  const int count = 40000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < count; ++i) {
    const double x = stream.normal();
    REQUIRE(std::isfinite(x));
    sum += x;
    squares += x * x;
  }
  CHECK(sum / count == Approx(0).margin(5 / std::sqrt(count)));
  CHECK(squares / count == Approx(1).margin(5 * std::sqrt(2.0 / count)));
}
