#include "nasnet/data/augmentation.hpp"

#include <cmath>
#include <map>
#include <numeric>

#include "catch.hpp"
#include "data/sample_data.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

using Image = std::vector<float>;

// One image whose pixels are 1, 2, 3, ...
static ImageDataset counting_image(std::int64_t height, std::int64_t width, std::int64_t channels) {
  Image pixels(static_cast<std::size_t>(height * width * channels));
  std::iota(pixels.begin(), pixels.end(), 1.0F);
  return {"image", Shape{1, height, width, channels}, pixels, std::vector<std::int32_t>{0}, 1};
}

static Image prepared(const ImageDataset& dataset, const Augmentation& augmentation, const AugmentationDraw& drawn,
                      const ChannelStatistics& normalisation = {}) {
  ImagePreparer preparer(dataset, augmentation, normalisation);
  Image out(static_cast<std::size_t>(dataset.height() * dataset.width() * dataset.channels()), -77.0F);
  preparer.prepare(0, drawn, out);
  return out;
}

TEST_CASE("without options an image is as it is") {
  const auto floats = counting_image(2, 3, 2);
  CHECK(prepared(floats, {}, {}) == Image{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const ImageDataset bytes("bytes", Shape{1, 1, 2, 1}, std::vector<std::uint8_t>{0, 255}, {0}, 1);
  CHECK(prepared(bytes, {}, {}) == Image{0, 1});
}

TEST_CASE("a padded crop moves the image and blackens what comes in") {
  const auto image = counting_image(2, 3, 1);  // 1 2 3 / 4 5 6
  const auto crop = [&](std::int64_t top, std::int64_t left) {
    return prepared(image, {.pad = 1}, {.top = top, .left = left});
  };
  CHECK(crop(1, 1) == Image{1, 2, 3, 4, 5, 6});
  CHECK(crop(0, 0) == Image{0, 0, 0, 0, 1, 2});
  CHECK(crop(2, 2) == Image{5, 6, 0, 0, 0, 0});
  CHECK(crop(0, 2) == Image{0, 0, 0, 2, 3, 0});
}

TEST_CASE("a flip mirrors columns, not channels") {
  CHECK(prepared(counting_image(2, 2, 2), {.flip = true}, {.flip = true}) == Image{3, 4, 1, 2, 7, 8, 5, 6});
  CHECK(prepared(counting_image(1, 3, 1), {.flip = true}, {.flip = true}) == Image{3, 2, 1});
  CHECK(prepared(counting_image(1, 3, 1), {.flip = true}, {.flip = false}) == Image{1, 2, 3});
}

TEST_CASE("cutout sets a square to the mean, clipped at the borders") {
  const auto image = counting_image(3, 3, 1);
  const auto cut = [&](std::int64_t side, std::int64_t row, std::int64_t column) {
    return prepared(image, {.cutout = side}, {.cutout_row = row, .cutout_column = column});
  };
  CHECK(cut(1, 1, 1) == Image{1, 2, 3, 4, 0, 6, 7, 8, 9});
  CHECK(cut(2, 1, 1) == Image{0, 0, 3, 0, 0, 6, 7, 8, 9});
  CHECK(cut(2, 0, 0) == Image{0, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(cut(3, 2, 2) == Image{1, 2, 3, 4, 0, 0, 7, 0, 0});
  CHECK(cut(99, 1, 1) == Image(9, 0.0F));
  const ChannelStatistics normalisation{.mean = {5}, .deviation = {2}};
  CHECK(prepared(image, {.cutout = 1}, {.cutout_row = 0, .cutout_column = 0}, normalisation)[0] == 0.0F);
}

TEST_CASE("crop, flip and cutout agree with their definition at every place") {
  const std::int64_t pad = 2, side = 3;
  const bool flip = GENERATE(false, true);
  const auto [height, width, channels] =
      GENERATE(table<std::int64_t, std::int64_t, std::int64_t>({{1, 1, 1}, {5, 3, 1}, {4, 5, 3}, {3, 3, 2}}));
  const auto image = counting_image(height, width, channels);
  const ChannelStatistics normalisation{.mean = Image(static_cast<std::size_t>(channels), 3.0F),
                                        .deviation = Image(static_cast<std::size_t>(channels), 0.5F)};
  ImagePreparer preparer(image, {.pad = pad, .flip = true, .cutout = side}, normalisation);
  Image out(static_cast<std::size_t>(height * width * channels));
  for (std::int64_t top = 0; top <= 2 * pad; ++top) {
    for (std::int64_t left = 0; left <= 2 * pad; ++left) {
      const AugmentationDraw drawn{top, left, flip, top % height, left % width};
      preparer.prepare(0, drawn, out);
      for (std::int64_t y = 0; y < height; ++y) {
        for (std::int64_t x = 0; x < width; ++x) {
          const std::int64_t from_y = y + top - pad, from_x = (flip ? width - 1 - x : x) + left - pad;
          const bool inside = from_y >= 0 && from_y < height && from_x >= 0 && from_x < width;
          const bool cut = std::abs(y - drawn.cutout_row) <= 1 && std::abs(x - drawn.cutout_column) <= 1;
          for (std::int64_t c = 0; c < channels; ++c) {
            const auto raw = inside ? static_cast<float>((from_y * width + from_x) * channels + c + 1) : 0.0F;
            const float wanted = cut ? 0.0F : (raw - 3.0F) / 0.5F;
            REQUIRE(out[static_cast<std::size_t>((y * width + x) * channels + c)] == Approx(wanted).margin(1e-5));
          }
        }
      }
    }
  }
}

TEST_CASE("enlarging by nothing but a crop is bilinear with half-pixel centres") {
  // Two pixels 1 and 2 become four: 1, 1.25, 1.75, 2.
  const auto image = counting_image(1, 2, 1);
  CHECK(prepared(image, {.enlarge = 2}, {.left = 0}) == Image{1, 1.25F});
  CHECK(prepared(image, {.enlarge = 2}, {.left = 1}) == Image{1.25F, 1.75F});
  CHECK(prepared(image, {.enlarge = 2}, {.left = 2}) == Image{1.75F, 2});
  CHECK(prepared(image, {.enlarge = 2, .flip = true}, {.left = 2, .flip = true}) == Image{2, 1.75F});
}

TEST_CASE("an enlarged plane stays a plane away from the borders") {
  // Bilinear sampling is exact for pixels that grow evenly.
  const auto image = counting_image(6, 5, 3);  // 15 a row, 3 a column
  const std::int64_t enlarge = 3, top = 2, left = 1;
  const auto out = prepared(image, {.enlarge = enlarge}, {.top = top, .left = left});
  for (std::int64_t y = 0; y < 6; ++y) {
    for (std::int64_t x = 0; x < 5; ++x) {
      const double from_y = std::clamp((static_cast<double>(y + top) + 0.5) * 6 / 9 - 0.5, 0.0, 5.0);
      const double from_x = std::clamp((static_cast<double>(x + left) + 0.5) * 5 / 8 - 0.5, 0.0, 4.0);
      for (std::int64_t c = 0; c < 3; ++c) {
        CHECK(out[static_cast<std::size_t>((y * 5 + x) * 3 + c)] ==
              Approx(1 + 15 * from_y + 3 * from_x + static_cast<double>(c)));
      }
    }
  }
}

TEST_CASE("images of one pixel can be moved, flipped and enlarged") {
  const auto image = counting_image(1, 1, 1);
  CHECK(prepared(image, {.enlarge = 3, .flip = true}, {.top = 3, .left = 2, .flip = true}) == Image{1});
  CHECK(prepared(image, {.pad = 1}, {.top = 0, .left = 1}) == Image{0});
}

TEST_CASE("draws are uniform over their places and depend on the stream alone") {
  const ImagePreparer preparer(counting_image(4, 3, 1), {.pad = 1, .flip = true, .cutout = 2}, {});
  std::map<std::int64_t, int> tops, lefts, flips, rows, columns;
  const int draws = 6000;
  const RandomStream stream(3);
  for (int i = 0; i < draws; ++i) {
    const auto drawn = preparer.draw(stream.split("image", static_cast<std::uint64_t>(i)));
    ++tops[drawn.top];
    ++lefts[drawn.left];
    ++flips[drawn.flip ? 1 : 0];
    ++rows[drawn.cutout_row];
    ++columns[drawn.cutout_column];
  }
  const auto uniform = [&](const std::map<std::int64_t, int>& counts, std::int64_t places) {
    REQUIRE(static_cast<std::int64_t>(counts.size()) == places);
    const double share = 1.0 / static_cast<double>(places);
    const double deviation = std::sqrt(draws * share * (1 - share));
    for (const auto& [place, count] : counts) CHECK(std::abs(count - draws * share) < 4.5 * deviation);
    CHECK(counts.begin()->first == 0);
    CHECK(counts.rbegin()->first == places - 1);
  };
  uniform(tops, 3);
  uniform(lefts, 3);
  uniform(flips, 2);
  uniform(rows, 4);
  uniform(columns, 3);
  const ImagePreparer still(counting_image(4, 3, 1), {}, {});
  const auto drawn = still.draw(stream);
  CHECK(drawn.top == 0);
  CHECK(drawn.left == 0);
  CHECK_FALSE(drawn.flip);
}

TEST_CASE("statistics are those of the definition") {
  const auto bytes = sample::images(7, 3, 2, 3);
  std::vector<double> sum(3), squares(3);
  for (std::int64_t i = 0; i < 7; ++i) {
    const auto pixels = bytes.pixels<std::uint8_t>(i);
    for (std::size_t j = 0; j < pixels.size(); ++j) {
      sum[j % 3] += pixels[j] / 255.0;
      squares[j % 3] += pixels[j] / 255.0 * pixels[j] / 255.0;
    }
  }
  const auto statistics = channel_statistics(bytes);
  REQUIRE(statistics.mean.size() == 3);
  for (std::size_t c = 0; c < 3; ++c) {
    const double mean = sum[c] / 42;
    CHECK(statistics.mean[c] == Approx(mean));
    CHECK(statistics.deviation[c] == Approx(std::sqrt(squares[c] / 42 - mean * mean)));
  }

  Image floats;
  for (std::int64_t i = 0; i < 7; ++i) {
    for (const std::uint8_t pixel : bytes.pixels<std::uint8_t>(i)) floats.push_back(static_cast<float>(pixel) / 255.0F);
  }
  const auto again = channel_statistics({"floats", bytes.shape(), floats, std::vector<std::int32_t>(7, 0), 1});
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(again.mean[c] == Approx(statistics.mean[c]));
    CHECK(again.deviation[c] == Approx(statistics.deviation[c]));
  }
}

TEST_CASE("normalised training images have mean 0 and deviation 1") {
  const auto dataset = sample::images(9, 5, 4, 2);
  ImagePreparer preparer(dataset, {}, channel_statistics(dataset));
  Image out(40);
  double sum = 0, squares = 0;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    preparer.prepare(i, {}, out);
    for (const float value : out) {
      sum += static_cast<double>(value);
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
  }
  CHECK(sum / 360 == Approx(0).margin(1e-5));
  CHECK(squares / 360 == Approx(1).margin(1e-5));
}

TEST_CASE("a tensor of images is normalised as training images are") {
  const auto dataset = sample::images(3, 5, 4, 2);
  const ChannelStatistics constants = channel_statistics(dataset);
  Tensor<float> pixels(Shape{3, 5, 4, 2});
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto stored = dataset.pixels<std::uint8_t>(i);
    for (std::size_t p = 0; p < stored.size(); ++p) {
      pixels[i * 40 + static_cast<std::int64_t>(p)] = static_cast<float>(stored[p]) / 255.0F;
    }
  }
  const Tensor<float> result = normalised(pixels, constants);
  ImagePreparer preparer(dataset, {}, constants);
  Image out(40);
  for (std::int64_t i = 0; i < 3; ++i) {
    preparer.prepare(i, {}, out);
    for (std::int64_t p = 0; p < 40; ++p)
      CHECK(result[i * 40 + p] == Approx(out[static_cast<std::size_t>(p)]).margin(1e-5));
  }
  CHECK(normalised(pixels, {})[7] == pixels[7]);
  CHECK_THROWS_AS(normalised(pixels, {.mean = {0}, .deviation = {1}}), ArgumentError);
  CHECK_THROWS_AS(normalised(pixels, {.mean = {0, 0}, .deviation = {1, 0}}), ArgumentError);
  CHECK_THROWS_AS(normalised(Tensor<float>(Shape{4, 2}), constants), ShapeError);
}

TEST_CASE("a channel that never changes is not blown up") {
  const ImageDataset bytes("flat", Shape{2, 1, 1, 1}, std::vector<std::uint8_t>{200, 200}, {0, 0}, 1);
  CHECK(channel_statistics(bytes).deviation == Image{1});
  const ImageDataset floats("flat", Shape{3, 1, 1, 1}, Image{1000.1F, 1000.1F, 1000.1F}, {0, 0, 0}, 1);
  CHECK(channel_statistics(floats).deviation == Image{1});
}

TEST_CASE("statistics of a view are of its images alone") {
  const ImageDataset all("pair", Shape{3, 1, 1, 1}, std::vector<std::uint8_t>{0, 51, 255}, {0, 0, 0}, 1);
  CHECK(channel_statistics(all.first(2)).mean[0] == Approx(0.1));
  CHECK_THROWS_MATCHES(channel_statistics(all.first(0)), DataError,
                       MessageMatches(ContainsSubstring("'pair': no images")));
}

TEST_CASE("options that cannot be are refused") {
  const auto image = counting_image(3, 3, 1);
  const auto refuses = [&](const Augmentation& augmentation, const ChannelStatistics& normalisation,
                           const std::string& text) {
    CHECK_THROWS_MATCHES(ImagePreparer(image, augmentation, normalisation), ArgumentError,
                         MessageMatches(ContainsSubstring(text)));
  };
  refuses({.pad = -1}, {}, "pad is -1");
  refuses({.enlarge = -2}, {}, "enlarge is -2");
  refuses({.cutout = 5000}, {}, "cutout is 5000");
  refuses({.pad = 4, .enlarge = 8}, {}, "exclude each other");
  refuses({}, {.mean = {0, 0, 0}, .deviation = {1, 1, 1}}, "3 means and 3 deviations for images of 1 channels");
  refuses({}, {.mean = {0}, .deviation = {0}}, "channel 0 has mean 0");
  refuses({}, {.mean = {0}, .deviation = {NAN}}, "channel 0");
  refuses({}, {.mean = {INFINITY}, .deviation = {1}}, "channel 0");
}
