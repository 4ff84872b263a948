#include "nasnet/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "catch.hpp"
#include "data/sample_data.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

using Pixels = std::vector<std::uint8_t>;
using Labels = std::vector<std::int32_t>;

// The place of each image of a view among the images of the whole, read from its first pixel.
static std::vector<int> first_pixels(const ImageDataset& dataset) {
  std::vector<int> values;
  for (std::int64_t i = 0; i < dataset.size(); ++i) values.push_back(dataset.pixels<std::uint8_t>(i)[0]);
  return values;
}

static ImageDataset numbered(int count) {
  Pixels pixels(static_cast<std::size_t>(count));
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  return {"numbered", Shape{count, 1, 1, 1}, pixels, Labels(static_cast<std::size_t>(count), 0), 1};
}

TEST_CASE("a dataset knows its images and labels") {
  const ImageDataset dataset("set", Shape{2, 1, 2, 3}, Pixels{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {4, 0}, 5);
  CHECK(dataset.size() == 2);
  CHECK(dataset.shape() == Shape{2, 1, 2, 3});
  CHECK(dataset.height() == 1);
  CHECK(dataset.width() == 2);
  CHECK(dataset.channels() == 3);
  CHECK(dataset.classes() == 5);
  CHECK(dataset.label(0) == 4);
  CHECK(dataset.label(1) == 0);
  CHECK(dataset.stores_bytes());
  CHECK(dataset.pixels<std::uint8_t>(1)[0] == 6);
  CHECK(dataset.pixels<std::uint8_t>(1).size() == 6);
  CHECK(dataset.pixels<float>(1).empty());
}

TEST_CASE("a dataset is made from a user's tensor") {
  Tensor<float> images(Shape{2, 1, 1, 2});
  std::iota(images.values().begin(), images.values().end(), 0.5F);
  const ImageDataset dataset("tensor", images, {0, 1}, 2);
  CHECK_FALSE(dataset.stores_bytes());
  CHECK(dataset.pixels<float>(1)[1] == 3.5F);
}

TEST_CASE("a dataset without images is a value") {
  const ImageDataset dataset;
  CHECK(dataset.empty());
  CHECK(dataset.shape() == Shape{0, 0, 0, 0});
  CHECK(dataset.classes() == 0);
  CHECK(dataset.first(0).empty());
}

TEST_CASE("a dataset that breaks a rule is refused with its name and the value") {
  const auto refuses = [](Shape shape, std::size_t pixels, Labels labels, int classes, const std::string& text) {
    CHECK_THROWS_MATCHES(ImageDataset("set", shape, Pixels(pixels), std::move(labels), classes), DataError,
                         MessageMatches(ContainsSubstring("'set': ") && ContainsSubstring(text)));
  };
  refuses(Shape{2, 2, 1}, 4, {0, 0}, 1, "shape [2,2,1], [N,H,W,C] is wanted");
  refuses(Shape{0, 2, 2, 1}, 0, {}, 1, "[0,2,2,1], with a 0");
  refuses(Shape{2, 2, 0, 1}, 0, {0, 0}, 1, "[2,2,0,1], with a 0");
  refuses(Shape{2, 2, 2, 1}, 7, {0, 0}, 1, "7 pixel values were given, images of shape [2,2,2,1] have 8");
  refuses(Shape{2, 1, 1, 1}, 2, {0}, 1, "1 labels for 2 images");
  refuses(Shape{2, 1, 1, 1}, 2, {0, 0}, 0, "0 classes");
  refuses(Shape{2, 1, 1, 1}, 2, {0, 3}, 3, "the label of image 1 is 3, outside the 3 classes 0 to 2");
  refuses(Shape{2, 1, 1, 1}, 2, {-1, 0}, 3, "the label of image 0 is -1");
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    CHECK_THROWS_MATCHES(ImageDataset("set", Shape{2, 1, 2, 1}, std::vector<float>{0, 0, 0, value}, {0, 0}, 1),
                         DataError, MessageMatches(ContainsSubstring("image 1 holds a value that is not a finite")));
  }
}

TEST_CASE("a subset shares the pixels and follows its indices") {
  const auto dataset = numbered(10);
  const std::vector<std::int64_t> indices{7, 3, 3, 9};
  const auto view = dataset.subset(indices);
  CHECK(first_pixels(view) == std::vector<int>{7, 3, 3, 9});
  CHECK(view.shape() == Shape{4, 1, 1, 1});
  CHECK(view.pixels<std::uint8_t>(0).data() == dataset.pixels<std::uint8_t>(7).data());
  const std::vector<std::int64_t> inner{3, 0};
  CHECK(first_pixels(view.subset(inner)) == std::vector<int>{9, 7});
  CHECK(first_pixels(dataset.first(3)) == std::vector<int>{0, 1, 2});
  CHECK(first_pixels(view.first(1)) == std::vector<int>{7});
}

TEST_CASE("a subset outside its set is refused") {
  const auto dataset = numbered(10);
  for (const std::int64_t index : {std::int64_t{-1}, std::int64_t{10}}) {
    const std::vector<std::int64_t> indices{0, index};
    CHECK_THROWS_MATCHES(dataset.subset(indices), DataError, MessageMatches(ContainsSubstring("of 10 images")));
  }
  CHECK_THROWS_MATCHES(dataset.first(11), DataError, MessageMatches(ContainsSubstring("11 images were asked for")));
  CHECK_THROWS_AS(dataset.first(-1), DataError);
}

TEST_CASE("a split is disjoint, complete and depends on its seed alone") {
  const auto dataset = numbered(101);
  const auto count = GENERATE(0, 1, 50, 100);
  const auto [train, validation] = split(dataset, count, 5);
  CHECK(validation.size() == count);
  CHECK(train.size() == 101 - count);
  auto all = first_pixels(train);
  const auto others = first_pixels(validation);
  all.insert(all.end(), others.begin(), others.end());
  CHECK(std::set<int>(all.begin(), all.end()).size() == 101);
  CHECK(first_pixels(split(dataset, count, 5).train) == first_pixels(train));
  CHECK(first_pixels(split(dataset, count, 6).train) != first_pixels(train));
}

TEST_CASE("the first images of a split are a fair sample") {
  const auto train = split(numbered(200), 20, 1).train.first(100);
  double sum = 0;
  for (const int value : first_pixels(train)) sum += value;
  CHECK(sum / 100 == Approx(99.5).margin(4 * 58 / 10.0));  // four standard errors
}

TEST_CASE("a split is stable across versions") {
  CHECK(first_pixels(split(numbered(8), 3, 1).validation) == std::vector<int>{2, 4, 1});
}

TEST_CASE("a split that leaves nothing to train on is refused") {
  const auto dataset = numbered(10);
  for (const int count : {10, 11, -1}) {
    CHECK_THROWS_MATCHES(split(dataset, count, 1), DataError, MessageMatches(ContainsSubstring("'numbered': ")));
  }
  CHECK_THROWS_AS(split(ImageDataset{}, 0, 1), DataError);
}
