#include "nasnet/ops/drop_path.hpp"

#include <cmath>    // sqrt
#include <cstdint>  // int64_t, uint64_t
#include <utility>  // move

#include "catch.hpp"
#include "nasnet/ops/dropout.hpp"

namespace {

using nasnet::Context;
using nasnet::Dropout;
using nasnet::DropPath;
using nasnet::Mode;
using nasnet::OpCall;
using nasnet::RandomStream;
using nasnet::Tensor;

Tensor<float> ones(std::int64_t samples) {
  Tensor<float> x({samples, 2, 3, 4});
  x.fill(1);
  return x;
}

template <class P>
Tensor<float> run(const P& primitive, const Tensor<float>& x, Mode mode, std::uint64_t seed, double keep = 1,
                  double progress = 1) {
  Context context(2);
  OpCall<float> call{
      .context = context,
      .run = {.mode = mode, .random = RandomStream(seed), .drop_path_keep = keep, .drop_path_progress = progress},
      .inputs = {&x}};
  forward(primitive, call);
  return std::move(call.output);
}

double mean_of(const Tensor<float>& x) {
  double sum = 0;
  for (const float value : x.values()) sum += static_cast<double>(value);
  return sum / static_cast<double>(x.elements());
}

}  // namespace

TEST_CASE("drop path drops whole samples and keeps the expectation", "[drop_path]") {
  const std::int64_t samples = 4000;
  const Tensor<float> y = run(DropPath{}, ones(samples), Mode::train, 1, 0.6);
  for (std::int64_t n = 0; n < samples; ++n) {
    const float first = y[n * 24];
    REQUIRE((first == 0.0F || first == static_cast<float>(1 / 0.6)));
    for (std::int64_t i = 1; i < 24; ++i) REQUIRE(y[n * 24 + i] == first);
  }
  // Deviation of the mean: sqrt((1 / 0.6 - 1) / 4000) = 0.013; five of them.
  CHECK(mean_of(y) == Approx(1.0).margin(0.065));
}

TEST_CASE("the schedule of drop path grows with depth and time", "[drop_path]") {
  constexpr DropPath last{.depth_ratio = 1.0};
  constexpr DropPath first{.depth_ratio = 1.0 / 20};
  STATIC_REQUIRE(last.keep(0.6, 0.0) == 1.0);
  CHECK(last.keep(0.6, 1.0) == Approx(0.6));
  CHECK(first.keep(0.6, 1.0) == Approx(0.98));
  CHECK(last.keep(0.7, 0.5) == Approx(0.85));
  CHECK(last.keep(0.6, 7.0) == Approx(0.6));
}

TEST_CASE("drop path is the identity in evaluation, at the first step, and when off", "[drop_path]") {
  const Tensor<float> x = ones(50);
  CHECK(mean_of(run(DropPath{}, x, Mode::evaluate, 1, 0.1)) == 1.0);
  CHECK(mean_of(run(DropPath{}, x, Mode::train, 1, 0.1, 0.0)) == 1.0);
  CHECK(mean_of(run(DropPath{}, x, Mode::train, 1)) == 1.0);
  CHECK(mean_of(run(DropPath{}, x, Mode::frozen, 1, 0.1)) != 1.0);
}

TEST_CASE("streams of two applications drop different samples", "[drop_path]") {
  const Tensor<float> x = ones(64);
  const Tensor<float> first = run(DropPath{}, x, Mode::train, 1, 0.5);
  const Tensor<float> again = run(DropPath{}, x, Mode::train, 1, 0.5);
  const Tensor<float> second = run(DropPath{}, x, Mode::train, 2, 0.5);
  std::int64_t differences = 0;
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    REQUIRE(first[i] == again[i]);
    differences += first[i] != second[i] ? 1 : 0;
  }
  CHECK(differences > 0);
}

TEST_CASE("probabilities outside 0 to 1 are refused", "[drop_path]") {
  const Tensor<float> x = ones(1);
  CHECK_THROWS_AS(run(DropPath{}, x, Mode::train, 1, -0.5), nasnet::ArgumentError);
  CHECK_THROWS_AS(run(Dropout{.keep = 1.5}, x, Mode::train, 1), nasnet::ArgumentError);
  CHECK(mean_of(run(DropPath{}, x, Mode::train, 1, 0.0)) == 0.0);
}

TEST_CASE("dropout drops single values and keeps the expectation", "[drop_path]") {
  const Tensor<float> y = run(Dropout{.keep = 0.5}, ones(1000), Mode::train, 3);
  for (const float value : y.values()) REQUIRE((value == 0.0F || value == 2.0F));
  CHECK(mean_of(y) == Approx(1.0).margin(5 / std::sqrt(24000.0)));
  CHECK(mean_of(run(Dropout{.keep = 0.5}, ones(10), Mode::evaluate, 3)) == 1.0);
}
