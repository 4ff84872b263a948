#include "nasnet/data/preprocessing.hpp"

#include <cstdint>

#include "catch.hpp"

using namespace nasnet;

namespace {

// Pixel values that name their place: row in the first channel, column in the second.
Tensor<float> places(std::int64_t height, std::int64_t width) {
  Tensor<float> image({1, height, width, 2});
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      image[(y * width + x) * 2] = static_cast<float>(y);
      image[(y * width + x) * 2 + 1] = static_cast<float>(x);
    }
  }
  return image;
}

}  // namespace

TEST_CASE("the constants of the preprocessings are those of their sources") {
  CHECK(inception_preprocessing.central_fraction == 0.875);
  CHECK(inception_preprocessing.interpolation == Interpolation::bilinear_corner);
  CHECK(timm_preprocessing.crop_fraction == 0.911);
  CHECK(timm_preprocessing.interpolation == Interpolation::bicubic);
  CHECK(port_mobile_preprocessing.shorter_side == 256);
  CHECK(port_large_preprocessing.shorter_side == 354);
  CHECK(keras_preprocessing.central_fraction == 0);
  for (const Preprocessing& way : {inception_preprocessing, keras_preprocessing, timm_preprocessing,
                                   port_mobile_preprocessing, port_large_preprocessing}) {
    CHECK(way.mean == 0.5F);
    CHECK(way.deviation == 0.5F);
    CHECK_FALSE(way.source.empty());
    CHECK(way.normalisation(3) == ChannelStatistics{{0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}});
  }
}

TEST_CASE("black, grey and white become -1, 0 and 1: x / 127.5 - 1 of a byte") {
  for (const Preprocessing& way : {inception_preprocessing, keras_preprocessing, timm_preprocessing}) {
    for (const float byte : {0.0F, 51.0F, 127.5F, 204.0F, 255.0F}) {
      Tensor<float> image({2, 40, 30, 3});
      image.fill(byte / 255.0F);
      const Tensor<float> fed = preprocess(image, way, {20, 20});
      REQUIRE(fed.shape() == Shape{2, 20, 20, 3});
      for (const float value : fed.values()) REQUIRE(value == Approx(byte / 127.5F - 1).margin(2e-6));
    }
  }
}

TEST_CASE("the Inception evaluation keeps the middle 87.5 % and resizes whatever the aspect") {
  // 64 rows: (64 - 56) / 2 = 4 are cut off; 35 columns: int(2.1875) = 2 on each side.
  const Tensor<float> fed = preprocess(places(64, 35), inception_preprocessing, {56, 31});
  REQUIRE(fed.shape() == Shape{1, 56, 31, 2});
  CHECK(fed(0, 0, 0, 0) == Approx((4 - 0.5) / 0.5));
  CHECK(fed(0, 55, 0, 0) == Approx((59 - 0.5) / 0.5));
  CHECK(fed(0, 0, 0, 1) == Approx((2 - 0.5) / 0.5));
  CHECK(fed(0, 0, 30, 1) == Approx((32 - 0.5) / 0.5));
  CHECK(preprocess(places(64, 35), inception_preprocessing, {7, 90}).shape() == Shape{1, 7, 90, 2});
}

TEST_CASE("a resized shorter side and the middle of it, for both orientations") {
  const Preprocessing way{.shorter_side = 8, .mean = 0, .deviation = 1};
  for (const bool tall : {true, false}) {
    const Tensor<float> image = tall ? places(20, 8) : places(8, 20);
    const Tensor<float> fed = preprocess(image, way, {6, 6});
    REQUIRE(fed.shape() == Shape{1, 6, 6, 2});
    CHECK(fed(0, 0, 0, 0) == Approx(tall ? 7 : 1));  // (20 - 6) / 2 or (8 - 6) / 2
    CHECK(fed(0, 0, 0, 1) == Approx(tall ? 1 : 7));
  }
  // floor(331 / 0.911) = 363 of a square image, 16 cut off on each side.
  const Preprocessing timm{.crop_fraction = 0.911, .interpolation = Interpolation::bicubic, .mean = 0, .deviation = 1};
  const Tensor<float> fed = preprocess(places(363, 363), timm, {331, 331});
  CHECK(fed(0, 0, 0, 0) == 16);
  CHECK(fed(0, 330, 330, 1) == 346);
}

TEST_CASE("images that do not fit a preprocessing are refused") {
  CHECK_THROWS_AS(preprocess(places(8, 8), port_mobile_preprocessing, {300, 300}), ArgumentError);
  CHECK_THROWS_AS(preprocess(places(8, 8), keras_preprocessing, {0, 4}), ArgumentError);
  CHECK_THROWS_AS(preprocess(Tensor<float>({8, 8, 3}), keras_preprocessing, {4, 4}), ShapeError);
  CHECK_THROWS_AS(preprocess(Tensor<float>({0, 8, 8, 3}), timm_preprocessing, {4, 4}), ShapeError);
  CHECK(preprocess(places(1, 1), timm_preprocessing, {5, 5}).shape() == Shape{1, 5, 5, 2});
}
