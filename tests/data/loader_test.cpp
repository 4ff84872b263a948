#include "nasnet/data/loader.hpp"

#include <algorithm>
#include <numeric>

#include "catch.hpp"
#include "data/sample_data.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

static bool equal(const Batch& a, const Batch& b) {
  const auto x = a.images.values(), y = b.images.values();
  return a.position == b.position && a.labels == b.labels && a.images.shape() == b.images.shape() &&
         std::equal(x.begin(), x.end(), y.begin(), y.end());
}

// One pixel an image, whose value is the image's number.
static ImageDataset numbered(std::int64_t count) {
  std::vector<float> pixels(static_cast<std::size_t>(count));
  std::iota(pixels.begin(), pixels.end(), 0.0F);
  return {"numbered", Shape{count, 1, 1, 1}, pixels, std::vector<std::int32_t>(pixels.begin(), pixels.end()),
          static_cast<int>(count)};
}

static std::vector<std::int32_t> labels_of_epoch(BatchLoader& loader) {
  std::vector<std::int32_t> labels;
  for (std::int64_t step = 0; step < loader.batches_per_epoch(); ++step) {
    const Batch batch = loader.next();
    for (std::size_t i = 0; i < batch.labels.size(); ++i) {
      REQUIRE(batch.images[static_cast<std::int64_t>(i)] == static_cast<float>(batch.labels[i]));
    }
    labels.insert(labels.end(), batch.labels.begin(), batch.labels.end());
  }
  return labels;
}

static const Augmentation every_augmentation{.pad = 2, .flip = true, .cutout = 3};

TEST_CASE("batches without shuffling follow the dataset") {
  const bool prefetch = GENERATE(false, true);
  BatchLoader loader(numbered(7), {.batch = 3, .shuffle = false, .prefetch = prefetch});
  REQUIRE(loader.batches_per_epoch() == 3);
  for (int epoch = 0; epoch < 2; ++epoch) {
    CHECK(loader.position() == BatchPosition{epoch, 0});
    CHECK(labels_of_epoch(loader) == std::vector<std::int32_t>{0, 1, 2, 3, 4, 5, 6});
  }
}

TEST_CASE("the last batch is smaller, or left out") {
  BatchLoader kept(numbered(7), {.batch = 3});
  CHECK(kept.next().images.shape() == Shape{3, 1, 1, 1});
  CHECK(kept.next().labels.size() == 3);
  const Batch last = kept.next();
  CHECK(last.labels.size() == 1);
  CHECK(last.position == BatchPosition{0, 2});
  CHECK(kept.next().position == BatchPosition{1, 0});

  BatchLoader dropped(numbered(7), {.batch = 3, .drop_last = true});
  CHECK(dropped.batches_per_epoch() == 2);
  CHECK(labels_of_epoch(dropped).size() == 6);
  CHECK(BatchLoader(numbered(6), {.batch = 3}).batches_per_epoch() == 2);
  CHECK(BatchLoader(numbered(1), {.batch = 64}).next().images.shape() == Shape{1, 1, 1, 1});
}

TEST_CASE("each epoch has every image once, in an order of its own") {
  BatchLoader loader(numbered(100), {.batch = 7, .seed = 4});
  const auto first = labels_of_epoch(loader);
  const auto second = labels_of_epoch(loader);
  CHECK(first != second);
  for (auto labels : {first, second}) {
    CHECK_FALSE(std::is_sorted(labels.begin(), labels.end()));
    std::sort(labels.begin(), labels.end());
    for (std::size_t i = 0; i < 100; ++i) REQUIRE(labels[i] == static_cast<std::int32_t>(i));
  }
  BatchLoader other_batch(numbered(100), {.batch = 16, .seed = 4});
  CHECK(labels_of_epoch(other_batch) == first);
  BatchLoader other_seed(numbered(100), {.batch = 7, .seed = 5});
  CHECK(labels_of_epoch(other_seed) != first);
}

TEST_CASE("prefetched batches equal those made at once, bit for bit") {
  const auto [height, width, channels] =
      GENERATE(table<std::int64_t, std::int64_t, std::int64_t>({{1, 1, 1}, {5, 7, 1}, {8, 8, 3}}));
  const Augmentation augmentation = GENERATE(Augmentation{}, every_augmentation, Augmentation{.enlarge = 2});
  const auto dataset = sample::images(13, height, width, channels);
  LoaderOptions options{
      .batch = 4, .seed = 9, .augmentation = augmentation, .normalisation = channel_statistics(dataset)};
  BatchLoader prefetched(dataset, options);
  options.prefetch = false;
  BatchLoader at_once(dataset, options);
  for (int i = 0; i < 11; ++i) REQUIRE(equal(prefetched.next(), at_once.next()));
}

TEST_CASE("a loader that starts anywhere goes on as one that came there") {
  const auto dataset = sample::images(17, 6, 6, 3);
  const LoaderOptions options{.batch = 5, .seed = 2, .augmentation = every_augmentation};
  for (int done = 0; done < 10; ++done) {
    BatchLoader whole(dataset, options);
    for (int i = 0; i < done; ++i) static_cast<void>(whole.next());
    BatchLoader resumed(dataset, options, whole.position());
    for (int i = 0; i < 6; ++i) REQUIRE(equal(whole.next(), resumed.next()));
  }
}

TEST_CASE("the end of an epoch is the start of the next") {
  const LoaderOptions options{.batch = 5, .prefetch = false};
  CHECK(BatchLoader(numbered(17), options, {.epoch = 2, .step = 4}).position() == BatchPosition{3, 0});
  CHECK(BatchLoader(numbered(17), options, {.epoch = 2, .step = 3}).position() == BatchPosition{2, 3});
}

TEST_CASE("augmentation changes between epochs and between images") {
  const ImageDataset dataset("same", Shape{2, 8, 8, 1}, std::vector<float>(128, 1.0F), {0, 0}, 1);
  BatchLoader loader(dataset, {.batch = 2, .shuffle = false, .augmentation = {.cutout = 3}});
  const Batch first = loader.next(), second = loader.next();
  const auto values = first.images.values();
  CHECK_FALSE(std::equal(values.begin(), values.begin() + 64, values.begin() + 64));
  CHECK_FALSE(std::equal(values.begin(), values.end(), second.images.values().begin()));
}

TEST_CASE("memory of batches is used again") {
  const Allocator allocator;
  BatchLoader loader(sample::images(64, 8, 8, 1), {.batch = 8, .allocator = allocator});
  for (int i = 0; i < 4; ++i) static_cast<void>(loader.next());
  const auto before = allocator.statistics().system_calls;
  for (int i = 0; i < 40; ++i) static_cast<void>(loader.next());
  CHECK(allocator.statistics().system_calls <= (std::max)(before, std::size_t{3}));
}

TEST_CASE("a failure on the loader's thread reaches the caller, each time") {
  const bool prefetch = GENERATE(false, true);
  BatchLoader loader(sample::images(64, 8, 8, 1), {.batch = 8, .prefetch = prefetch, .allocator = Allocator(100)});
  for (int i = 0; i < 3; ++i) {
    CHECK_THROWS_MATCHES(loader.next(), MemoryError, MessageMatches(ContainsSubstring("limit of 100")));
  }
}

TEST_CASE("a loader ends at any time") {
  const auto dataset = sample::images(64, 8, 8, 1);
  for (int taken = 0; taken < 20; ++taken) {
    BatchLoader loader(dataset, {.batch = 8});
    for (int i = 0; i < taken; ++i) static_cast<void>(loader.next());
  }
}

TEST_CASE("a batch outlives its loader") {
  Batch batch;
  {
    BatchLoader loader(numbered(4), {.batch = 4, .shuffle = false});
    batch = loader.next();
  }
  CHECK(batch.images[3] == 3.0F);
}

TEST_CASE("loaders that cannot be are refused") {
  const auto dataset = numbered(10);
  CHECK_THROWS_MATCHES(BatchLoader(dataset.first(0)), DataError,
                       MessageMatches(ContainsSubstring("'numbered': no images to make batches of")));
  CHECK_THROWS_AS(BatchLoader(ImageDataset{}), DataError);
  CHECK_THROWS_MATCHES(BatchLoader(dataset, {.batch = 0}), ArgumentError,
                       MessageMatches(ContainsSubstring("of 0 images")));
  CHECK_THROWS_MATCHES(BatchLoader(dataset, {.batch = 11, .drop_last = true}), ArgumentError,
                       MessageMatches(ContainsSubstring("has 10 images, too few for one batch of 11")));
  CHECK_THROWS_MATCHES(BatchLoader(dataset, {.batch = 5}, {.epoch = 0, .step = 3}), ArgumentError,
                       MessageMatches(ContainsSubstring("epoch 0, step 3: epochs have 2 batches")));
  CHECK_THROWS_AS(BatchLoader(dataset, {.batch = 5}, {.epoch = -1, .step = 0}), ArgumentError);
  CHECK_THROWS_AS(BatchLoader(dataset, {.augmentation = {.pad = -1}}), ArgumentError);
}
