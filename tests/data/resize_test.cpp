#include "nasnet/data/resize.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "catch.hpp"
#include "tests_folder.hpp"

using namespace nasnet;

namespace {

constexpr Interpolation all_interpolations[] = {Interpolation::bilinear_corner, Interpolation::bilinear,
                                                Interpolation::bicubic, Interpolation::area};

Tensor<float> waves(Shape shape) {
  Tensor<float> images(shape);
  for (std::int64_t i = 0; i < images.elements(); ++i) images[i] = std::sin(0.7F * static_cast<float>(i));
  return images;
}

std::vector<float> to_vector(const Tensor<float>& t) { return {t.values().begin(), t.values().end()}; }

}  // namespace

TEST_CASE("a constant image stays constant at every size") {
  for (const Interpolation way : all_interpolations) {
    for (const Size from : {Size{1, 1}, Size{1, 5}, Size{7, 3}, Size{13, 16}}) {
      for (const Size to : {Size{1, 1}, Size{2, 9}, Size{17, 4}, Size{64, 64}}) {
        Tensor<float> image({1, from.height, from.width, 2});
        image.fill(0.375F);
        const Tensor<float> resized = resize(image, to, way);
        REQUIRE(resized.shape() == Shape{1, to.height, to.width, 2});
        for (const float value : resized.values()) REQUIRE(value == Approx(0.375F).epsilon(1e-6));
      }
    }
  }
}

TEST_CASE("the same size is the same image, and images and channels do not mix") {
  const Tensor<float> images = waves({3, 5, 7, 2});
  for (const Interpolation way : all_interpolations) {
    CHECK(to_vector(resize(images, {5, 7}, way)) == to_vector(images));
    const Tensor<float> all = resize(images, {8, 4}, way);
    for (std::int64_t n = 0; n < 3; ++n) {
      for (std::int64_t c = 0; c < 2; ++c) {
        Tensor<float> plane({1, 5, 7, 1});
        for (std::int64_t i = 0; i < 35; ++i) plane[i] = images[n * 70 + 2 * i + c];
        const Tensor<float> alone = resize(plane, {8, 4}, way);
        for (std::int64_t i = 0; i < 32; ++i) CHECK(alone[i] == all[n * 64 + 2 * i + c]);
      }
    }
  }
}

TEST_CASE("area takes the mean of the pixels that a new one covers") {
  Tensor<float> image({1, 4, 6, 1});
  for (std::int64_t i = 0; i < 24; ++i) image[i] = static_cast<float>(i * i);
  const Tensor<float> half = resize(image, {2, 3}, Interpolation::area);
  for (std::int64_t y = 0; y < 2; ++y) {
    for (std::int64_t x = 0; x < 3; ++x) {
      const std::int64_t corner = 12 * y + 2 * x;
      const float sum = image[corner] + image[corner + 1] + image[corner + 6] + image[corner + 7];
      CHECK(half[3 * y + x] == Approx(sum / 4));
    }
  }
  // Larger: each pixel several times. An odd size: the middle one is no part of two.
  CHECK(to_vector(resize(half, {4, 6}, Interpolation::area))[7] == half[0]);
  Tensor<float> odd({1, 1, 5, 1});
  for (std::int64_t i = 0; i < 5; ++i) odd[i] = static_cast<float>(i);
  CHECK(to_vector(resize(odd, {1, 1}, Interpolation::area)) == std::vector<float>{2});
}

TEST_CASE("bilinear with corners follows its definition: neighbours at i * old / new") {
  const Tensor<float> image = waves({1, 6, 11, 1});
  for (const Size to : {Size{9, 4}, Size{3, 22}, Size{12, 11}, Size{5, 5}}) {
    const Tensor<float> found = resize(image, to, Interpolation::bilinear_corner);
    for (std::int64_t y = 0; y < to.height; ++y) {
      for (std::int64_t x = 0; x < to.width; ++x) {
        const double py = static_cast<double>(y * 6) / static_cast<double>(to.height);
        const double px = static_cast<double>(x * 11) / static_cast<double>(to.width);
        const auto y0 = static_cast<std::int64_t>(py);
        const auto x0 = static_cast<std::int64_t>(px);
        const auto at = [&](std::int64_t row, std::int64_t column) {
          return static_cast<double>(
              image[(std::min)(row, std::int64_t{5}) * 11 + (std::min)(column, std::int64_t{10})]);
        };
        const double dy = py - static_cast<double>(y0);
        const double dx = px - static_cast<double>(x0);
        const double wanted = (1 - dy) * ((1 - dx) * at(y0, x0) + dx * at(y0, x0 + 1)) +
                              dy * ((1 - dx) * at(y0 + 1, x0) + dx * at(y0 + 1, x0 + 1));
        CHECK(found[y * to.width + x] == Approx(wanted).margin(1e-6));
      }
    }
  }
}

TEST_CASE("bilinear and bicubic agree with PyTorch's antialiased interpolation, larger and smaller") {
  std::ifstream file(tests_folder() / "golden" / "resize.json");
  REQUIRE(file.good());
  const auto cases = nlohmann::json::parse(file);
  REQUIRE(cases.size() >= 8);
  for (const auto& golden : cases) {
    const auto from = golden.at("from").get<std::vector<std::int64_t>>();
    const auto to = golden.at("to").get<std::vector<std::int64_t>>();
    Tensor<float> image({1, from[0], from[1], 1});
    for (std::int64_t i = 0; i < image.elements(); ++i) image[i] = static_cast<float>((i * i * 7 + i * 3) % 97) / 97.0F;
    const bool cubic = golden.at("way") == "bicubic";
    INFO(golden.at("way") << ' ' << from[0] << 'x' << from[1] << " to " << to[0] << 'x' << to[1]);
    const Tensor<float> found = resize(image, {to[0], to[1]}, cubic ? Interpolation::bicubic : Interpolation::bilinear);
    const auto wanted = golden.at("values").get<std::vector<double>>();
    REQUIRE(found.elements() == static_cast<std::int64_t>(wanted.size()));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      CHECK(found[static_cast<std::int64_t>(i)] == Approx(wanted[i]).margin(2e-6));
    }
  }
}

TEST_CASE("a dataset is resized with its labels, bytes rounded and within their range") {
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 2 * 4 * 4; ++i) pixels.push_back(i % 3 == 0 ? 255 : 0);
  const ImageDataset bytes("bytes", {2, 4, 4, 1}, pixels, {1, 0}, 2);
  const ImageDataset large = resized(bytes, {9, 7}, Interpolation::bicubic);  // which overshoots
  CHECK(large.shape() == Shape{2, 9, 7, 1});
  CHECK(large.stores_bytes());
  CHECK(large.label(0) == 1);
  CHECK(large.label(1) == 0);
  CHECK(large.classes() == 2);
  Tensor<float> second({1, 4, 4, 1});
  for (std::int64_t i = 0; i < 16; ++i) second[i] = pixels[static_cast<std::size_t>(16 + i)];
  const Tensor<float> exact = resize(second, {9, 7}, Interpolation::bicubic);
  bool overshoots = false;
  for (std::int64_t i = 0; i < exact.elements(); ++i) {
    overshoots = overshoots || exact[i] < -0.5F || exact[i] > 255.5F;
    const float clamped = (std::max)(0.0F, (std::min)(255.0F, exact[i]));
    CHECK(large.pixels<std::uint8_t>(1)[static_cast<std::size_t>(i)] ==
          static_cast<std::uint8_t>(std::lround(clamped)));
  }
  CHECK(overshoots);
  const ImageDataset floats("floats", {1, 2, 2, 1}, std::vector<float>{0, 1, 2, 3}, {0}, 1);
  CHECK_FALSE(resized(floats, {3, 3}).stores_bytes());
  CHECK(resized(floats, {3, 3}).pixels<float>(0)[4] == Approx(1.5F));
  CHECK(resized(bytes.first(1), {4, 4}).size() == 1);
}

TEST_CASE("what cannot be resized is refused") {
  const Tensor<float> image = waves({1, 3, 3, 1});
  for (const Size size : {Size{0, 3}, Size{3, 0}, Size{-1, 3}, Size{100000, 3}}) {
    CHECK_THROWS_AS(resize(image, size), ArgumentError);
  }
  CHECK_THROWS_AS(resize(waves({3, 3, 1}), {2, 2}), ShapeError);
  CHECK_THROWS_AS(resize(Tensor<float>({0, 3, 3, 1}), {2, 2}), ShapeError);
  CHECK_THROWS_AS(resized(ImageDataset(), {2, 2}), DataError);
}
